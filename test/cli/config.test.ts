import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import schema from '../../docs/config.schema.json' with { type: 'json' };
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { NODE, usePrograms } from '../support/program.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const { newPath } = useFolder();

function configFile(config: object, files: Readonly<Record<string, string>> = {}): string {
  const folder = newPath('config');
  mkdirSync(folder, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  expect(new Ajv2020({ strict: false }).validate(schema, config)).toBe(true);
  return path;
}

/** Two Rooms with PINs of their own and an open one, each with one transfer. */
async function namedRooms() {
  const [lobby, hall, open] = [
    await startRoom({ pin: '1111' }),
    await startRoom({ pin: '2222' }),
    await startRoom(),
  ];
  lobby.receive({ id: 'in-lobby' });
  hall.receive({ id: 'in-hall' });
  open.receive({ id: 'in-open' });
  const path = configFile(
    {
      rooms: {
        lobby: { address: lobby.url, credentialsFile: 'lobby.pin', tags: ['floor1'] },
        hall: { address: hall.url, credentialsCommand: `'${NODE}' -p 2222`, tags: ['floor2', 'large'] },
        open: { address: open.webSocketUrl, tags: ['floor2'] },
      },
    },
    { 'lobby.pin': '1111\n' },
  );
  return { lobby, hall, open, path };
}

describe('Rooms with names', () => {
  it('are watched under their names, each with its own credentials', async () => {
    const { path, hall } = await namedRooms();
    const program = run(['watch', '@all', '--json', '--config', path]);
    await program.connected(3);
    const seen = program.transfers.map(({ room, id }) => [room, id]).sort();
    expect(seen).toEqual([
      ['hall', 'in-hall'],
      ['lobby', 'in-lobby'],
      ['open', 'in-open'],
    ]);
    hall.setStatus('in-hall', 3);
    await program.record(({ room, status }) => room === 'hall' && status === 'complete');
    expect(program.stdout.text + program.stderr.text).not.toMatch(/1111|2222/);
  });

  it('are listed together by a tag, and by several names', async () => {
    const { path } = await namedRooms();
    const env = { TRUECONF_FILES_CONFIG: path };
    const tagged = run(['list', '@floor2', '--json'], { env });
    expect(await tagged.ended).toBe(0);
    expect(tagged.transfers.map(({ room, id }) => [room, id])).toEqual([
      ['hall', 'in-hall'],
      ['open', 'in-open'],
    ]);
    // One after the other: both take the seat of the open Room.
    const named = run(['list', '@lobby', '@open', '--plain'], { env });
    expect(await named.ended).toBe(0);
    expect(named.stdout.lines.map((line) => line.split('  ')[1])).toEqual(['lobby', 'open']);
  });

  it('are checked together', async () => {
    const { path } = await namedRooms();
    const program = run(['doctor', '@all', '--json', '--config', path]);
    expect(await program.ended).toBe(0);
    expect([...new Set(program.records.map(({ room }) => room))]).toEqual(['lobby', 'hall', 'open']);
    expect(program.records.filter(({ ok }) => ok === false)).toEqual([]);
  });

  it('take their seat and their answers by name', async () => {
    const { path, lobby } = await namedRooms();
    const program = run(['accept', 'in-lobby', '--room', '@lobby', '--json', '--config', path]);
    expect(await program.ended).toBe(0);
    expect(program.records).toMatchObject([{ type: 'answer', room: 'lobby', ok: true }]);
    expect(lobby.transfers.map(({ status }) => status)).toEqual([2]);
  });

  it('are listed by rooms', async () => {
    const { path, open } = await namedRooms();
    const program = run(['rooms', '--json', '--config', path]);
    expect(await program.ended).toBe(0);
    expect(program.records.map(({ room, credentials }) => [room, credentials])).toEqual([
      ['lobby', 'file'],
      ['hall', 'command'],
      ['open', null],
    ]);
    const plain = run(['rooms', '--config', path]);
    expect(await plain.ended).toBe(0);
    expect(plain.stdout.lines.at(-1)).toBe(`@open  ${open.webSocketUrl}  @floor2`);
  });

  it('are listed without what may be secret in their addresses', async () => {
    const path = configFile({
      rooms: {
        pin: { address: 'http://10.0.0.5/4321' },
        twin: { address: 'http://10.0.0.5/public/4321' },
        socket: { address: 'ws://10.0.0.5:8765/?pin=4321' },
        wrong: { address: 'ftp://10.0.0.5/4321' },
        password: { address: 'ws://user:secret@10.0.0.5' },
      },
    });
    const plain = run(['rooms', '--config', path]);
    expect(await plain.ended).toBe(0);
    expect(plain.stdout.lines).toEqual([
      '@pin  http://10.0.0.5',
      '@twin  http://10.0.0.5/4321',
      '@socket  ws://10.0.0.5:8765/…',
      '@wrong  ftp://10.0.0.5/…',
      '@password  ***',
    ]);
    const json = run(['rooms', '--json', '--config', path]);
    expect(await json.ended).toBe(0);
    expect(json.stdout.text).not.toMatch(/secret|pin=/);
  });

  it('one that is down does not stop the others of a list', async () => {
    const { path, hall } = await namedRooms();
    await hall.close();
    const program = run(['list', '@all', '--json', '--config', path]);
    expect(await program.ended).toBe(3);
    expect(program.transfers.map(({ room }) => room)).toEqual(['lobby', 'open']);
    expect(program.stderr.text).toMatch(/^hall: The Room hall/m);
  });
});

describe('defaults of the config file', () => {
  it('stand where neither an option nor the environment says otherwise', async () => {
    const room = await startRoom();
    room.receive({ id: 'small', size: 5 });
    room.receive({ id: 'large', size: 5_000 });
    const path = configFile({ defaults: { where: 'size > 100', once: true, heartbeat: '5s' } });
    const program = run(['watch', room.url, '--json', '--config', path]);
    expect(await program.ended).toBe(0);
    expect(program.transfers.map(({ id }) => id)).toEqual(['large']);
    const other = run(['watch', room.url, '--json', '--config', path, '--where', 'size < 100']);
    expect(await other.ended).toBe(0);
    expect(other.transfers.map(({ id }) => id)).toEqual(['small']);
  });

  it('say nothing about what one call is to do, though another command has the same word', async () => {
    const room = await startRoom({ transferMs: 3_600_000 });
    const path = configFile({ defaults: { wait: true, to: 'nats://10.0.0.9' } }, { 'plan.docx': 'the plan' });
    const file = join(dirname(path), 'plan.docx');
    const program = run(['send', file, '--conference', '--room', room.url, '--config', path]);
    expect(await program.ended, program.report).toBe(0);
  });

  it.each([
    [{ keeep: 5 }, 'defaults.keeep is an option that no command has'],
    [{ heartbeat: 'soon' }, 'defaults.heartbeat is wrong'],
    [{ once: 'yes' }, 'defaults.once must be true or false'],
    [{ where: true }, 'defaults.where needs a value'],
    [{ yes: true }, 'defaults.yes is taken from the command line only'],
  ])('%j is refused', async (defaults, message) => {
    const program = run(['watch', 'demo', '--config', configFile({ defaults })]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain(message);
  });
});

describe('a config file that can not be used', () => {
  it.each([
    [['watch', '@attic'], 'No Room is named or tagged "@attic".'],
    [['info', 'x', '--room', '@all'], '"@all" names 2 Rooms, and this command asks one.'],
  ])('for %j: code 2', async (args, message) => {
    const path = configFile({ rooms: { a: { address: '10.0.0.5' }, b: { address: '10.0.0.6' } } });
    const program = run([...args, '--config', path]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain(message);
  });

  it.skipIf(process.platform === 'win32')('because others may change it', async () => {
    const path = configFile({});
    chmodSync(path, 0o666);
    const program = run(['watch', 'demo', '--config', path]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines[1]).toBe(`Run: chmod go-w '${path}'`);
  });

  it('because the address of a Room ends with its PIN', async () => {
    const { url } = await startRoom({ pin: 'ABC' });
    const path = configFile({ rooms: { a: { address: `${url}/ABC` } } });
    const program = run(['list', '@a', '--config', path]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines.at(-2)).toBe(
      'trueconf-files: The address of "a" in the config file ends with a PIN, which may not stand there.',
    );
    expect(program.stderr.text).not.toContain('ABC');
  });

  it('because a command for credentials fails', async () => {
    const rooms = (credentialsCommand: string) => ({
      rooms: { a: { address: '10.0.0.5', credentialsCommand } },
    });
    for (const [command, why] of [
      [`'${NODE}' -e 'process.exit(1)'`, 'it ended with code 1'],
      ['/no/such/program', 'there is no program "/no/such/program"'],
    ] as const) {
      const program = run(['watch', '@a', '--config', configFile(rooms(command))]);
      expect(await program.ended).toBe(2);
      expect(program.stderr.lines).toEqual([`trueconf-files: The credentialsCommand of "a" failed: ${why}.`]);
    }
  });
});
