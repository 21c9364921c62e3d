import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RoomSimulator } from '../../src/simulator/index.js';
import { useRooms } from '../simulator/rooms.js';
import { useFileServers } from '../support/file-server.js';
import { useFolder } from '../support/folder.js';
import { useHostedPrograms } from '../support/in-process.js';
import { type Program, usePrograms } from '../support/program.js';
import { type Script, useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const host = useHostedPrograms();
const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();
const serve = useFileServers();

const { folder, write } = useFolder();

const PLAN = write('the plan', 'plan.docx');
const SLIDES = write('slides', 'slides.pptx');
const SENT = ['send', PLAN, SLIDES, '--to', 'ann@x', '--wait'];
const TO_BOTH = ['--to', 'ann@some.server', '--to', 'bob@some.server'];
const AGES = [
  ['a Room', false],
  ['a Room before 4.1', true],
] as const;

const outbound = (room: RoomSimulator) => room.transfers.filter(({ direction }) => direction === 'outbound');
const answers = (program: Program) => program.records.filter(({ type }) => type === 'answer');

/** A Room that lets a test answer, beside an HTTP server that gives each file this number. */
async function scriptedRoom(fileIds: readonly string[], script: NonNullable<Script['answers']>) {
  const ids = [...fileIds];
  const { port } = await serve((request, response) => {
    request.resume();
    request.once('end', () => {
      const id = ids.shift();
      response.writeHead(id === undefined ? 413 : 200, id === undefined ? {} : { FileId: id }).end();
    });
  });
  const getAppState = () => ({ appState: 3, embeddedHttpPort: port, result: true });
  return scripted({ answers: { getAppState, ...script } });
}

describe.each(AGES)('of %s', (_, legacy) => {
  it('each file is uploaded once, and offered to each peer', async () => {
    const room = await startRoom({ legacy });
    const program = run(['send', PLAN, SLIDES, PLAN, ...TO_BOTH, ...TO_BOTH, '--room', room.url]);
    expect(await program.ended, program.report).toBe(0);
    expect(room.uploads.map(({ name }) => name)).toEqual(['plan.docx', 'slides.pptx']);
    const made = outbound(room);
    expect(made.map(({ name, peerId }) => [name, peerId])).toEqual([
      ['plan.docx', 'ann@some.server'],
      ['plan.docx', 'bob@some.server'],
      ['slides.pptx', 'ann@some.server'],
      ['slides.pptx', 'bob@some.server'],
    ]);
    expect(program.stdout.lines).toEqual(
      made.map(({ id, name, size, peerId }) => `sent  ${name}  ${size} B  to ${peerId}  id ${id}`),
    );
    expect(program.stderr.text).toBe('');
  });

  it('records say which offer each is about', async () => {
    const room = await startRoom({ legacy });
    const program = run(['send', PLAN, SLIDES, ...TO_BOTH, '--room', room.url, '--json']);
    expect(await program.ended, program.report).toBe(0);
    expect(answers(program)).toMatchObject(
      outbound(room).map(({ id, name, peerId, fileId }) => ({
        action: 'send',
        id,
        fileId: String(fileId),
        name,
        to: peerId,
        ok: true,
      })),
    );
  });

  it('--file-id offers what is there, sent or received, without an upload', async () => {
    const room = await startRoom({ legacy });
    const sent = room.send({ name: 'sent.bin', size: 5 }).fileId;
    room.setStatus(room.receive({ id: '7', name: 'received.bin', size: 6 }).id, 3);
    const received = room.transfers.find(({ id }) => id === '7')?.fileId;
    const args = [
      '--file-id',
      `${sent}`,
      '--file-id',
      `${received}`,
      '--file-id',
      `${sent}`,
      '--to',
      'ann@x',
    ];
    const program = run(['send', PLAN, ...args, '--room', room.url]);
    expect(await program.ended, program.report).toBe(0);
    expect(room.uploads.map(({ name }) => name)).toEqual(['plan.docx']);
    const [, ...made] = outbound(room);
    expect(made.map(({ name, fileId }) => [name, fileId])).toEqual([
      ['plan.docx', room.uploads[0]?.fileId],
      ['sent.bin', sent],
      ['received.bin', received],
    ]);
    // The request that sent it before is another one.
    expect(program.stdout.lines[1]).toBe(`sent  sent.bin  5 B  to ann@x  id ${made[1]?.id}`);
  });

  it('--file-id to the conference', async () => {
    const room = await startRoom({ legacy });
    const { fileId } = room.send({ id: '1' });
    const program = run(['send', '--file-id', `${fileId}`, '--conference', '--room', room.url, '--json']);
    expect(await program.ended, program.report).toBe(0);
    expect(answers(program)).toMatchObject([{ fileId: `${fileId}`, name: '2.jpg', to: null, ok: true }]);
    expect(outbound(room)).toMatchObject([{ id: '1' }, { peerId: null, fileId }]);
  });

  it('a file id that the Room does not know ends it with 7', async () => {
    const room = await startRoom({ legacy });
    const program = run(['send', '--file-id', '99', '--to', 'ann@x', '--room', room.url]);
    expect(await program.ended).toBe(7);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.text).toMatch(/refused to send "file 99" to ann@x: no such file/);
    expect(program.stderr.lines[1]).toBe("What the Room has is shown by 'trueconf-files files'.");
  });
});

