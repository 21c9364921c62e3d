import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { run } = usePrograms();
const startRoom = useScriptedWebRooms();
const folder = mkdtempSync(join(tmpdir(), 'trueconf-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MARK = 'MARKED-secret-4711';
/** Before 4.1 these are about files. */
const EVENTS = readFileSync(new URL('../fixtures/other-events.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ event, file }) => file === undefined && event !== 'appStateChanged');
const PRIVATE = ['message', 'url', 'joinUrl', 'realTimeConferenceManagmentUrl', 'newPin', 'userPin', 'token'];

describe.each([
  ['by default', [], (fields: readonly string[]) => [...fields, ...PRIVATE]],
  ['with --record-all', ['--record-all'], () => PRIVATE],
] as const)('every documented event, %s', (name, options, marked) => {
  it('gives no warning, and its secrets are in no output and no recording', async () => {
    const room = await startRoom();
    const recording = join(folder, `${name}.ndjson`);
    const program = run(['watch', room.url, '--json', '--debug', '--record', recording, ...options]);
    await program.until(() => (program.stdout.text.includes('"connected"') ? true : undefined));
    for (const { event, fields } of EVENTS) {
      const marks = marked(fields ?? []).map((field) => [field, MARK]);
      room.send({ method: 'event', event, ...Object.fromEntries(marks), nested: { message: MARK } });
    }
    room.send({ method: 'event', event: 'settingsChanged', name: 'userAuthPin', value: MARK });
    room.send({ method: 'event', event: 'userPinEventOccurred', anything: MARK });
    room.send({ method: 'event', event: 'fileTransferAvailabilityChanged', availability: 1 });
    await program.until(() => (program.stdout.text.includes('forbidden-by-licence') ? true : undefined));
    program.kill('SIGTERM');
    await program.ended;
    expect(program.stdout.text).not.toContain('"warning"');
    const recorded = readFileSync(recording, 'utf8');
    expect(recorded).toContain('incomingChatMessage');
    expect(program.stderr.text).toContain('incomingChatMessage');
    for (const text of [program.stdout.text, program.stderr.text, recorded]) expect(text).not.toContain(MARK);
  });
});
