import { describe, expect, it } from 'vitest';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { useRooms } from '../simulator/rooms.js';
import { type Program, usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();

const LISTS = ['getIncomingFilesRequests', 'getFileRequests', 'getOutgoingFilesRequests', 'getFileUploads'];

/** A Room that holds one transfer of each status, and their ids. */
async function furnished(): Promise<{ room: RoomSimulator; ids: Record<'waiting' | 'processing', string> }> {
  const room = await startRoom();
  for (const status of [3, 0] as const) room.setStatus(room.receive({ name: `${status}.bin` }).id, status);
  const processing = room.send({ name: 'plan.docx', peerId: 'user2@some.server', peerName: 'user2' }).id;
  room.setStatus(processing, 2);
  const waiting = room.receive({ name: 'photo.jpg', peerId: '820_1@some.server', peerName: '820_1' }).id;
  return { room, ids: { waiting, processing } };
}

function statuses(program: Program): unknown[] {
  return program.transfers.map(({ status }) => status);
}

describe('--once', () => {
  it('gives the snapshot, and ends', async () => {
    const { room } = await furnished();
    const program = run(['watch', room.url, '--json', '--once']);
    expect(await program.ended).toBe(0);
    expect(statuses(program).sort()).toEqual(['complete', 'failed', 'processing', 'waiting']);
    expect(program.transfers.every(({ origin }) => origin === 'snapshot')).toBe(true);
    expect(program.records.map(({ state }) => state).filter(Boolean)).toEqual([
      'connecting',
      'connected',
      'closed',
    ]);
  });

  it('of a Room that holds nothing says that it was connected', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json', '--once']);
    expect(await program.ended).toBe(0);
    expect(program.records.map(({ type }) => type)).not.toContain('transfer');
    await program.connected();
  });

  it.each([
    ['only one list', ['getOutgoingFilesRequests', 'getFileUploads']],
    ['no list', LISTS],
  ])(
    'of a Room that gives %s ends with 7, and says why: nothing told is not nothing there',
    async (_, refused) => {
      const answers = refused.map((method) => [method, () => ({ result: false, error: 'busy' })]);
      const room = await scripted({ answers: Object.fromEntries(answers) });
      const program = run(['watch', room.url, '--json', '--once']);
      expect(await program.ended).toBe(7);
      expect(program.stderr.text).toMatch(/the Room refused "get(?:In|Out)\w+": busy/);
      for (const view of [[], ['--json']]) {
        const quiet = run(['watch', room.url, '--once', '--quiet', ...view]);
        expect(await quiet.ended).toBe(7);
        expect(quiet.stderr.lines).toHaveLength(refused.length > 2 ? 2 : 1);
        expect(quiet.stderr.text).toMatch(/warning: the Room refused "get(?:In|Out)\w+": busy/);
      }
    },
  );

  it('waits for every Room', async () => {
    const [one, two] = [await furnished(), await furnished()];
    const program = run(['watch', one.room.url, two.room.url, '--json', '--once']);
    expect(await program.ended).toBe(0);
    const labels = program.transfers.map(({ room }) => room);
    expect(labels.filter((label) => label === one.room.url)).toHaveLength(4);
    expect(labels.filter((label) => label === two.room.url)).toHaveLength(4);
  });

  it('ends with the fault of a Room that can not be listed, and gives the others', async () => {
    const { room } = await furnished();
    const secured = await startRoom({ pin: '4711' });
    const program = run(['watch', secured.url, room.url, '--json', '--once', '--quiet']);
    expect(await program.ended).toBe(4);
    expect(program.transfers).toHaveLength(4);
    expect(program.stderr.text).toContain(`The Room ${secured.url} refused the sign-in`);
  });
});

