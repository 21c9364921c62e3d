import { describe, expect, it } from 'vitest';
import { Monitor, type Notice } from '../../src/monitor/monitor.js';
import { toLine } from '../../src/records/line.js';
import { toRecord } from '../../src/records/record.js';
import { received, statusFrame } from '../support/frames.js';
import { makeTransfer } from '../support/transfers.js';

const at = Date.parse('2022-07-31T16:17:03.120Z');
const common = { v: 1, time: '2022-07-31T16:17:03.120Z', room: '10.0.0.5' };

describe('the record of a transfer', () => {
  it('is the contract’s example, to the letter', () => {
    const monitor = new Monitor();
    const frames = [1, 2].map((status) =>
      statusFrame('6c0e20a7-3c79-470d-869b-7c8287587620', status, {
        fileName: '2.jpg',
        timestamp: 1_659_284_222_850,
        fileSize: 3_200,
        peerId: '820_1@some.server',
        peerDisplayName: '820_1',
      }),
    );
    const notices = frames.flatMap((frame) => monitor.feed(received(frame, at)));
    const record = notices[1] === undefined ? null : toRecord(notices[1], '10.0.0.5');
    expect(record === null ? null : toLine(record)).toBe(
      '{"type":"transfer","v":1,"time":"2022-07-31T16:17:03.120Z","room":"10.0.0.5","id":"6c0e20a7-3c79-470d-869b-7c8287587620","direction":"inbound","status":"processing","statusCode":2,"previousStatus":"waiting","name":"2.jpg","size":3200,"peer":{"id":"820_1@some.server","name":"820_1"},"conferenceId":null,"fileId":null,"createdAt":"2022-07-31T16:17:02.850Z","progress":null,"origin":"event","event":"fileRequestStatusChanged"}\n',
    );
  });

  it('of which nothing is known has all its fields', () => {
    const notice: Notice = {
      kind: 'transfer',
      at,
      transfer: makeTransfer({ direction: 'unknown' }),
      previousStatus: null,
      origin: 'snapshot',
      event: null,
    };
    expect(toRecord(notice, '10.0.0.5')).toEqual({
      type: 'transfer',
      ...common,
      id: 'a',
      direction: 'unknown',
      status: 'waiting',
      statusCode: null,
      previousStatus: null,
      name: null,
      size: null,
      peer: null,
      conferenceId: null,
      fileId: null,
      createdAt: null,
      progress: null,
      origin: 'snapshot',
      event: null,
    });
  });
});

describe('the record', () => {
  it.each<[name: string, notice: Notice, fields: object | null]>([
    [
      'of progress',
      {
        kind: 'progress',
        at,
        transfer: makeTransfer({ progress: 48, bytes: 1_536, bytesPerSecond: 100.4, size: 3_200 }),
      },
      { type: 'progress', id: 'a', percent: 48, bytes: 1_536, bytesPerSecond: 100, etaSeconds: 17 },
    ],
    [
      'of progress of an unknown size',
      { kind: 'progress', at, transfer: makeTransfer({ progress: 48 }) },
      { type: 'progress', id: 'a', percent: 48, bytes: null, bytesPerSecond: null, etaSeconds: null },
    ],
    [
      'of a removal',
      { kind: 'removed', at, id: 'a', key: 'a', transfer: null, reason: 'deleted', removedFromDisk: true },
      { type: 'removed', id: 'a', reason: 'deleted', removedFromDisk: true },
    ],
    ...['forbidden-by-server', 'forbidden-by-licence', 'sign-in-needed', 'available', 'unknown'].map(
      (availability, code): [string, Notice, object] => [
        `of availability ${code}`,
        { kind: 'availability', at, code },
        { type: 'availability', availability, code },
      ],
    ),
    [
      'of a warning',
      { kind: 'warning', at, code: 'not-json', message: 'a frame is not JSON', count: 2, id: null },
      { type: 'warning', code: 'not-json', message: 'a frame is not JSON', count: 2, id: null },
    ],
    ['of a heartbeat', { kind: 'heartbeat', at, connected: false }, { type: 'heartbeat', connected: false }],
    [
      'of connecting',
      { kind: 'link', at, link: { state: 'connecting', attempt: 2 } },
      { type: 'connection', state: 'connecting', attempt: 2, retryInMs: null, reason: null },
    ],
    ['of signing in is none', { kind: 'link', at, link: { state: 'signing-in', attempt: 1 } }, null],
    ['of listing is none', { kind: 'link', at, link: { state: 'listing', attempt: 1 } }, null],
    [
      'of a live link',
      { kind: 'link', at, link: { state: 'live', attempt: 1 } },
      { type: 'connection', state: 'connected', attempt: 1, retryInMs: null, reason: null },
    ],
    [
      'of a lost link',
      {
        kind: 'link',
        at,
        link: { state: 'waiting', attempt: 0, retryInMs: 7, reason: 'cut', wasLive: true },
      },
      { type: 'connection', state: 'disconnected', attempt: 0, retryInMs: 7, reason: 'cut' },
    ],
    [
      'of the end',
      { kind: 'link', at, link: { state: 'closed', reason: 'stopped' } },
      { type: 'connection', state: 'closed', attempt: null, retryInMs: null, reason: 'stopped' },
    ],
  ])('%s', (_, notice, fields) => {
    expect(toRecord(notice, '10.0.0.5')).toEqual(fields === null ? null : { ...common, ...fields });
  });
});
