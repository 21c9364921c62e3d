import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useFolder } from '../support/folder.js';
import { usePrograms } from '../support/program.js';

const { run } = usePrograms();
const { newPath, write } = useFolder();

const entry = (kind: string, fields: object) =>
  `${JSON.stringify({ at: '2022-07-31T16:17:03.000Z', room: 'one', kind, ...fields })}\n`;
const received = (id: string, status: number) =>
  entry('received', {
    text: JSON.stringify({ method: 'event', event: 'fileRequestStatusChanged', fileRequestId: id, status }),
  });

const RECORDING = [
  '{"type":"recording","v":1,"time":"2022-07-31T16:17:03.000Z","rooms":["one"]}\n',
  entry('link', { link: { state: 'live', attempt: 1 } }),
  received('a', 1),
  received('b', 2),
  received('a', 3),
].join('');

describe('a recording as people keep it', () => {
  const pretty = RECORDING.split('\n')
    .slice(1, -1)
    .map((line) => JSON.stringify(JSON.parse(line), null, 2))
    .join('\n');

  it.each<[what: string, content: string | Buffer]>([
    ['without its first line', RECORDING.slice(RECORDING.indexOf('\n') + 1)],
    ['packed with gzip', gzipSync(RECORDING)],
    ['cut off, and packed with gzip', gzipSync(RECORDING).subarray(0, -8)],
    ['in UTF-16', Buffer.from(`\ufeff${RECORDING}`, 'utf16le')],
    ['in UTF-16, big-endian', Buffer.from(`\ufeff${RECORDING}`, 'utf16le').swap16()],
  ])('is played: %s', async (_, content) => {
    const path = newPath();
    writeFileSync(path, content);
    const [whole, kept] = [run(['replay', write(RECORDING), '--json']), run(['replay', path, '--json'])];
    expect(await kept.ended).toBe(0);
    await whole.ended;
    const ids = whole.transfers.map(({ id, status }) => `${id} ${status}`);
    expect(ids).not.toEqual([]);
    expect(kept.transfers.map(({ id, status }) => `${id} ${status}`)).toEqual(ids);
  });

  it.each<[what: string, content: string | Buffer]>([
    ['JSON over several lines', pretty],
    ['text', 'one line\nand another\n'],
    ['bytes', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])],
  ])('is refused where nothing in it can be read: %s', async (_, content) => {
    const path = newPath();
    writeFileSync(path, content);
    const program = run(['replay', path, '--json']);
    expect(await program.ended).toBe(2);
    expect(program.stderr.lines[0]).toContain('is not a recording: its lines are not JSON');
    expect(program.stderr.lines[1]).toContain('jq -c .');
  });
});
