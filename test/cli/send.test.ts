import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFERENCE_ID, type RoomSimulator } from '../../src/simulator/index.js';
import { useRooms } from '../simulator/rooms.js';
import { useFileServers } from '../support/file-server.js';
import { useFolder } from '../support/folder.js';
import { type Program, usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { closedPort } from '../support/silent-server.js';
import { CERTIFICATE_FILE, useTlsFronts } from '../support/tls-front.js';

const { run, shell } = usePrograms();
const { room: startRoom, signedIn } = useRooms();
const tlsFront = useTlsFronts();
const scripted = useScriptedWebRooms();
const serve = useFileServers();

const { folder, write } = useFolder();

const PLAN = write('the plan', 'plan.docx');
const PEER = 'user2@some.server';

/** Sends a file by a Room whose HTTP server does what a test wants. */
async function sendTo(
  port: number,
  answers: Readonly<Record<string, (request: object) => object | null>> = {},
  ...args: readonly string[]
): Promise<{ program: Program; url: string }> {
  const room = await scripted({
    answers: {
      getAppState: () => ({ appState: 3, embeddedHttpPort: port, result: true }),
      ...answers,
    },
  });
  const program = run(['send', PLAN, '--to', PEER, '--room', room.webSocketUrl, ...args]);
  return { program, url: room.webSocketUrl };
}

const outbound = (room: RoomSimulator) => room.transfers.filter(({ direction }) => direction === 'outbound');

it('50 MB arrive whole, and progress is reported on the way', async () => {
  const content = randomBytes(50_000_000);
  const path = write(content, 'big.bin');
  const room = await startRoom();
  const program = run(['send', path, '--to', PEER, '--room', room.url, '--json']);
  expect(await program.ended).toBe(0);
  const sha256 = createHash('sha256').update(content).digest('hex');
  expect(room.uploads).toMatchObject([{ name: 'big.bin', size: 50_000_000, sha256 }]);
  const [upload] = room.uploads;
  const progress = program.records.filter(({ type }) => type === 'progress');
  expect(progress.length).toBeGreaterThan(1);
  for (const record of progress) {
    expect(Object.keys(record).join(' ')).toBe('type v time room id percent bytes bytesPerSecond etaSeconds');
    expect(record).toMatchObject({ room: room.url, id: null });
  }
  expect(progress.at(-1)).toMatchObject({ percent: 100, bytes: 50_000_000 });
  expect(program.records.at(-1)).toMatchObject({
    type: 'answer',
    action: 'send',
    id: outbound(room)[0]?.id,
    fileId: String(upload?.fileId),
    ok: true,
    error: null,
  });
  expect(program.stderr.text).toBe('');
});

describe.each([
  ['a Room', false, undefined],
  ['a Room with a PIN', false, '4711'],
  ['a Room before 4.1', true, undefined],
])('of %s', (_, legacy, pin) => {
  const env: Record<string, string> = pin === undefined ? {} : { TRUECONF_FILES_CREDENTIALS: pin };

  it('sends to a peer', async () => {
    const room = await startRoom({ legacy, pin });
    const program = run(['send', PLAN, '--to', PEER, '--room', room.url], { env });
    expect(await program.ended).toBe(0);
    expect(outbound(room)).toMatchObject([{ name: 'plan.docx', size: 8, peerId: PEER }]);
    // Before 4.1 only an event tells the id.
    expect(program.stdout.lines).toEqual([`sent  plan.docx  8 B  to ${PEER}  id ${outbound(room)[0]?.id}`]);
    expect(program.stderr.text).toBe('');
  });

  it('sends to the conference, finding the server without the page', async () => {
    const room = await startRoom({ legacy, pin });
    const program = run(['send', PLAN, '--conference', '--room', room.webSocketUrl], { env });
    expect(await program.ended).toBe(0);
    expect(outbound(room)).toMatchObject([{ name: 'plan.docx', peerId: null, conferenceId: CONFERENCE_ID }]);
    expect(program.stdout.text).toContain('sent  plan.docx  8 B  to the conference  ');
  });

  it('says what the Room refuses once the file is there', async () => {
    const room = await startRoom({ legacy, pin, conferenceId: null });
    const program = run(['send', PLAN, '--conference', '--room', room.url, '--json'], { env });
    expect(await program.ended).toBe(7);
    const [upload] = room.uploads;
    expect(program.records.at(-1)).toMatchObject({
      type: 'answer',
      id: null,
      fileId: String(upload?.fileId),
      ok: false,
      error: 'no conference',
    });
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${room.url} refused to send "plan.docx" to the conference: no conference.`,
      `The file has arrived at the Room, as number ${upload?.fileId}: send --file-id ${upload?.fileId} offers it without another upload.`,
    ]);
  });
});

describe('a file that can not be sent is wrong usage, and the Room is left alone', () => {
  const gone = join(folder, 'none.bin');
  const empty = write('', 'empty.bin');

  it.each([
    ['that is not there', gone, `The file "${gone}" can't be read: there is no such file.`],
    ['that is a folder', folder, `The file "${folder}" can't be read: it is a folder.`],
    ['that is a device', '/dev/null', `The file "/dev/null" can't be read: it is not an ordinary file.`],
    ['that is empty', empty, `The file "${empty}" is empty.`],
  ])('%s', async (_, path, sentence) => {
    const room = await startRoom();
    const program = run(['send', path, '--to', PEER, '--room', room.url, '--json']);
    expect(await program.ended).toBe(2);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines).toEqual([`trueconf-files: ${sentence}`, expect.stringMatching(/^Give /)]);
    expect(room.connections).toBe(0);
  });

  it('and a pipe is not waited for', async () => {
    const { url } = await startRoom();
    const program = shell(`mkfifo ${folder}/pipe && $PROGRAM send ${folder}/pipe --to a --room ${url}`);
    expect(await program.ended).toBe(2);
    expect(program.stderr.text).toContain('it is not an ordinary file');
  });

  it.each([
    [[], 'A file goes either to a peer or to the conference.'],
    [['--to', PEER, '--conference'], 'A file goes either to a peer or to the conference.'],
    [['--to', ''], 'The peer to send to is empty.'],
  ])('nor one that goes to %j', async (args, sentence) => {
    const program = run(['send', PLAN, '--room', 'demo', ...args]);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines[0]).toBe(`trueconf-files: ${sentence}`);
  });
});