describe('wrong usage leaves the Room alone', () => {
  it.each([
    [['--to', 'a'], 'No file is named.'],
    [[PLAN], 'A file goes either to a peer or to the conference.'],
    [[PLAN, '--to', 'a', '--to', ''], 'The peer to send to is empty.'],
    [['--file-id', '7', '--to', 'a', '--conference'], 'A file goes either to a peer or to the conference.'],
    [[PLAN, join(folder, 'none'), '--to', 'a'], `The file "${join(folder, 'none')}" can't be read`],
    [['--file-id', 'plan.docx', '--to', 'a'], "'plan.docx' is invalid. Give a number"],
    [['--file-id', '', '--to', 'a'], "'' is invalid. The id is empty"],
    [[PLAN, '--to', 'a', '--timeout', 'x'], "'x' is invalid. Give a duration"],
  ])('%j', async (args, sentence) => {
    const room = await startRoom();
    const program = run(['send', ...args, '--room', room.url, '--json']);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines[0]).toContain(sentence);
    expect(program.stderr.text).not.toContain('    at ');
    expect(room.connections).toBe(0);
    expect(room.uploads).toEqual([]);
  });
});

describe('one refusal does not stop the others, and ends with 7', () => {
  it('of a peer', async () => {
    const room = await scriptedRoom(['1', '2'], {
      sendFile: ({ callId, peerId, fileId }) =>
        [callId, peerId].includes('ann@some.server')
          ? { result: false, error: 'unknown' }
          : { sentFileRequestId: `offer ${fileId}`, result: true },
    });
    const program = run(['send', PLAN, SLIDES, ...TO_BOTH, '--room', room.webSocketUrl, '--json']);
    expect(await program.ended).toBe(7);
    expect(answers(program).map(({ id, to, ok, error }) => [id, to, ok, error])).toEqual([
      [null, 'ann@some.server', false, 'unknown'],
      ['offer 1', 'bob@some.server', true, null],
      [null, 'ann@some.server', false, 'unknown'],
      ['offer 2', 'bob@some.server', true, null],
    ]);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${room.webSocketUrl} refused 2 of what was to be sent: "plan.docx" to ann@some.server: unknown; "slides.pptx" to ann@some.server: unknown.`,
      'The file has arrived at the Room, as number 1: send --file-id 1 offers it without another upload.',
    ]);
  });

  it('of an upload', async () => {
    const room = await scriptedRoom(['1'], { sendFile: () => ({ sentFileRequestId: 'a', result: true }) });
    const program = run([
      'send',
      PLAN,
      SLIDES,
      '--to',
      'ann@x',
      '--file-id',
      '5',
      '--room',
      room.webSocketUrl,
    ]);
    expect(await program.ended).toBe(7);
    expect(program.stdout.lines).toEqual([
      'sent  plan.docx  8 B  to ann@x  id a',
      'sent  file 5  -  to ann@x  id a',
    ]);
    expect(program.stderr.lines[0]).toMatch(/did not take the file: POST \S+ was answered with HTTP 413\.$/);
  });
});

describe('sendFile', () => {
  it('refused for its callId is asked again with peerId', async () => {
    const room = await scriptedRoom(['1'], {
      sendFile: (request) =>
        'callId' in request
          ? { result: false, error: 'no peerId' }
          : { sentFileRequestId: 'a', result: true },
    });
    const program = run(['send', PLAN, '--to', 'ann@x', '--room', room.webSocketUrl]);
    expect(await program.ended, program.report).toBe(0);
    const asked = room.requests.filter(({ method }) => method === 'sendFile');
    expect(asked).toMatchObject([{ callId: 'ann@x' }, { peerId: 'ann@x' }]);
    expect(asked[1]).not.toHaveProperty('callId');
    expect(program.stdout.lines).toEqual(['sent  plan.docx  8 B  to ann@x  id a']);
  });

  it('taken with callId is not asked again', async () => {
    const room = await scriptedRoom(['1'], { sendFile: () => ({ sentFileRequestId: 'a', result: true }) });
    const program = run(['send', PLAN, '--to', 'ann@x', '--room', room.webSocketUrl]);
    expect(await program.ended, program.report).toBe(0);
    expect(room.requests.filter(({ method }) => method === 'sendFile')).toMatchObject([{ callId: 'ann@x' }]);
  });

  it('refused both ways: it says both reasons', async () => {
    const room = await scriptedRoom(['1'], {
      sendFile: (request) => ({ result: false, error: 'callId' in request ? 'busy' : 'no callId' }),
    });
    const program = run(['send', PLAN, '--to', 'ann@x', '--room', room.webSocketUrl]);
    expect(await program.ended).toBe(7);
    expect(program.stderr.lines[0]).toContain(
      'refused to send "plan.docx" to ann@x: busy; asked with peerId instead of callId: no callId.',
    );
  });
});

describe.each(['9007199254740993', '18446744073709551615', '0'])('the file id %s', (fileId) => {
  const sendFile = () => ({ sentFileRequestId: 'a', result: true });

  it('of an upload keeps its digits', async () => {
    const room = await scriptedRoom([fileId], { sendFile });
    const program = run(['send', PLAN, '--to', 'ann@x', '--room', room.webSocketUrl, '--json']);
    expect(await program.ended, program.report).toBe(0);
    expect(answers(program)).toMatchObject([{ fileId }]);
    expect(room.texts.at(-1)).toContain(`"fileId":${fileId}}`);
  });

  it('of the command line keeps its digits', async () => {
    const room = await scriptedRoom([], { sendFileToConference: sendFile });
    const args = ['--file-id', fileId, '--conference', '--room', room.webSocketUrl];
    const program = run(['send', ...args, '--json']);
    expect(await program.ended, program.report).toBe(0);
    expect(answers(program)).toMatchObject([{ fileId, to: null }]);
    expect(room.texts.at(-1)).toContain(`"fileId":${fileId}}`);
  });
});

describe('the token of the HTTP server', () => {
  it('is asked for anew, as that of the sign-in may have expired during the upload before', async () => {
    let uploaded: () => number = () => 0;
    const room = await startRoom({ now: () => 1_700_000_000_000 + uploaded() * 6 * 60_000 });
    uploaded = () => room.uploads.length;
    const program = run(['send', PLAN, SLIDES, '--to', 'ann@x', '--room', room.url]);
    expect(await program.ended, program.report).toBe(0);
    expect(room.uploads).toHaveLength(2);
  });

  it('stays the one of the sign-in where the Room gives no other', async () => {
    const room = await scriptedRoom(['1', '2'], {
      sendFile: () => ({ result: true, sentFileRequestId: 'a' }),
    });
    const program = run(['send', PLAN, SLIDES, '--to', 'ann@x', '--room', room.webSocketUrl]);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.lines).toHaveLength(2);
  });
});

describe.each(AGES)('send --wait of %s', (_, legacy) => {
  /** Waits until this many offers were made. */
  async function waiting(count: number, ...args: readonly string[]) {
    const room = await startRoom({ legacy, transferMs: 3_600_000 });
    const program = run([...SENT, '--room', room.url, ...args]);
    await program.until(() => {
      const lines = program.stdout.lines.filter((line) => /^sent|"action":"send"/.test(line));
      return lines.length === count || undefined;
    });
    return { room, program, ids: outbound(room).map(({ id }) => id) };
  }

  it('ends with 0 once each has arrived', async () => {
    const room = await startRoom({ legacy, transferMs: 50 });
    const program = run([...SENT, '--room', room.url]);
    expect(await program.ended, program.report).toBe(0);
    const [plan, slides] = outbound(room).map(
      ({ id, name, size }) => `${name}  ${size} B  to ann@x  id ${id}`,
    );
    expect([...program.stdout.lines].sort()).toEqual([
      `complete  ${plan}`,
      `complete  ${slides}`,
      `sent  ${plan}`,
      `sent  ${slides}`,
    ]);
    expect(program.stderr.text).toBe('');
  });

  it('writes the records of its requests, and of no others', async () => {
    const { room, program, ids } = await waiting(2, '--json');
    room.receive({ id: '1' });
    for (const id of ids) room.setStatus(id, 2);
    for (const id of ids) room.progress(id, 50);
    for (const id of ids) room.setStatus(id, 3);
    expect(await program.ended, program.report).toBe(0);
    expect(new Set(program.transfers.map(({ id }) => id))).toEqual(new Set(ids));
    for (const one of ids) {
      const own = program.transfers.filter(({ id }) => id === one);
      expect(own.map(({ status }) => status)).toEqual(['waiting', 'processing', 'complete']);
      expect(program.records).toContainEqual(
        expect.objectContaining({ type: 'progress', id: one, percent: 50 }),
      );
    }
  });

  it('ends with 6 where one failed, once all have ended', async () => {
    const { room, program, ids } = await waiting(2);
    const [plan = '', slides = ''] = ids;
    room.setStatus(plan, 0);
    await program.stdoutHas(`failed  plan.docx  8 B  to ann@x  id ${plan}\n`);
    room.setStatus(slides, 3);
    expect(await program.ended).toBe(6);
    expect(program.stderr.lines).toEqual([
      'trueconf-files: Not everything arrived: "plan.docx" to ann@x failed.',
      'The log of the Room may say more.',
    ]);
  });

  it('ends with 124 after --timeout, and says how many had not ended', async () => {
    const room = await startRoom({ legacy, transferMs: 3_600_000 });
    const program = host([...SENT, '--room', room.url, '--timeout', '3s']);
    await program.until(
      () => program.stdout.lines.filter((line) => line.startsWith('sent')).length === 2 || undefined,
    );
    await program.clock.pass(3_000);
    expect(await program.ended).toBe(124);
    expect(program.stderr.lines).toEqual(['2 of 2 offers had not ended']);
  });

  it('dials again when the link is lost', async () => {
    const { room, program, ids } = await waiting(2);
    room.dropClients();
    await program.stderrHas('connected\n');
    for (const id of ids) room.setStatus(id, 3);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stderr.lines).toEqual([
      expect.stringMatching(/: disconnected: .*; trying again /),
      expect.stringMatching(/: connected$/),
    ]);
    expect(room.signIns).toBe(2);
  });

  it('sees an end that came while the link was lost', async () => {
    const { room, program, ids } = await waiting(2);
    room.welcome = 'hang-up';
    room.dropClients();
    await program.stderrHas('trying again');
    for (const id of ids) room.setStatus(id, 3);
    room.welcome = 'serve';
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.lines.filter((line) => line.startsWith('complete'))).toHaveLength(2);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %i', async (signal, code) => {
    const { program } = await waiting(2);
    program.kill(signal);
    expect(await program.ended).toBe(code);
  });
});

describe('send --wait', () => {
  it('ends where the request is removed: that is no arrival', async () => {
    const room = await startRoom({ transferMs: 3_600_000 });
    const program = run(['send', PLAN, '--to', 'ann@x', '--wait', '--room', room.url]);
    await program.stdoutHas('sent');
    for (const { id } of outbound(room)) room.delete(id);
    expect(await program.ended).toBe(6);
    expect(program.stdout.lines[1]).toMatch(/^removed {2}plan\.docx/);
    expect(program.stderr.text).toContain('"plan.docx" to ann@x was removed from the Room before it ended.');
  });

  it('sees an end that comes before the answer with the id', async () => {
    const room = await startRoom({ transferMs: 1 });
    room.answerDelayMs = 600;
    const program = run(['send', PLAN, '--to', 'ann@x', '--wait', '--room', room.url]);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.lines.map((line) => line.split('  ')[0])).toEqual(['sent', 'complete']);
  });

  it('ends with 7 where the Room gives no id by which the end could be seen', async () => {
    const room = await scriptedRoom(['1'], { sendFile: () => ({ result: true }) });
    const program = run(['send', PLAN, '--to', 'ann@x', '--wait', '--room', room.webSocketUrl]);
    expect(await program.ended).toBe(7);
    expect(program.stdout.lines).toEqual(['sent  plan.docx  8 B  to ann@x  the Room gave no id']);
    expect(program.stderr.lines[0]).toContain(`gave no id for "plan.docx" to ann@x: its end can't be seen.`);
  });

  it('waits for the others where one was refused, and ends with 7', async () => {
    const room = await startRoom({ transferMs: 50 });
    const args = ['--file-id', '99', '--to', 'ann@x', '--wait', '--room', room.url];
    const program = run(['send', PLAN, ...args]);
    expect(await program.ended).toBe(7);
    expect(program.stdout.lines.map((line) => line.split('  ')[0])).toEqual(['sent', 'complete']);
  });

  it('ends with 5 where another client takes the seat', async () => {
    const room = await startRoom({ transferMs: 3_600_000 });
    const program = run(['send', PLAN, '--to', 'ann@x', '--wait', '--room', room.url]);
    await program.stdoutHas('sent');
    room.endSessions(1);
    expect(await program.ended).toBe(5);
    expect(program.stderr.text).toContain('was taken over');
  });
});

it('a link that is lost before the wait ends it with 3', async () => {
  const room = await scriptedRoom(['1'], {
    sendFile: () => {
      room.cut();
      return null;
    },
  });
  const program = run(['send', PLAN, '--to', 'ann@x', '--wait', '--room', room.webSocketUrl]);
  expect(await program.ended).toBe(3);
  expect(program.stderr.lines).toEqual([
    `trueconf-files: The Room ${room.webSocketUrl} was lost: the connection was cut.`,
    expect.stringMatching(/^Try again; /),
  ]);
});

it('--timeout ends an upload, too', async () => {
  const { port } = await serve((request) => void request.pause());
  const getAppState = () => ({ embeddedHttpPort: port, result: true });
  const room = await scripted({ answers: { getAppState } });
  const program = run(['send', PLAN, '--to', 'ann@x', '--timeout', '2s', '--room', room.webSocketUrl]);
  expect(await program.ended).toBe(124);
  expect(program.stdout.text + program.stderr.text).toBe('');
});
