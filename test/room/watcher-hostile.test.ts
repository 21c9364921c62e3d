import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { RoomSimulator } from '../../src/simulator/index.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { answer, type ScriptedRequest, ScriptedRoom } from '../support/scripted-room.js';
import { useWatches, type Watch } from '../support/watch.js';

const { watch, use } = useWatches();
const MIB = 1_024 * 1_024;
const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;

describe('a hostile frame', () => {
  it.each<[name: string, frame: string | Uint8Array, code: string]>([
    ['no JSON', 'hello', 'not-json'],
    ['cut off', '{"method":"ev', 'not-json'],
    ['empty', '', 'not-json'],
    ['no object', '[1,2]', 'not-an-object'],
    ['null', 'null', 'not-an-object'],
    ['without a method', '{}', 'unknown-message'],
    ['an event without its id', '{"method":"event","event":"fileStatus","status":1}', 'missing-field'],
    [
      'an event with the wrong types',
      '{"method":"event","event":"fileStatus","id":"a","status":{}}',
      'missing-field',
    ],
    ['an answer to nothing', '{"method":"getAppState","requestId":"99","result":true}', 'unexpected-answer'],
    ['nested too deeply', deep, 'unknown-message'],
    ['binary', new Uint8Array([0, 1, 2]), 'binary-frame'],
    ['over 1 MiB', ' '.repeat(MIB + 1), 'frame-too-large'],
    ['of 10 MB', ' '.repeat(10_000_000), 'frame-too-large'],
  ])('(%s) is warned of once, and the link goes on', async (_, frame, code) => {
    const room = await use(RoomSimulator.start());
    const watched = watch(room.webSocketUrl);
    await watched.reached('live');
    for (let i = 0; i < 5; i++) room.broadcast(frame);
    room.receive({ id: 'after' });
    await watched.until(() => watched.monitor.ledger.get('after') !== undefined);
    expect(watched.warnings).toEqual([code]);
    await watched.stop();
    expect(watched.states).toEqual(['connecting', 'signing-in', 'listing', 'live', 'closed']);
    // What was held back is reported at the end.
    const held = watched.notices.filter((notice) => notice.kind === 'warning').map(({ count }) => count);
    expect(held).toEqual([1, 4]);
  });

  it('(invalid UTF-8) is read as far as it can be', async () => {
    const room = await use(ScriptedRoom.start());
    const watched = watch(room.url);
    await watched.reached('live');
    const event = { method: 'event', event: 'fileStatus', id: 'a', status: 1, fileName: 'X.jpg' };
    const bytes = Buffer.from(JSON.stringify(event));
    bytes[bytes.indexOf('X')] = 0xff;
    room.send(bytes, { binary: false });
    await watched.until(() => watched.monitor.ledger.get('a')?.name === '\ufffd.jpg');
  });

  it.each<[name: string, dress: (text: string) => string | Uint8Array, binary: boolean]>([
    ['in a binary frame', (text) => Buffer.from(text), true],
    ['with a byte order mark', (text) => `\ufeff${text}`, false],
    ['with a NUL after it', (text) => `${text}\0`, false],
    ['with both in a binary frame', (text) => Buffer.from(`\ufeff${text}\0`), true],
  ])('(JSON %s) is read as any other: answers and events', async (_, dress, binary) => {
    const dressed = (request: ScriptedRequest, socket: WebSocket) =>
      socket.send(dress(answer(request)), { binary });
    const methods = ['auth', 'getIncomingFilesRequests', 'getOutgoingFilesRequests', 'getAppState'];
    const room = await use(ScriptedRoom.start(Object.fromEntries(methods.map((name) => [name, dressed]))));
    const watched = watch(room.url);
    await watched.reached('live');
    room.send(dress(JSON.stringify({ method: 'event', event: 'fileStatus', id: 'a', status: 1 })), {
      binary,
    });
    await watched.until(() => watched.monitor.ledger.get('a')?.status === 'waiting');
    expect(watched.warnings).toEqual([]);
  });

  it('never quotes more of itself than a sentence can hold', async () => {
    const room = await use(RoomSimulator.start());
    const watched = watch(room.webSocketUrl);
    await watched.reached('live');
    const long = 'x'.repeat(100_000);
    for (const frame of [
      long,
      { event: long },
      { method: long, requestId: long },
      { method: 'event', event: 'fileStatus', id: 'a', status: 1, fileSize: long },
    ]) {
      room.broadcast(typeof frame === 'string' ? frame : JSON.stringify(frame));
    }
    room.receive({ id: 'after' });
    await watched.until(() => watched.monitor.ledger.get('after') !== undefined);
    const messages = watched.notices.flatMap((notice) => (notice.kind === 'warning' ? [notice.message] : []));
    expect(messages).toHaveLength(4);
    for (const message of messages) expect(message.length).toBeLessThan(300);
  });

  it('of more than 64 MiB ends the link, which comes back', async () => {
    const room = await use(RoomSimulator.start());
    const watched = watch(room.webSocketUrl);
    await watched.reached('live');
    room.broadcast(' '.repeat(64 * MIB + 1));
    await watched.reached('live', 2);
  });
});

