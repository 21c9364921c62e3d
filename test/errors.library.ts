import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { acceptRequest, replay, sendFile, watchRoom } from '../src/index.js';
import { linesLost } from '../src/output/sink.js';
import { openRecordings } from '../src/recording/open.js';
import { parseAddress } from '../src/room/address.js';
import { RoomWatcher } from '../src/room/watcher.js';
import { USUAL } from './support/watch.js';

/** Calls in code that end with an error, as docs/errors.md writes them. */
export const LIBRARY: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  "watchRoom(ROOM, { credentials: '' })": async () => watchRoom('10.0.0.5', { credentials: '' }),
  "watchRoom(ROOM, { role: 'boss' })": async () => watchRoom('10.0.0.5', JSON.parse('{"role":"boss"}')),
  'watchRoom(ROOM, { heartbeatMs: 0 })': async () => watchRoom('10.0.0.5', { heartbeatMs: 0 }),
  'watchRoom(ROOM, { signal: 5 })': async () => watchRoom('10.0.0.5', JSON.parse('{"signal":5}')),
  'watchRoom(ROOM, { filter: { status: 5 } })': async () =>
    watchRoom('10.0.0.5', JSON.parse('{"filter":{"status":5}}')),
  'watchRoom(ROOM, { filter: { ids: 5 } })': async () =>
    watchRoom('10.0.0.5', JSON.parse('{"filter":{"ids":5}}')),
  "acceptRequest(ROOM, '')": () => acceptRequest('10.0.0.5', ''),
  'watchRoom(5)': async () => watchRoom(JSON.parse('5')),
  "sendFile(ROOM, FILE, { to: '' })": () => sendFile('10.0.0.5', 'package.json', { to: '' }),
  'sendFile(ROOM, FILE, { to: 5 })': () => sendFile('10.0.0.5', 'package.json', JSON.parse('{"to":5}')),
  "replay('')": () => read(''),
  'replay(a recording of version 9)': () => read('{"type":"recording","v":9}\n'),
  "replay('5')": () => read('5'),
  'replay(a line of 170 MB)': () => read('x'.repeat(1_048_576), 170),
  'a request before the first link': async () =>
    new RoomWatcher({
      address: parseAddress('10.0.0.5'),
      ...USUAL,
      onEntry: () => {},
    }).request({ method: 'getAppState' }),
  'one line that is not taken': async () => {
    throw linesLost(1);
  },
  'a recording that is emptied before it is played': (folder) => emptied(folder),
};

async function read(text: string, times = 1): Promise<void> {
  async function* pieces() {
    for (let at = 0; at < times; at++) yield text;
  }
  for await (const _ of replay(pieces()));
}

async function emptied(folder: string): Promise<void> {
  const paths = ['a', 'b'].map((name) => join(folder, `${name}.ndjson`));
  const header = '{"type":"recording","v":1,"time":"2026-11-29T10:00:00.000Z","rooms":["a"]}\n';
  for (const path of paths) writeFileSync(path, header);
  const recordings = await openRecordings(paths, Readable.from([]), new AbortController().signal);
  for (const path of paths) truncateSync(path);
  try {
    await recordings.more();
  } finally {
    recordings.close();
  }
}
