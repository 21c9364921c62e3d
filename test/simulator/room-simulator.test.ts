import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { OTHER_EVENTS } from '../../src/protocol/other-events.js';
import { RoomSimulator } from '../../src/simulator/index.js';
import { fieldProblems } from './field-sets.js';
import { useRooms } from './rooms.js';

const { room, client, signedIn } = useRooms();

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** A request to upgrade, for tests below WebSocket. */
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

describe('the web page', () => {
  it('says where the sockets are, host left to the client', async () => {
    const simulated = await room();
    const response = await fetch(`${simulated.url}/public/default/config.json`);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      config: {
        websocket: { hostname: null, port: portOf(simulated.webSocketUrl) },
        http: { hostname: null, port: portOf(simulated.httpUrl) },
      },
    });
  });

  it.each([
    ['GET', '/', 200],
    ['HEAD', '/public/default/config.json', 200],
    ['GET', '/public/other/config.json', 404],
    ['POST', '/', 405],
  ])('%s %s: %i', async (method, path, status) => {
    const simulated = await room();
    expect((await fetch(simulated.url + path, { method })).status).toBe(status);
  });
});

describe('every control', () => {
  it('sends its events in order, with the documented fields and no other', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const inbound = simulated.receive();
    simulated.accept(inbound.id);
    simulated.progress(inbound.id, 48);
    simulated.setStatus(inbound.id, 3);
    const rejected = simulated.receive();
    simulated.reject(rejected.id);
    const outbound = simulated.send();
    simulated.setStatus(outbound.id, 2);
    simulated.progress(outbound.id, 36);
    const toAll = simulated.send({ peerId: null });
    simulated.progress(toAll.id, 1);
    simulated.setStatus(toAll.id, 0);
    simulated.delete(inbound.id, true);
    simulated.clearHistory();
    simulated.setAvailability(0);
    simulated.endSessions(1);
    await someone.until((frame) => frame.event === 'authorizationNeeded');
    expect(someone.events.map((event) => event.event)).toEqual([
      'receivedFileRequest',
      'fileRequestStatusChanged',
      'incomingFileRequestAccepted',
      'fileRequestStatusChanged',
      'incomingFileRequestDownloadingProgress',
      'fileRequestStatusChanged',
      'receivedFileRequest',
      'fileRequestStatusChanged',
      'incomingFileRequestRejected',
      'outgoingFileRequestSent',
      'fileRequestStatusChanged',
      'fileRequestStatusChanged',
      'outgoingFileRequestUploadingProgress',
      'outgoingFileRequestSentToConference',
      'fileRequestStatusChanged',
      'outgoingFileRequestUploadingProgress',
      'fileRequestStatusChanged',
      'fileDeletedFromFileTransferHistory',
      'fileTransferHistoryCleared',
      'fileTransferAvailabilityChanged',
      'authorizationNeeded',
    ]);
    expect(someone.events.flatMap(fieldProblems)).toEqual([]);
    expect(simulated.transfers.map((transfer) => transfer.id)).toEqual([outbound.id]);
  });

  it('says so where it can do nothing', async () => {
    const simulated = await room();
    expect(() => simulated.setStatus('nobody', 1)).toThrow('nobody');
    expect(() => simulated.accept(simulated.send().id)).toThrow('inbound');
  });
});

