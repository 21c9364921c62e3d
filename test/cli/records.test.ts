import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { type Program, type ProgramRecord, usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const EVENTS = readFileSync('test/fixtures/events.ndjson', 'utf8').trim().split('\n');
/** Comes last, to tell that all before it has been dealt with. */
const LAST = { method: 'event', event: 'fileTransferAvailabilityChanged', availability: 1 };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const JPG = {
  id: '6c0e20a7-3c79-470d-869b-7c8287587620',
  direction: 'inbound',
  name: '2.jpg',
  size: 3200,
  peer: { id: '820_1@some.server', name: '820_1' },
  conferenceId: null,
  fileId: null,
  createdAt: '2022-07-31T16:17:02.850Z',
  progress: null,
  origin: 'event',
};
const PLAN = {
  ...JPG,
  id: '0f8f8a63-6d2b-4c3a-9a06-6a1c0a7b7a11',
  direction: 'outbound',
  name: 'plan.docx',
  size: 52312,
  peer: { id: 'user2@some.server', name: 'user2' },
  fileId: '260618251',
};
const SLIDES = {
  ...PLAN,
  id: '9d0a2c77-51e2-4f0e-8b9b-2d1f3f6b1c22',
  name: 'slides.pptx',
  size: 1048576,
  peer: null,
  conferenceId: '4567@some.server',
  fileId: '260618252',
  createdAt: '2022-07-31T16:55:30.000Z',
};

const transfer = (known: object, status: string, statusCode: number | null, event: string, more = {}) => ({
  type: 'transfer',
  ...known,
  status,
  statusCode,
  previousStatus: null,
  event,
  ...more,
});

/** Each line of the fixture, as it comes out of a Room of which nothing is known yet. */
const ALONE: readonly (readonly [event: string, records: readonly object[]])[] = [
  ['fileRequestStatusChanged', [transfer(JPG, 'processing', 2, 'fileRequestStatusChanged')]],
  ['receivedFileRequest', [transfer(JPG, 'waiting', null, 'receivedFileRequest')]],
  ['incomingFileRequestAccepted', [transfer(JPG, 'processing', null, 'incomingFileRequestAccepted')]],
  ['incomingFileRequestRejected', [transfer(JPG, 'rejected', null, 'incomingFileRequestRejected')]],
  [
    'incomingFileRequestDownloadingProgress',
    [
      transfer(JPG, 'processing', null, 'incomingFileRequestDownloadingProgress', { progress: 48 }),
      { type: 'progress', id: JPG.id, percent: 48, bytes: 1536, bytesPerSecond: null, etaSeconds: null },
    ],
  ],
  [
    'outgoingFileRequestUploadingProgress',
    [
      transfer(PLAN, 'processing', null, 'outgoingFileRequestUploadingProgress', {
        createdAt: '2022-07-31T17:42:29.000Z',
        progress: 36,
      }),
      { type: 'progress', id: PLAN.id, percent: 36, bytes: 18832, bytesPerSecond: null, etaSeconds: null },
    ],
  ],
  [
    'outgoingFileRequestSent',
    [
      transfer(PLAN, 'waiting', null, 'outgoingFileRequestSent', {
        createdAt: '2022-07-31T16:55:30.000Z',
      }),
    ],
  ],
  [
    'outgoingFileRequestSentToConference',
    [transfer(SLIDES, 'waiting', null, 'outgoingFileRequestSentToConference')],
  ],
  ['fileRequestStatusChanged', [transfer(SLIDES, 'complete', 3, 'fileRequestStatusChanged')]],
  [
    'fileDeletedFromFileTransferHistory',
    [{ type: 'removed', id: JPG.id, reason: 'deleted', removedFromDisk: true }],
  ],
  ['fileTransferHistoryCleared', []],
  ['fileTransferAvailabilityChanged', []],
];

/** All lines in their order: only what is news is reported. The last but one repeats what was asked at the start. */
const IN_ORDER: readonly object[] = [
  transfer(JPG, 'processing', 2, 'fileRequestStatusChanged'),
  transfer(JPG, 'rejected', null, 'incomingFileRequestRejected', { previousStatus: 'processing' }),
  { type: 'progress', id: JPG.id, percent: 48, bytes: 1536, bytesPerSecond: null, etaSeconds: null },
  transfer(PLAN, 'processing', null, 'outgoingFileRequestUploadingProgress', {
    createdAt: '2022-07-31T17:42:29.000Z',
    progress: 36,
  }),
  { type: 'progress', id: PLAN.id, percent: 36, bytes: 18832, bytesPerSecond: null, etaSeconds: null },
  transfer(SLIDES, 'waiting', null, 'outgoingFileRequestSentToConference'),
  transfer(SLIDES, 'complete', 3, 'fileRequestStatusChanged', { previousStatus: 'waiting' }),
  { type: 'removed', id: JPG.id, reason: 'deleted', removedFromDisk: true },
  { type: 'removed', id: SLIDES.id, reason: 'cleared', removedFromDisk: null },
];

/** The contract's fields by type, in the order in which a person reads them. */
const FIELDS: Readonly<Record<string, string>> = {
  transfer:
    'type v time room id direction status statusCode previousStatus name size peer conferenceId fileId createdAt progress origin event',
  progress: 'type v time room id percent bytes bytesPerSecond etaSeconds',
  removed: 'type v time room id reason removedFromDisk',
  connection: 'type v time room state attempt retryInMs reason',
  availability: 'type v time room availability code',
  state: 'type v time room state code',
  warning: 'type v time room code message count id',
  heartbeat: 'type v time room connected',
};

const { run } = usePrograms();
const rooms = useRooms();
const startRoom = useScriptedWebRooms();

/** Every record has the fields of its type, in their order, and nothing else. */
function expectContract(records: readonly ProgramRecord[], room: string): void {
  for (const record of records) {
    expect(Object.keys(record).join(' ')).toBe(FIELDS[String(record.type)]);
    expect(record).toMatchObject({ v: 1, room, time: expect.stringMatching(TIME) });
  }
}

/** What was written of transfers, without what every record has: the Room tells its own state when it comes to it. */
function changes(program: Program): object[] {
  const ofRoom = new Set<unknown>(['connection', 'availability', 'state']);
  return program.records
    .filter(({ type }) => !ofRoom.has(type))
    .map(({ v: _v, time: _time, room: _room, ...rest }) => rest);
}

/** Records of a watch of a Room that sends these frames once it was listed and has nothing else to say. */
async function watchFrames(frames: readonly string[]): Promise<Program> {
  const room = await startRoom();
  const program = run(['watch', room.url, '--json']);
  await program.record(({ type }) => type === 'availability');
  for (const frame of [...frames, LAST]) room.send(frame);
  await program.record((record) => record['code'] === 1);
  expectContract(program.records, room.url);
  return program;
}

describe('every line of the fixture', () => {
  const others = EVENTS.slice(0, ALONE.length).map((line, at) => ({
    line,
    event: ALONE[at]?.[0],
    nr: at + 1,
  }));
  it.each(others)('$nr: $event, alone', async ({ line, event, nr }) => {
    expect(line).toContain(`"event":"${event}"`);
    expect(changes(await watchFrames([line]))).toEqual(ALONE[nr - 1]?.[1]);
  });

  it('all but the last, in order', async () => {
    expect(changes(await watchFrames(EVENTS.slice(0, -1)))).toEqual(IN_ORDER);
  });

  it('the last, authorizationNeeded, closes the connection for good', async () => {
    const room = await startRoom();
    const program = run(['watch', room.url, '--json']);
    await program.connected();
    room.send(EVENTS.at(-1) ?? '');
    expect(await program.ended).toBe(5);
    expect(program.records.at(-1)).toMatchObject({
      type: 'connection',
      state: 'closed',
      attempt: null,
      retryInMs: null,
      reason: expect.stringContaining('another client signed in'),
    });
  });
});

it("gives the contract's example, field by field", async () => {
  const room = await startRoom({
    answers: {
      getIncomingFilesRequests: () => ({
        incomingFilesRequests: [
          {
            fileRequestId: JPG.id,
            peerId: '820_1@some.server',
            peerDn: '820_1',
            fileName: '2.jpg',
            size: 3200,
            status: 1,
            timestamp: 1659284222850,
          },
        ],
        result: true,
      }),
    },
  });
  const program = run(['watch', room.url, '--json']);
  await program.connected();
  room.send(EVENTS[0] ?? '');
  const record = await program.record(({ status }) => status === 'processing');
  expect(JSON.stringify({ ...record, time: '2022-07-31T16:17:03.120Z', room: '10.0.0.5' })).toBe(
    '{"type":"transfer","v":1,"time":"2022-07-31T16:17:03.120Z","room":"10.0.0.5","id":"6c0e20a7-3c79-470d-869b-7c8287587620","direction":"inbound","status":"processing","statusCode":2,"previousStatus":"waiting","name":"2.jpg","size":3200,"peer":{"id":"820_1@some.server","name":"820_1"},"conferenceId":null,"fileId":null,"createdAt":"2022-07-31T16:17:02.850Z","progress":null,"origin":"event","event":"fileRequestStatusChanged"}',
  );
});

it('follows a transfer of a simulated Room from its request to its removal', async () => {
  const room = await rooms.room();
  const waiting = room.receive({ name: 'held.bin' });
  const program = run(['watch', room.url, '--json']);
  await program.connected();
  const { id } = room.receive({ name: 'new.bin', size: 1000 });
  room.accept(id);
  room.progress(id, 50);
  room.setStatus(id, 3);
  room.reject(waiting.id);
  room.delete(id);
  await program.record(({ type }) => type === 'removed');

  expectContract(program.records, room.url);
  const told = program.records.filter((record) => record.id !== undefined);
  expect(told.map(({ type, name, status, origin }) => [type, name, status, origin])).toEqual([
    ['transfer', 'held.bin', 'waiting', 'snapshot'],
    ['transfer', 'new.bin', 'waiting', 'event'],
    ['transfer', 'new.bin', 'processing', 'event'],
    ['progress', undefined, undefined, undefined],
    ['transfer', 'new.bin', 'complete', 'event'],
    ['transfer', 'held.bin', 'rejected', 'event'],
    ['removed', undefined, undefined, undefined],
  ]);
  expect(program.stderr.text).toBe('');
});

it('watches a simulated Room in another process', async () => {
  const simulate = run(['simulate', '--json', '--rate', '500']);
  const listening = await simulate.record(({ type }) => type === 'listening');
  expect(listening).toEqual({
    type: 'listening',
    v: 1,
    time: expect.stringMatching(TIME),
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    webSocketUrl: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+$/),
  });
  const url = String(listening['url']);

  const program = run(['watch', url, '--json', '--count', '100']);
  expect(await program.ended).toBe(0);
  expectContract(program.records, url);
  expect(program.transfers).toHaveLength(100);
  expect(program.records.filter(({ type }) => type === 'connection').map(({ state }) => state)).toEqual([
    'connecting',
    'connected',
    'closed',
  ]);
  expect(program.stderr.text).toBe('');
  const statuses = new Map<unknown, unknown>();
  for (const { id, status, previousStatus } of program.transfers) {
    expect(previousStatus).toBe(statuses.get(id) ?? null);
    expect(status).not.toBe(previousStatus);
    statuses.set(id, status);
  }

  simulate.kill('SIGINT');
  expect(await simulate.ended).toBe(130);
});

it('uses the address in the environment, and shows what was given as the room', async () => {
  const room = await rooms.room();
  const program = run(['watch', '--json', '--once'], { env: { TRUECONF_FILES_ROOM: room.webSocketUrl } });
  expect(await program.ended).toBe(0);
  expectContract(program.records, room.webSocketUrl);
});