describe('the answer to a listing that is larger than 64 MiB', () => {
  const huge = (asked: ScriptedRequest, socket: WebSocket) =>
    socket.send(answer(asked, { padding: ' '.repeat(64 * MIB) }));

  it('is reported once, with the way out, and the watch goes on with events alone', async () => {
    const room = await use(ScriptedRoom.start({ getIncomingFilesRequests: huge }));
    const watched = watch(room.url, { reconnect: false });
    await watched.reached('live');
    expect(watched.warnings).toEqual(['listing-failed']);
    const messages = watched.entries.flatMap((entry) => (entry.kind === 'warning' ? [entry.message] : []));
    expect(messages[0]).toBe(
      `the answer to "getIncomingFilesRequests" is larger than 64 MiB ('trueconf-files clear' shortens it)`,
    );
    expect(watched.states).not.toContain('waiting');
    room.send(JSON.stringify({ method: 'event', event: 'receivedFileRequest', fileRequestId: 'a', ...ROW }));
    await watched.until(() => watched.told.length > 0);
    expect(watched.told).toEqual([expect.stringContaining('a')]);
  });

  it('is asked for again once the history was cleared, and after that on each link', async () => {
    let isCleared = false;
    const room = await use(
      ScriptedRoom.start({
        getOutgoingFilesRequests: (asked, socket) => {
          if (isCleared)
            socket.send(answer(asked, { outgoingFilesRequests: [{ fileRequestId: 'listed', ...ROW }] }));
          else huge(asked, socket);
        },
      }),
    );
    const watched = watch(room.url);
    await watched.reached('live');
    isCleared = true;
    room.send(JSON.stringify({ method: 'event', event: 'fileTransferHistoryCleared' }));
    await watched.until(() => watched.told.some((line) => line.includes('listed')));
    const asked = () => room.requests.filter(({ method }) => method === 'getOutgoingFilesRequests').length;
    expect(asked()).toBe(2);
    room.send(' '.repeat(64 * MIB + 1));
    await watched.reached('live', 2);
    expect(asked()).toBe(3);
  });
});

const ROW = { fileName: 'a rather long name, so that there is enough of it', size: 1, status: 1 };

it('a frame in more pieces than a frame has ends the link, which comes back', async () => {
  const pieces = 20_000;
  let times = 0;
  const crumble = (asked: ScriptedRequest, socket: WebSocket) => {
    socket.send(answer(asked));
    if (times++ > 0) return;
    for (let i = 1; i <= pieces; i++) socket.send(' ', { fin: i === pieces });
  };
  const room = await use(ScriptedRoom.start({ getFileTransferAvailability: crumble }));
  const watched = watch(room.url);
  await watched.reached('live', 2);
  expect(watched.warnings).toEqual([]);
});