describe('where the upload fails, it is said what was tried', () => {
  const TRIED =
    /^Tried: multipart\/form-data with one part named "file"; the Room names that port in getAppState\. /;

  it.each([
    ['refuses', 403, {}, 'no', 7, 'was answered with HTTP 403: no.'],
    ['gives no number', 200, {}, '', 7, 'was answered with HTTP 200 without a FileId that is a number.'],
    [
      'gives another id',
      200,
      { FileId: 'x' },
      '',
      7,
      'was answered with HTTP 200 without a FileId that is a number.',
    ],
  ])('the server %s', async (_, status, headers, text, code, words) => {
    const { port } = await serve((_, response) => void response.writeHead(status, headers).end(text));
    const { program, url } = await sendTo(port);
    expect(await program.ended).toBe(code);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${url} did not take the file: POST http://127.0.0.1:${port}/files/ ${words}`,
      expect.stringMatching(TRIED),
    ]);
  });

  it('the server is not there', async () => {
    const port = await closedPort();
    const { program, url } = await sendTo(port, {}, '--json');
    expect(await program.ended).toBe(3);
    expect(program.stdout.text).toBe('');
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${url} did not take the file: POST http://127.0.0.1:${port}/files/ failed: connection refused.`,
      expect.stringMatching(TRIED),
    ]);
  });

  it('the Room gives no id', async () => {
    const { port } = await serve((_, response) => void response.writeHead(200, { FileId: '7' }).end());
    const { program } = await sendTo(port, { sendFile: () => ({ result: true }) });
    expect(await program.ended).toBe(0);
    expect(program.stdout.lines).toEqual([`sent  plan.docx  8 B  to ${PEER}  the Room gave no id`]);
  });

  it('the Room gives no token', async () => {
    const auth = () => ({ token: '1*x', result: true, resultCode: 0 });
    const { program, url } = await sendTo(1, { auth, getTokenForHttpServer: () => ({ result: false }) });
    expect(await program.ended).toBe(7);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${url} refused a token for its HTTP server: it gave no reason.`,
      expect.stringMatching(/^Files can't be uploaded without one\. /),
    ]);
  });
});

describe('where the Room is named as wss://', () => {
  const env = { NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE };

  it('the upload is encrypted, too', async () => {
    const uploads = await startRoom();
    const { token } = await (await signedIn(uploads)).ask('getTokenForHttpServer');
    const files = await tlsFront(uploads.httpUrl);
    const room = await scripted({
      answers: {
        auth: () => ({ token: '1*x', tokenForHttpServer: token, result: true, resultCode: 0 }),
        getAppState: () => ({ embeddedHttpPort: files, result: true }),
        sendFile: ({ fileId }) => ({ sentFileRequestId: `sent ${fileId}`, result: true }),
      },
    });
    const url = `wss://localhost:${await tlsFront(room.webSocketUrl)}`;
    const program = run(['send', PLAN, '--to', PEER, '--room', url], { env });
    expect(await program.ended).toBe(0);
    expect(uploads.uploads).toMatchObject([{ name: 'plan.docx', size: 8 }]);
    expect(program.stdout.text).toContain(`id sent ${uploads.uploads[0]?.fileId}`);
  });

  it('nothing is uploaded without encryption', async () => {
    const { port } = await serve((_, response) => void response.end());
    const room = await scripted({
      answers: { getAppState: () => ({ embeddedHttpPort: port, result: true }) },
    });
    const url = `wss://localhost:${await tlsFront(room.webSocketUrl)}`;
    const program = run(['send', PLAN, '--to', PEER, '--room', url], { env });
    expect(await program.ended).toBe(3);
    expect(program.stderr.lines).toEqual([
      `trueconf-files: The Room ${url} did not take the file: POST https://localhost:${port}/files/ failed: it does not speak TLS.`,
      expect.stringContaining('it is encrypted as the WebSocket is (ws:// instead of wss:// is not)'),
    ]);
  });
});

