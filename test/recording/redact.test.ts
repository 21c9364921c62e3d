import { describe, expect, it } from 'vitest';
import { decode } from '../../src/protocol/decode.js';
import { RecordingRedactor } from '../../src/recording/redact.js';
import type { Entry } from '../../src/room/entry.js';
import { received } from '../support/frames.js';

const RECORD = { type: 'transfer', v: 1, time: '2022-07-31T16:17:02.000Z' };
const STATUS = { method: 'event', event: 'fileRequestStatusChanged' };

describe('of a frame or a record', () => {
  it.each<[what: string, from: unknown, kept: unknown]>([
    [
      'numbers, times, truth and names of the API stay',
      { ...STATUS, status: '', fileSize: '12', timestamp: '1.55', result: true, directionType: null },
      { ...STATUS, status: '', fileSize: '12', timestamp: '1.55', result: true, directionType: null },
    ],
    [
      'a number is no longer one among other signs',
      { ...STATUS, status: 'x1', fileSize: '1x', timestamp: '1'.repeat(17), appState: '1.x' },
      { ...STATUS, status: '***', fileSize: '***', timestamp: '***', appState: '***' },
    ],
    [
      'a time is one as a record has it',
      [...'0123'].map((_, nth) => ({ ...RECORD, time: TIMES[nth] })),
      undefined,
    ],
    ['what no table names is left out', { ...STATUS, status: 1, colour: 'red' }, { ...STATUS, status: 1 }],
    [
      'ids, people and names have pseudonyms',
      { ...STATUS, fileRequestId: 7, peerId: 'ann@one', peerDn: 'Anna', fileName: 'a.pdf', confId: 5 },
      {
        ...STATUS,
        fileRequestId: '1',
        peerId: 'user-1@server-1',
        peerDn: 'Person 1',
        fileName: 'file-1.pdf',
        confId: '1',
      },
    ],
    [
      'what has another type than it should says nothing',
      {
        ...STATUS,
        fileRequestId: {},
        fileName: 7,
        peerDn: {},
        status: { a: 1 },
        error: 5,
        token: 8,
        cause: [1],
      },
      { ...STATUS, fileRequestId: {}, fileName: 0, peerDn: {}, status: {}, error: 0, token: 0, cause: [] },
    ],
    [
      'secrets are hidden',
      { method: 'auth', token: 'x', credentials: '' },
      { method: 'auth', token: '***', credentials: '' },
    ],
    [
      'rows of a list are treated like a message',
      {
        method: 'getIncomingFilesRequests',
        incomingFilesRequests: [{ fileRequestId: 'a', secret: 1 }, 'x', null],
      },
      {
        method: 'getIncomingFilesRequests',
        incomingFilesRequests: [{ fileRequestId: 'request-1' }, '***', null],
      },
    ],
    [
      'a list that is none says nothing',
      { method: 'getFileUploads', files: 'all of them' },
      { method: 'getFileUploads', files: '***' },
    ],
    [
      'a record has a Room, a peer and its sentences',
      {
        ...RECORD,
        room: 'office',
        peer: { id: 'ann@one', name: 'Anna', age: 5 },
        reason: 'connection to Bob lost',
        rule: 'x',
      },
      {
        ...RECORD,
        room: 'room-1',
        peer: { id: 'user-1@server-1', name: 'Person 1' },
        reason: 'connection to … lost',
        rule: '***',
      },
    ],
    [
      'several ids have a pseudonym each',
      { ...RECORD, requests: ['a', 'b', 'a'] },
      { ...RECORD, requests: ['request-1', 'request-2', 'request-1'] },
    ],
    [
      'without a time it is not a record',
      { type: 'transfer', v: 1, room: 'office' },
      { type: 'transfer', v: 1 },
    ],
    [
      'without a version it is not a record',
      { type: 'transfer', time: RECORD.time, room: 'office' },
      { type: 'transfer', time: RECORD.time },
    ],
    [
      'without a type it is not a record',
      { v: 1, time: RECORD.time, room: 'office' },
      { v: 1, time: RECORD.time },
    ],
    [
      'an event of another kind keeps its name',
      { method: 'event', event: 'slideAdded', status: 1 },
      { method: 'event', event: 'slideAdded' },
    ],
    [
      'an unknown event loses its name',
      { method: 'event', event: 'annaCame' },
      { method: 'event', event: '***' },
    ],
    ['a text alone', 'hello', '***'],
    ['an empty text', '', ''],
    ['a number alone', 7, 0],
    ['a list alone', ['a'], []],
    ['null alone', null, null],
    ['a truth alone', true, true],
  ])('%s', (_, from, kept) => {
    const redactor = new RecordingRedactor();
    if (kept === undefined && Array.isArray(from)) {
      const times = from.map((one) => JSON.parse(redactor.frame(JSON.stringify(one))).time);
      expect(times).toEqual([TIMES[0], TIMES[1], '***', '***']);
      return;
    }
    expect(JSON.parse(redactor.frame(JSON.stringify(from)))).toEqual(kept);
  });

  it('what is not JSON is only counted', () => {
    expect(new RecordingRedactor().frame('{"a":')).toBe('(5 characters that are not JSON)');
  });
});