describe('--count', () => {
  it.each([1, 3, 4])('%i ends after as many transfer records', async (count) => {
    const { room } = await furnished();
    const program = run(['watch', room.url, '--json', '--count', String(count)]);
    expect(await program.ended).toBe(0);
    expect(program.transfers).toHaveLength(count);
  });

  it('counts transfer records, not progress and removals', async () => {
    const { room, ids } = await furnished();
    const program = run(['watch', room.url, '--json', '--count', '6']);
    await program.connected();
    for (const percent of [10, 20, 30]) room.progress(ids.processing, percent);
    room.accept(ids.waiting);
    room.delete(ids.waiting);
    room.setStatus(ids.processing, 3);
    expect(await program.ended).toBe(0);
    expect(program.transfers).toHaveLength(6);
    expect(program.records.filter(({ type }) => type === 'progress')).toHaveLength(3);
  });

  it('counts what was written: not what filters and --no-snapshot leave out', async () => {
    const { room, ids } = await furnished();
    const args = ['--json', '--no-snapshot', '--direction', 'inbound', '--count', '2'];
    const program = run(['watch', room.url, ...args]);
    await program.connected();
    room.setStatus(ids.processing, 3);
    room.accept(ids.waiting);
    room.setStatus(ids.waiting, 3);
    expect(await program.ended).toBe(0);
    expect(program.transfers.map(({ id, status }) => [id, status])).toEqual([
      [ids.waiting, 'processing'],
      [ids.waiting, 'complete'],
    ]);
  });

  it('is met before --once, where it is less than the snapshot', async () => {
    const { room } = await furnished();
    const program = run(['watch', room.url, '--json', '--count', '2', '--once']);
    expect(await program.ended).toBe(0);
    expect(program.transfers).toHaveLength(2);
  });
});

describe('--until', () => {
  type Act = (room: RoomSimulator, id: string) => void;
  const complete: Act = (room, id) => room.setStatus(id, 3);
  const fail: Act = (room, id) => room.setStatus(id, 0);
  const reject: Act = (room, id) => room.reject(id);
  const remove: Act = (room, id) => room.delete(id);

  it.each<[goal: string, what: string, act: Act, code: number]>([
    ['complete', 'completes', complete, 0],
    ['complete', 'fails', fail, 6],
    ['complete', 'is rejected', reject, 6],
    ['complete', 'is deleted', remove, 6],
    ['failed', 'fails', fail, 0],
    ['failed', 'completes', complete, 0],
    ['rejected', 'is rejected', reject, 0],
    ['processing', 'is accepted', (room, id) => room.accept(id), 0],
    ['ended', 'completes', complete, 0],
    ['ended', 'fails', fail, 0],
    ['ended', 'is rejected', reject, 0],
  ])('%s, and the only one %s', async (goal, _, act, code) => {
    const room = await startRoom();
    const { id } = room.receive();
    const program = run(['watch', room.url, '--json', '--until', goal]);
    await program.connected();
    act(room, id);
    expect(await program.ended).toBe(code);
  });

  it('with an id that does not exist yet, and whatever others do', async () => {
    const { room, ids } = await furnished();
    const program = run(['watch', room.url, '--json', '--id', 'later', '--until', 'complete']);
    await program.connected();
    room.setStatus(ids.processing, 3);
    room.receive({ id: 'later' });
    room.accept('later');
    room.setStatus('later', 3);
    expect(await program.ended).toBe(0);
    expect(statuses(program)).toEqual(['waiting', 'processing', 'complete']);
  });

  it.each(['--json', '--plain'])(
    'by a prefix in capitals and braces, and says what nothing has, with %s',
    async (format) => {
      const { room } = await furnished();
      const ids = ['--id', '{6C0E20A7', '--id', '6c0e20a', '--id', '6c0e2'];
      room.receive({ id: '6c0e20a7-1' });
      const program = run(['watch', room.url, format, ...ids, '--once']);
      expect(await program.ended).toBe(0);
      expect(program.stdout.text.match(/6c0e20a7-1|waiting/g)).not.toBeNull();
      expect(program.stderr.text).toContain('nothing listed at the start has the id "6c0e2"\n');
    },
  );

  it('with several ids, each of which must get there', async () => {
    const { room, ids } = await furnished();
    const wanted = ['--id', ids.waiting, '--id', ids.processing];
    const program = run(['watch', room.url, '--json', ...wanted, '--until', 'complete']);
    await program.connected();
    room.setStatus(ids.processing, 3);
    room.setStatus(ids.waiting, 3);
    expect(await program.ended).toBe(0);
    expect(program.transfers).toHaveLength(4);
  });

  it('knows of an end that came while the link was down', async () => {
    const room = await startRoom();
    const { id } = room.receive();
    const program = run(['watch', room.url, '--json', '--id', id, '--until', 'complete']);
    await program.connected();
    room.dropClients();
    room.setStatus(id, 3);
    expect(await program.ended).toBe(0);
    expect(program.transfers.at(-1)).toMatchObject({ status: 'complete', origin: 'resync' });
  });

  it('is not reached before --timeout: 124', async () => {
    const { room } = await furnished();
    const args = ['--until', 'rejected', '--timeout', '900ms'];
    expect(await run(['watch', room.url, '--json', ...args]).ended).toBe(124);
  });

  it('is reached before --timeout: 0', async () => {
    const { room, ids } = await furnished();
    const args = ['--until', 'rejected', '--timeout', '1h'];
    const program = run(['watch', room.url, '--json', ...args]);
    await program.connected();
    room.reject(ids.waiting);
    expect(await program.ended).toBe(0);
  });

  it('sees what --status does not write', async () => {
    const room = await startRoom();
    const { id } = room.receive();
    const args = ['--status', 'waiting', '--until', 'complete'];
    const program = run(['watch', room.url, '--json', ...args]);
    await program.connected();
    room.setStatus(id, 3);
    expect(await program.ended).toBe(0);
    expect(statuses(program)).toEqual(['waiting']);
  });
});