describe('trouble on command', () => {
  it('raw frames go out as they are', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const seen: [string, boolean][] = [];
    someone.socket.removeAllListeners('message');
    someone.socket.on('message', (data, isBinary) => seen.push([String(data), isBinary]));
    simulated.broadcast('{"method":');
    simulated.broadcast(new Uint8Array([0x7b, 0x7d]));
    while (seen.length < 2) await once(someone.socket, 'message');
    expect(seen).toEqual([
      ['{"method":', false],
      ['{}', true],
    ]);
  });

  it('answers late, and until then sends events that the answer does not have', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    simulated.answerDelayMs = 50;
    const answer = someone.ask('getIncomingFilesRequests');
    await expect.poll(() => simulated.requests.length).toBe(2);
    simulated.receive();
    expect(await answer).toMatchObject({ incomingFilesRequests: [] });
    expect(someone.frames.map(({ method, event }) => event ?? method)).toEqual([
      'auth',
      'receivedFileRequest',
      'fileRequestStatusChanged',
      'getIncomingFilesRequests',
    ]);
  });

  it('drops clients without a close frame', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    simulated.dropClients();
    expect(await once(someone.socket, 'close')).toMatchObject([1006, {}]);
  });

  it('closes clients with code and reason', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    simulated.closeClients(4_001, 'maintenance');
    const [code, reason] = await once(someone.socket, 'close');
    expect([code, String(reason)]).toEqual([4_001, 'maintenance']);
  });

  it('frozen it says nothing, pongs neither; thawed it goes on where it was', async () => {
    const simulated = await room();
    const frozen = await signedIn(simulated);
    const leaving = await client(simulated);
    const pongs: string[] = [];
    frozen.socket.on('pong', (data) => pongs.push(String(data)));
    frozen.socket.ping('before');
    while (pongs.length < 1) await once(frozen.socket, 'pong');

    simulated.freeze();
    frozen.socket.ping('meanwhile');
    frozen.socket.send('{"method":"getAppState","requestId":"meanwhile"}');
    simulated.receive();
    leaving.socket.close();
    // Another socket, and a page, get as little; their own attempts show that time went by.
    const late = new WebSocket(simulated.webSocketUrl, { handshakeTimeout: 50 });
    await once(late, 'error');
    expect(frozen.events).toEqual([]);
    expect(leaving.socket.readyState).toBe(WebSocket.CLOSING);
    expect(pongs).toEqual(['before']);
    expect(simulated.requests.map((request) => request.method)).toEqual(['auth']);

    const page = fetch(simulated.url);
    simulated.thaw();
    await leaving.closed();
    await frozen.until((frame) => frame.requestId === 'meanwhile');
    while (pongs.length < 2) await once(frozen.socket, 'pong');
    expect(await frozen.nextEvents(2)).toHaveLength(2);
    expect((await page).status).toBe(200);
  });

  it('a connection reset while it is frozen does no harm', async () => {
    const simulated = await room();
    simulated.freeze();
    const socket = connect(portOf(simulated.webSocketUrl), '127.0.0.1');
    socket.write(UPGRADE);
    // What comes later is read later: when it has been refused, the earlier has been held, and then reset.
    const refused = () => once(new WebSocket(simulated.webSocketUrl, { handshakeTimeout: 50 }), 'error');
    await refused();
    socket.resetAndDestroy();
    await refused();
    simulated.thaw();
    const someone = await signedIn(simulated);
    expect(await someone.ask('getAppState')).toMatchObject({ result: true });
  });

  it('hangs up on who comes', async () => {
    const simulated = await room();
    simulated.welcome = 'hang-up';
    const socket = new WebSocket(simulated.webSocketUrl);
    socket.on('error', () => {});
    await once(socket, 'close');
    expect(simulated.connections).toBe(1);
  });

  it('takes who comes and never answers, others served as before', async () => {
    const simulated = await room();
    const before = await signedIn(simulated);
    simulated.welcome = 'mute';
    const unheard = await client(simulated);
    unheard.socket.send('{"method":"auth","type":"unsecured"}');
    unheard.socket.ping();
    await once(unheard.socket, 'pong');
    expect(await before.ask('getAppState')).toMatchObject({ result: true });
    expect(unheard.frames).toEqual([]);
    expect(simulated.signIns).toBe(1);
  });

  it('answers the upgrade with 503', async () => {
    const simulated = await room();
    simulated.welcome = 'unavailable';
    const socket = new WebSocket(simulated.webSocketUrl);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('503');
  });
});