describe('the token of the HTTP server', () => {
  const TOKEN = '4*marked/token+in==an"odd shape';
  const auth = () => ({ token: '1*x', result: true, resultCode: 0 });

  it.each([[[]], [['--json']], [['--debug']], [['--json', '--debug']]])(
    'is asked for where the sign-in gave none, and shown nowhere: %j',
    async (args) => {
      let url = '';
      const { port } = await serve((request, response) => {
        url = request.url ?? '';
        response.writeHead(400).end(`cannot ${url} or ${TOKEN}`);
      });
      const asked = () => ({ token: TOKEN, result: true });
      const { program } = await sendTo(port, { auth, getTokenForHttpServer: asked }, ...args);
      expect(await program.ended).toBe(7);
      expect(new URL(url, 'http://room').searchParams.get('token')).toBe(TOKEN);
      const shown = program.stdout.text + program.stderr.text;
      expect(shown).toContain('HTTP 400: cannot /files/?token=*** or ***.');
      expect(shown).not.toMatch(/marked|odd.shape/);
    },
  );
});

describe('while it uploads', () => {
  const BIG = write(Buffer.alloc(30_000_000), 'large.bin');

  async function uploading() {
    const server = await serve((request) => void request.pause());
    const room = await scripted({
      answers: { getAppState: () => ({ embeddedHttpPort: server.port, result: true }) },
    });
    const program = run(['send', BIG, '--to', PEER, '--room', room.webSocketUrl, '--json']);
    await server.asked();
    await program.record(({ type }) => type === 'progress');
    return { room, program };
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %i', async (signal, code) => {
    const { program } = await uploading();
    program.kill(signal);
    expect(await program.ended).toBe(code);
    expect(program.stderr.text).toBe('');
    expect(program.records.every(({ type }) => type === 'progress')).toBe(true);
  });

  it('the server breaks off in the middle, and how much it had taken', async () => {
    let breakOff = () => {};
    const server = await serve((request) => {
      breakOff = () => request.destroy();
      request.once('data', () => {});
    });
    const room = await scripted({
      answers: { getAppState: () => ({ embeddedHttpPort: server.port, result: true }) },
    });
    const program = run(['send', BIG, '--to', PEER, '--room', room.webSocketUrl, '--json']);
    await program.record(({ type }) => type === 'progress');
    breakOff();
    expect(await program.ended).toBe(3);
    expect(program.stderr.lines[0]).toMatch(/\/files\/ failed after \S+ \S+ of \S+ \S+: connection /);
  });

  it('the end of the link ends it with 3', async () => {
    const { room, program } = await uploading();
    room.cut();
    expect(await program.ended).toBe(3);
    expect(program.stderr.lines[0]).toContain('was lost: the connection was cut.');
  });
});