it('--no-snapshot leaves out what is there, and knows it all the same', async () => {
  const { room, ids } = await furnished();
  const program = run(['watch', room.url, '--json', '--no-snapshot']);
  await program.connected();
  expect(program.transfers).toEqual([]);
  room.accept(ids.waiting);
  const record = await program.record(({ type }) => type === 'transfer');
  expect(record).toMatchObject({ id: ids.waiting, previousStatus: 'waiting', origin: 'event' });
});

it('watches many Rooms without a warning of Node about listeners', async () => {
  const rooms = await Promise.all(Array.from({ length: 11 }, () => startRoom()));
  const program = run(['watch', ...rooms.map(({ url }) => url), '--json', '--once', '--quiet']);
  expect(await program.ended).toBe(0);
  expect(program.stderr.text).toBe('');
});

it('a PIN that changes after a conference ends an unattended watch with what to do about it', async () => {
  let isChanged = false;
  const auth = () =>
    isChanged
      ? { result: false, resultCode: 3, error: 'access denied' }
      : { token: '1*token', result: true, resultCode: 0 };
  const room = await scripted({ answers: { auth } });
  const env = { TRUECONF_FILES_CREDENTIALS: '4711' };
  const program = run(['watch', room.webSocketUrl, '--json'], { env });
  await program.connected();
  isChanged = true;
  room.send({ method: 'event', event: 'authorizationNeeded', cause: 7 });
  expect(await program.ended).toBe(4);
  const reasons = program.records.map(({ state, reason }) => `${state} ${reason}`);
  expect(reasons).toContain(
    "disconnected the Room ended the session: the user's PIN changed by itself after a conference",
  );
  // With the token, which the new PIN made invalid, and with the PIN.
  expect(room.requests.filter(({ method }) => method === 'auth')).toHaveLength(3);
  expect(program.stderr.lines.at(-2)).toMatch(/ refused the sign-in: access denied \(code 3\)\.$/);
  expect(program.stderr.lines.at(-1)).toBe(
    "They were good before. A Room may change its PIN after each conference (its setting changeUserAuthPinAfterConf): turn that off, or sign in with the administrator's password.",
  );
});
