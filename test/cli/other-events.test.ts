import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useRelays } from '../relay/support.js';
import { useFolder } from '../support/folder.js';
import { hasNatsServer } from '../support/nats-server.js';
import { STARTED } from '../support/program.js';
import { useTerminals } from '../support/pseudo-terminal.js';
import { type ScriptedWebRoom, useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run, natsServer, relay: startRelay, watcher } = useRelays();
const startRoom = useScriptedWebRooms();
const { folder } = useFolder();

const MARK = 'MARKED-secret-4711';
interface Listed {
  readonly event: string;
  readonly fields: readonly string[] | null;
  readonly file?: string;
}
const LISTED: readonly Listed[] = readFileSync(
  new URL('../fixtures/other-events.ndjson', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const PRIVATE = [
  'message',
  'url',
  'link',
  'joinUrl',
  'realTimeConferenceManagmentUrl',
  'newPin',
  'userPin',
  'token',
];

/** Words of warnings about messages. */
const ODD = /warning|not documented|unreadable|expected|missing/i;

/** What a file event before 4.1 and the Room's state have in their fields: they are read, and shown. */
const READ: Readonly<Record<string, unknown>> = {
  appState: 3,
  available: true,
  directionType: 1,
  file: 3,
  fileId: 3,
  id: 7,
  processedSize: 1,
  speed: 1,
  status: 2,
  timestamp: 1_659_284_222,
  totalSize: 2,
};

/** Sent after all others, and shown everywhere. */
const LAST = {
  method: 'event',
  event: 'receivedFileRequest',
  fileRequestId: 'last',
  peerId: 'user2@some.server',
  peerDn: 'user2',
  fileName: 'the-last.pdf',
  fileSize: 1,
  timestamp: 1_659_284_222_850,
};

/** Every event that anybody lists, with the mark in all that is private, and then one that is shown. */
function sendAll(room: ScriptedWebRoom, marksAll: boolean): void {
  for (const { event, fields, file } of LISTED) {
    const isRead = (file !== undefined && fields !== null) || event === 'appStateChanged';
    const own = (fields ?? []).map((field) => [field, isRead ? (READ[field] ?? 'shown') : MARK]);
    const shown = isRead || marksAll ? own : own.filter(([field]) => PRIVATE.includes(String(field)));
    const secrets = PRIVATE.map((field) => [field, MARK]);
    room.send({
      method: 'event',
      event,
      ...Object.fromEntries([...shown, ...secrets]),
      nested: { message: MARK },
    });
  }
  room.send({ method: 'event', event: 'settingsChanged', name: 'userAuthPin', value: MARK });
  room.send({ method: 'event', event: 'userPinEventOccurred', anything: MARK });
  room.send(LAST);
}

function expectNothingOdd(path: string): void {
  const recorded = readFileSync(path, 'utf8');
  for (const { event } of LISTED) expect(recorded).toContain(event);
  expect(recorded).not.toContain(MARK);
  expect(recorded).not.toContain('"kind":"warning"');
}

describe.each([
  ['by default', [], true],
  ['with --record-all', ['--record-all'], false],
] as const)('every documented event, %s', (name, options, marksAll) => {
  it('gives no warning, and its secrets are in no record, no line and no recording', async () => {
    const room = await startRoom();
    const recording = join(folder, `${name}.ndjson`);
    const program = run(['watch', room.url, '--json', '--debug', '--record', recording, ...options]);
    await program.connected();
    sendAll(room, marksAll);
    await program.stdoutHas('the-last.pdf');
    program.kill('SIGTERM');
    await program.ended;
    expect(program.stdout.text).not.toContain('"warning"');
    for (const { event } of LISTED) expect(program.stderr.text).toContain(event);
    expect(`${program.stdout.text}${program.stderr.text}`).not.toContain(MARK);
    expectNothingOdd(recording);
  });
});

describe('every documented event', () => {
  const { open } = useTerminals();

  it('gives no warning on the table, and its secrets are not on the screen', async () => {
    const room = await startRoom();
    const recording = join(folder, 'table.ndjson');
    const script = `"$0" "$1" watch ${room.url} --record ${recording}; echo code=$?; read wait`;
    const terminal = open('sh', ['-c', script, ...STARTED]);
    await room.until(() => room.requests.some(({ method }) => method === 'getAppState'));
    sendAll(room, true);
    await terminal.until((screen) => screen.includes('the-last.pdf'));
    // The log has warnings, too.
    const log = await terminal.press('l', (screen) => screen.includes('Esc back'));
    expect(log).toContain('connecting');
    expect(log).not.toMatch(ODD);
    await terminal.press('\x1b', (screen) => screen.includes('q quit'));
    await terminal.press('q', (screen) => screen.includes('code=0'));
    expect(terminal.written).not.toContain(MARK);
    expect(terminal.written).not.toMatch(ODD);
    expectNothingOdd(recording);
  });

  it.skipIf(!hasNatsServer)('gives no warning through a relay, and its secrets are not shared', async () => {
    const nats = await natsServer();
    const room = await startRoom();
    const relay = await startRelay(nats, [room.url], { options: ['--metrics', '0'] });
    const watching = await watcher(nats);
    sendAll(room, true);
    await watching.stdoutHas('the-last.pdf');
    const metricsUrl = /http:\S+\/metrics/.exec(relay.stderr.text)?.[0] ?? '';
    const metrics = await (await fetch(metricsUrl)).text();
    expect(metrics).toContain('event="incomingChatMessage"} 1');
    expect(metrics).not.toContain('event="other"');
    for (const program of [watching, relay]) {
      program.kill('SIGTERM');
      expect(await program.ended).toBe(143);
      expect(program.stdout.text).not.toContain('"warning"');
      expect(program.stderr.text).not.toMatch(ODD);
      expect(`${program.stdout.text}${program.stderr.text}${metrics}`).not.toContain(MARK);
    }
  });
});