const TIMES = [
  '2022-07-31T16:17:02Z',
  '2022-07-31T16:17:02.123+03:00',
  '2022-07-31',
  'x2022-07-31T16:17:02Z',
];

describe('of a sentence', () => {
  it.each([
    ['the connection was closed', 'the connection was closed'],
    ['Anna (the "user"), 42 times: closed!', '… (the "user"), 42 times: closed!'],
    ['port 4307 closed', 'port … closed'],
    ['closed by "Anna".', 'closed … "…".'],
    ['event "fileStatus" from 10.0.0.5', 'event "fileStatus" from …'],
    ['sign-in refused-x', 'sign-in …'],
    ['sign-out  CLOSED', 'sign-out CLOSED'],
    ['', ''],
  ])('%j stays %j', (reason, kept) => {
    const link = { state: 'closed', reason } as const;
    expect(new RecordingRedactor().entry({ kind: 'link', at: 1, link })).toEqual({
      ...{ kind: 'link', at: 1 },
      link: { state: 'closed', reason: kept },
    });
  });
});

describe('of an entry', () => {
  const text = '{"method":"event","event":"fileStatus","id":"a","status":1}';
  const shown = '{"method":"event","event":"fileStatus","id":"request-1","status":1}';

  it.each<[from: Entry, kept: object]>([
    [received(text, 1), { kind: 'received', at: 1, text: shown }],
    [
      { kind: 'held', at: 1, text, message: decode(text) },
      { kind: 'held', at: 1, text: shown },
    ],
    [
      { kind: 'sent', at: 1, text },
      { kind: 'sent', at: 1, text: shown },
    ],
    ...[
      { kind: 'link', at: 1, link: { state: 'live', attempt: 3 } } as const,
      { kind: 'listing-asked', at: 1, cause: 'resync' } as const,
      { kind: 'listing-answered', at: 1, inbound: true, outbound: false } as const,
      { kind: 'heartbeat', at: 1, connected: true } as const,
    ].map((entry): [Entry, object] => [entry, entry]),
    [
      { kind: 'warning', at: 1, code: 'not-json', message: 'Anna closed' },
      { kind: 'warning', at: 1, code: 'not-json', message: '… closed' },
    ],
    [
      { kind: 'warning', at: 1, code: 'anna', message: '' },
      { kind: 'warning', at: 1, code: '***', message: '' },
    ],
  ])('%j', (from, kept) => {
    expect(new RecordingRedactor().entry(from)).toMatchObject(kept);
  });

  it('Rooms have pseudonyms', () => {
    const redactor = new RecordingRedactor();
    expect(['office', 'lab', 'office'].map((room) => redactor.room(room))).toEqual([
      'room-1',
      'room-2',
      'room-1',
    ]);
  });
});