describe('whatever a client sends', () => {
  it('it goes on serving', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const names = [
      'auth',
      'sendFile',
      'getFileRequestInfo',
      'deleteFileTransferFile',
      'clearFileTransferHistory',
    ];
    const nearRequest = fc
      .record({
        method: fc.oneof(fc.constantFrom(...names), fc.string(), fc.anything()),
        requestId: fc.anything(),
        type: fc.oneof(fc.constantFrom('secured', 'unsecured'), fc.anything()),
        role: fc.anything(),
        credentials: fc.anything(),
        fileRequestId: fc.anything(),
        fileId: fc.anything(),
      })
      .map((request) => JSON.stringify(request, (_, value) => (typeof value === 'bigint' ? 0 : value)));
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), nearRequest);
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (texts) => {
        for (const one of texts) someone.socket.send(one);
        someone.socket.send(Buffer.from([0, 255]), { binary: true });
        expect(await someone.ask('auth', { type: 'unsecured' })).toMatchObject({ result: true });
      }),
    );
  });

  it.each([
    '',
    'null',
    '[]',
    '[{"method":"auth"}]',
    '"auth"',
    '{',
    '{}',
    '{"method":1}',
    '{"requestId":"1"}',
  ])('text that is no request gets no answer: %s', async (text) => {
    const simulated = await room();
    const someone = await client(simulated);
    someone.socket.send(text);
    await someone.ask('auth', { type: 'unsecured' });
    expect(someone.frames).toHaveLength(1);
    expect(simulated.requests[0]).toEqual({ method: null, text });
  });

  it('a frame that breaks the protocol ends that connection only', async () => {
    const simulated = await room();
    const other = await signedIn(simulated);
    const socket = connect(portOf(simulated.webSocketUrl), '127.0.0.1');
    socket.write(UPGRADE);
    await once(socket, 'data');
    socket.resume().end(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await once(socket, 'close');
    expect(await other.ask('getAppState')).toMatchObject({ result: true });
  });
});

describe('its life', () => {
  it('traffic goes on with no client, and reaches the next one that signs in', async () => {
    const simulated = await room({ rate: 200, seed: 5 });
    const ids = simulated.transfers.map((transfer) => transfer.id);
    expect(ids).toHaveLength(6);
    const someone = await signedIn(simulated);
    const events = await someone.nextEvents(30);
    const aboutFiles = events.filter((one) => !OTHER_EVENTS.has(String(one.event)));
    expect(aboutFiles.length).toBeLessThan(events.length);
    expect(aboutFiles.flatMap(fieldProblems)).toEqual([]);
    expect((await room({ rate: 1, seed: 5 })).transfers.map((transfer) => transfer.id)).toEqual(ids);
  });

  it('closed, it leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const simulated = await RoomSimulator.start({ rate: 1, transferMs: 600_000 });
    const someone = await signedIn(simulated);
    await someone.ask('acceptIncomingFileRequest', { fileRequestId: simulated.receive().id });
    expect(vi.getTimerCount()).toBe(2);
    await Promise.all([simulated.close(), someone.closed()]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('closed, it leaves no socket', async () => {
    const simulated = await RoomSimulator.start({ rate: 100 });
    const someone = await client(simulated);
    const seated = await signedIn(simulated);
    await seated.ask('acceptIncomingFileRequest', { fileRequestId: simulated.receive().id });
    await simulated.close();
    await Promise.all([someone.closed(), seated.closed()]);
    for (const url of [simulated.url, simulated.httpUrl, simulated.webSocketUrl.replace('ws', 'http')]) {
      await expect(fetch(url)).rejects.toThrow();
    }
    expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap');
    await simulated.close();
  });

  it('closed while frozen, too', async () => {
    const simulated = await RoomSimulator.start();
    const someone = await signedIn(simulated);
    simulated.freeze();
    await Promise.all([simulated.close(), someone.closed()]);
  });

  it('ends with its signal', async () => {
    const ending = new AbortController();
    const simulated = await RoomSimulator.start({ signal: ending.signal });
    const someone = await signedIn(simulated);
    ending.abort();
    await someone.closed();
    await simulated.close();
    await expect(RoomSimulator.start({ signal: ending.signal })).rejects.toThrow();
  });

  it('a port that can’t be had leaves nothing listening', async () => {
    const simulated = await room();
    const gone = await room();
    await gone.close();
    const port = portOf(simulated.url);
    const httpPort = portOf(gone.httpUrl);
    await expect(RoomSimulator.start({ httpPort, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(portOf((await room({ httpPort })).httpUrl)).toBe(httpPort);
  });

  it('can be started again on the same ports', async () => {
    const first = await room();
    const [port, webSocketPort, httpPort] = [first.url, first.webSocketUrl, first.httpUrl].map(portOf);
    await signedIn(first);
    await first.close();
    const second = await room({ port, webSocketPort, httpPort });
    expect(second.webSocketUrl).toBe(first.webSocketUrl);
    await signedIn(second);
  });
});
