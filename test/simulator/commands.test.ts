import { describe, expect, it } from 'vitest';
import { CONFERENCE_ID } from '../../src/simulator/index.js';
import type { Frame } from './client.js';
import { fieldProblems } from './field-sets.js';
import { useRooms } from './rooms.js';

const { client, room, signedIn } = useRooms();

/** Quick enough for a test, and still one timer per report. */
const transferMs = 20;

describe('commands', () => {
  it('answers repeat the request’s id, or carry an empty one', async () => {
    const someone = await signedIn(await room());
    expect(await someone.ask('getFileTransferAvailability', { requestId: '42' })).toEqual({
      method: 'getFileTransferAvailability',
      requestId: '42',
      availability: 3,
      result: true,
    });
    someone.socket.send('{"method":"getFileTransferAvailability"}');
    expect(await someone.until((frame) => frame.requestId === '')).toMatchObject({ availability: 3 });
  });

  it.each<[string, Frame]>([
    ['getFileRequestInfo', {}],
    ['getFileRequestInfo', { fileRequestId: 'nobody' }],
    ['acceptIncomingFileRequest', { fileRequestId: 'nobody' }],
    ['rejectIncomingFileRequest', { fileRequestId: 7 }],
    ['sendFile', { fileId: 1, callId: 'a@b' }],
    ['sendFile', { fileId: '260618251', callId: 'a@b' }],
    ['sendFile', { fileId: 260_618_251 }],
    ['sendFileToConference', {}],
    ['deleteFileTransferFile', { fileId: 1 }],
    ['getFileRequests', {}],
    ['acceptFile', { id: 1 }],
    ['noSuchMethod', {}],
    ['constructor', {}],
    ['__proto__', {}],
  ])('%s with %o is refused with words', async (method, fields) => {
    const someone = await signedIn(await room());
    expect(await someone.ask(method, { ...fields, requestId: '1' })).toEqual({
      method,
      requestId: '1',
      result: false,
      error: expect.any(String),
    });
  });

  it('lists both directions, with their quirks', async () => {
    const simulated = await room({ now: () => 1_659_284_222_850 });
    const someone = await signedIn(simulated);
    const inbound = simulated.receive({ name: 'a.txt', size: 10, conferenceId: CONFERENCE_ID });
    const outbound = simulated.send({ name: 'b.txt', size: 20 });
    const toAll = simulated.send({ name: 'c.txt', size: 30, peerId: null });
    const peer = { peerId: '820_1@some.server', peerDn: '820_1' };
    expect((await someone.ask('getIncomingFilesRequests')).incomingFilesRequests).toEqual([
      {
        fileRequestId: inbound.id,
        ...peer,
        fileName: 'a.txt',
        size: 10,
        status: 1,
        timestamp: 1_659_284_222_850,
        confId: CONFERENCE_ID,
      },
    ]);
    const seconds = { status: 1, timestamp: 1_659_284_222 };
    expect((await someone.ask('getOutgoingFilesRequests')).outgoingFilesRequests).toEqual([
      {
        fileRequestId: outbound.id,
        fileName: 'b.txt',
        size: 20,
        ...seconds,
        ...peer,
        fileId: outbound.fileId,
      },
      {
        fileRequestId: toAll.id,
        fileName: 'c.txt',
        size: 30,
        ...seconds,
        fileId: toAll.fileId,
        confId: CONFERENCE_ID,
      },
    ]);
  });

  it('accepting: accepted, processing, progress, complete, and then it is a file with an id', async () => {
    const simulated = await room({ transferMs });
    const someone = await signedIn(simulated);
    const { id } = simulated.receive();
    await someone.nextEvents(2);
    expect(await someone.ask('acceptIncomingFileRequest', { fileRequestId: id })).toMatchObject({
      result: true,
    });
    await someone.until((frame) => frame.status === 3);
    const names = someone.events.slice(2).map((event) => event.event);
    expect(names.slice(0, 3)).toEqual([
      'incomingFileRequestAccepted',
      'fileRequestStatusChanged',
      'incomingFileRequestDownloadingProgress',
    ]);
    expect(names.at(-1)).toBe('fileRequestStatusChanged');
    expect(new Set(names.slice(2, -1))).toEqual(new Set(['incomingFileRequestDownloadingProgress']));
    expect(someone.events.flatMap(fieldProblems)).toEqual([]);
    expect(someone.events.filter((event) => 'fileId' in event)).toMatchObject([{ status: 3 }]);
    const { fileId } = simulated.transfers[0] ?? {};
    expect(await someone.ask('getFileList')).toMatchObject({
      fileList: [{ fileId: String(fileId), fileName: '2.jpg' }],
    });
    expect(await someone.ask('getFileTransferHistory')).toMatchObject({
      filesRequests: [{ fileRequestId: id, directionType: 0, fileSize: 3_200, fileId }],
    });
    expect(await someone.ask('acceptIncomingFileRequest', { fileRequestId: id })).toMatchObject({
      result: false,
    });
  });

  it('rejecting: rejected, and no longer listed', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const { id } = simulated.receive();
    await someone.ask('rejectIncomingFileRequest', { fileRequestId: id });
    expect((await someone.nextEvents(3))[2]).toMatchObject({
      event: 'incomingFileRequestRejected',
      fileRequestId: id,
    });
    expect(await someone.ask('getIncomingFilesRequests')).toMatchObject({ incomingFilesRequests: [] });
  });

  it.each([
    { method: 'sendFile', to: { callId: 'user2@some.server' }, event: 'outgoingFileRequestSent' },
    { method: 'sendFileToConference', to: {}, event: 'outgoingFileRequestSentToConference' },
  ])('$method: sent, waiting, processing, progress, complete', async ({ method, to, event }) => {
    const simulated = await room({ transferMs });
    const someone = await signedIn(simulated);
    const { fileId } = simulated.send();
    await someone.nextEvents(2);
    const { sentFileRequestId } = await someone.ask(method, { fileId, ...to });
    await someone.until((frame) => frame.status === 3);
    const events = someone.events.slice(2);
    expect(events.every((one) => one.fileRequestId === sentFileRequestId)).toBe(true);
    expect(events.slice(0, 4)).toMatchObject([
      { event },
      { status: 1 },
      { status: 2, fileId },
      { event: 'outgoingFileRequestUploadingProgress' },
    ]);
    expect(events.flatMap(fieldProblems)).toEqual([]);
    expect(simulated.transfers).toHaveLength(2);
  });

  it('info has the fields of the status event', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const { id } = simulated.receive();
    const { method: _m, event: _e, ...status } = (await someone.nextEvents(2))[1] ?? {};
    expect(await someone.ask('getFileRequestInfo', { fileRequestId: id })).toMatchObject(status);
  });

  it('deleting a file deletes every request with it', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const { fileId } = simulated.send();
    await someone.ask('sendFile', { fileId, callId: 'a@b' });
    await someone.ask('deleteFileTransferFile', { fileId });
    const deleted = someone.events.filter((event) => event.event === 'fileDeletedFromFileTransferHistory');
    expect(deleted).toMatchObject([
      { removedFromDisk: true, fileId },
      { removedFromDisk: true, fileId },
    ]);
    expect(await someone.ask('getFileList')).toMatchObject({ fileList: [] });
  });

  it.each([
    { deleteFilesFromDisk: false, filesLeft: 1 },
    { deleteFilesFromDisk: true, filesLeft: 0 },
  ])('clearing the history ($deleteFilesFromDisk) leaves what goes on', async ({ filesLeft, ...fields }) => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    simulated.setStatus(simulated.receive().id, 3);
    simulated.setStatus(simulated.receive().id, 0);
    const waiting = simulated.receive();
    await someone.ask('clearFileTransferHistory', fields);
    await someone.until((frame) => frame.event === 'fileTransferHistoryCleared');
    expect(simulated.transfers).toEqual([waiting]);
    const { fileList } = await someone.ask('getFileList');
    expect(fileList).toHaveLength(filesLeft);
  });

  it('nothing is sent while file transfer is not available', async () => {
    const simulated = await room();
    const someone = await signedIn(simulated);
    const { fileId } = simulated.send();
    simulated.setAvailability(1);
    expect((await someone.nextEvents(3))[2]).toEqual({
      method: 'event',
      event: 'fileTransferAvailabilityChanged',
      availability: 1,
    });
    expect(await someone.ask('sendFile', { fileId, callId: 'a@b' })).toMatchObject({ result: false });
  });

  it.each([
    { conferenceId: CONFERENCE_ID, appState: 5, result: true },
    { conferenceId: null, appState: 3, result: false },
  ])('knows whether it is in a conference ($conferenceId)', async ({ conferenceId, appState, result }) => {
    const simulated = await room({ conferenceId });
    const someone = await signedIn(simulated);
    const { fileId } = simulated.send();
    const embeddedHttpPort = Number(new URL(simulated.httpUrl).port);
    expect(await someone.ask('getAppState')).toMatchObject({ appState, embeddedHttpPort });
    expect(await someone.ask('getConferences')).toMatchObject({ result });
    expect(await someone.ask('sendFileToConference', { fileId })).toMatchObject({ result });
  });

  it.each([
    ['since 4.1', false],
    ['before 4.1', true],
  ])('answers what clients ask around the sign-in, by the names %s', async (_, legacy) => {
    const simulated = await room({ legacy, pin: '4711' });
    const someone = await client(simulated);
    const usedVersion = { method: 'setUsedApiVersion', requestId: 'v1', result: true };
    expect(await someone.ask('setUsedApiVersion', { version: '1', requestId: 'v1' })).toEqual(usedVersion);
    expect(await someone.ask('getHttpServerSettings')).toMatchObject({ result: false });
    await someone.ask('auth', { type: 'secured', credentials: '4711' });
    // At any time.
    expect(await someone.ask('setUsedApiVersion', { version: '1', requestId: 'v2' })).toEqual({
      ...usedVersion,
      requestId: 'v2',
    });
    const port = Number(new URL(simulated.httpUrl).port);
    expect(await someone.ask('getHttpServerSettings')).toMatchObject({
      settings: [{ value: port }],
      result: true,
    });
    expect(await someone.ask('getHttpServerState')).toMatchObject({ state: 1, result: true });
    expect(await someone.ask('getAuthInfo')).toMatchObject({
      peerId: expect.stringContaining('@'),
      peerDn: expect.any(String),
      result: true,
    });
  });

  it.each([
    [0, 0, false],
    [1, 1, true],
    [2, 2, true],
    [3, 2, true],
    [5, 2, true],
  ])('getConnected in the state %i gives %i', async (appState, state, hasServer) => {
    const someone = await signedIn(await room({ appState }));
    const answer = await someone.ask('getConnected');
    expect(answer).toMatchObject({ state, result: true });
    expect('serverInfo' in answer).toBe(hasServer);
  });

  it('getFileTransferInfo lists both directions, before 4.1 only', async () => {
    const old = await room({ legacy: true });
    old.receive({ id: '1', name: 'in.bin' });
    old.send({ id: '2', name: 'out.bin' });
    expect(await (await signedIn(old)).ask('getFileTransferInfo')).toMatchObject({
      files: [
        { id: 1, fileName: 'in.bin', directionType: 0 },
        { id: 2, fileName: 'out.bin', directionType: 1 },
      ],
      result: true,
    });
    const refused = await (await signedIn(await room())).ask('getFileTransferInfo');
    expect(refused).toMatchObject({ result: false, error: 'unknown method' });
  });

  it('answers what the official Python client asks after signing in, one after the other', async () => {
    const someone = await signedIn(await room());
    const methods = ['getAppState', 'getSettings', 'getSystemInfo', 'getMonitorsInfo', 'getConferences'];
    for (const method of methods) someone.socket.send(JSON.stringify({ method }));
    for (const method of methods) {
      expect(await someone.until((frame) => frame.method === method)).toMatchObject({
        requestId: '',
        result: true,
      });
    }
    const order = someone.frames.map((frame) => frame.method).filter((method) => method !== 'auth');
    expect(order).toEqual(methods);
  });
});
