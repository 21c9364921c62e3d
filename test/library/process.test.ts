import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { usePrograms } from '../support/program.js';

const { module } = usePrograms();
const { room: simulated } = useRooms();

/** What the process listens to, and, at its very end, what holds it: neither may be of the package's making. */
const BEFORE = `
import assert from 'node:assert/strict';
process.on('exit', () => {
  console.log(process.getActiveResourcesInfo().filter((kind) => !/Pipe|Wrap$/.test(kind)).join());
});
const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)]);
const before = listeners();
const { watchRoom, RoomSimulator } = await import('trueconf-files');
const [url] = process.argv.slice(1);
const isLive = (record) => record.type === 'connection' && record.state === 'connected';
`;
const AFTER = `
assert.deepEqual(listeners(), before);
`;

describe('a process that watches ends by itself', () => {
  it.each([
    ['after a break', 'for await (const record of watchRoom(url)) if (isLive(record)) break;'],
    [
      'after a throw',
      'try { for await (const record of watchRoom(url)) if (isLive(record)) throw 1 } catch {}',
    ],
    [
      'after an abort',
      `const stop = new AbortController();
       try { for await (const record of watchRoom(url, { signal: stop.signal })) if (isLive(record)) stop.abort(); }
       catch (error) { if (error.name !== 'AbortError') throw error; }`,
    ],
    [
      'after a Room that refuses',
      `const room = await RoomSimulator.start({ pin: '1' });
       try { for await (const record of watchRoom(room.url)); }
       catch (error) { if (error.code !== 'refused') throw error; }
       await room.close();`,
    ],
    ['that never began', 'watchRoom(url)'],
  ])('%s, and has said nothing', async (_, code) => {
    const { url } = await simulated();
    const program = module(BEFORE + code + AFTER, [url]);
    expect(await program.ended, program.report).toBe(0);
    expect(program.stdout.text).toBe('\n');
    expect(program.stderr.text).toBe('');
  });
});

it('many watches under one signal draw no warning of Node', async () => {
  const { url } = await simulated();
  const program = module(
    `${BEFORE}
     const stop = new AbortController();
     const watches = Array.from({ length: 11 }, () => watchRoom(url, { signal: stop.signal }));
     const ended = watches.map((watch) => watch.next().then(() => watch.return(), () => {}));
     await Promise.all(ended);
     stop.abort();${AFTER}`,
    [url],
  );
  expect(await program.ended, program.report).toBe(0);
  expect(program.stderr.text).toBe('');
});