describe('a Room that speaks out of turn', () => {
  const request = (id: string) =>
    JSON.stringify({ method: 'event', event: 'receivedFileRequest', fileRequestId: id });

  async function sees(watched: Watch, id: string): Promise<void> {
    await watched.until(() => watched.monitor.ledger.get(id) !== undefined);
  }

  it('at once after the handshake is heard', async () => {
    const room = await use(
      ScriptedRoom.start({
        open: (_, socket) => {
          for (let i = 0; i < 100; i++) socket.send(request(`${i}`));
        },
      }),
    );
    const watched = watch(room.url);
    await watched.reached('listing');
    expect(watched.told.filter((line) => line.endsWith('→waiting (event)'))).toHaveLength(100);
  });

  it('with a listing of more than 1 MiB is read', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => ({ ...ROW, fileRequestId: `${i}` }));
    const room = await use(
      ScriptedRoom.start({
        getIncomingFilesRequests: (asked, socket) => {
          const text = answer(asked, { incomingFilesRequests: rows });
          expect(text.length).toBeGreaterThan(MIB);
          socket.send(text);
        },
      }),
    );
    const watched = watch(room.url);
    await watched.reached('live');
    expect(watched.monitor.ledger.size).toBe(12_000);
    expect(watched.warnings).toEqual([]);
  });

  it('and whose listing takes longer than heartbeats and deadlines is heard to its end', async () => {
    const rows = Array.from({ length: 6_000 }, (_, i) => ({ ...ROW, fileRequestId: `${i}` }));
    const room = await use(
      ScriptedRoom.start({
        getIncomingFilesRequests: (asked, socket) =>
          socket.send(answer(asked, { incomingFilesRequests: rows })),
      }),
    );
    const proxy = await use(FaultProxy.start(room.url));
    proxy.bytesPerSecond = 300_000;
    const watched = watch(proxy.url, { heartbeatMs: 300, answerMs: 600 });
    await watched.reached('live');
    expect(watched.monitor.ledger.size).toBe(6_000);
    expect(watched.warnings).toEqual([]);
    expect(proxy.connections).toBe(1);
  });

  it('and pings without reading what is answered makes nothing pile up', async () => {
    const pings = 200_000;
    let pongs = 0;
    const flood = (asked: ScriptedRequest, socket: WebSocket) => {
      socket.send(answer(asked));
      socket.pause();
      socket.on('pong', () => pongs++);
      for (let i = 0; i < pings; i++) socket.ping(Buffer.alloc(125));
      socket.send(request('after the flood'), () => socket.resume());
    };
    const room = await use(ScriptedRoom.start({ getFileTransferAvailability: flood }));
    const watched = watch(room.url);
    await sees(watched, 'after the flood');
    await watched.watcher.request({ method: 'getAppState' });
    expect(pongs).toBeGreaterThan(0);
    expect(pongs).toBeLessThan(pings);
  });

  it('and offers compression gets none', async () => {
    const room = await use(ScriptedRoom.start());
    await watch(room.url).reached('live');
    expect(room.extensions).toEqual(['']);
  });

  it('and refuses a list says which, and the other one counts', async () => {
    const room = await use(
      ScriptedRoom.start({
        getIncomingFilesRequests: (asked, socket) =>
          socket.send(answer(asked, { result: false, error: 'no' })),
        getFileRequests: (asked, socket) => socket.send(answer(asked, { result: false, error: 'no' })),
        open: (_, socket) => socket.send(request('in')),
      }),
    );
    const watched = watch(room.url);
    await watched.reached('live');
    expect(watched.notices).toContainEqual(
      expect.objectContaining({
        code: 'listing-failed',
        message: expect.stringContaining('getIncomingFilesRequests'),
      }),
    );
    await sees(watched, 'in');
  });

  it('and never lists is given up, and tried again', async () => {
    const room = await use(
      ScriptedRoom.start({ getIncomingFilesRequests: () => {}, getOutgoingFilesRequests: () => {} }),
    );
    const watched = watch(room.url, { wait: true, answerMs: 100 });
    await watched.reached('waiting');
    expect(watched.links.at(-1)).toMatchObject({ reason: expect.stringContaining('did not answer') });
    await watched.reached('listing', 2);
  });
});

describe('a history that is cleared', () => {
  it('is listed again, and what the lists name no more is removed', async () => {
    const room = await use(RoomSimulator.start());
    room.receive({ id: 'done' });
    room.setStatus('done', 3);
    room.receive({ id: 'open' });
    const watched = watch(room.webSocketUrl);
    await watched.reached('live');
    room.clearHistory();
    await watched.until(() => watched.told.includes('done removed (cleared)'));
    await watched.until(() => watched.entries.filter(({ kind }) => kind === 'listing-answered').length === 2);
    expect(watched.monitor.ledger.get('open')?.status).toBe('waiting');
  });

  it('does not leave a listing open that is never answered', async () => {
    let lists = 0;
    const room = await use(
      ScriptedRoom.start({
        getIncomingFilesRequests: (asked, socket) => {
          if (++lists === 1) socket.send(answer(asked));
        },
        getOutgoingFilesRequests: (asked, socket) => {
          if (lists === 1) socket.send(answer(asked));
        },
      }),
    );
    const watched = watch(room.url, { answerMs: 300 });
    await watched.reached('live');
    room.send(JSON.stringify({ method: 'event', event: 'fileTransferHistoryCleared' }));
    await watched.until(() => watched.warnings.includes('listing-failed'));
    expect(watched.entries.filter(({ kind }) => kind === 'listing-asked')).toHaveLength(2);
    expect(watched.entries.filter(({ kind }) => kind === 'listing-answered')).toMatchObject([
      { inbound: true, outbound: true },
      { inbound: false, outbound: false },
    ]);
    expect(watched.states.at(-1)).toBe('live');
  });
});
