import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RoomEvent, SimulatedTransfer } from '../../src/simulator/room-state.js';
import {
  authorizationNeeded,
  eventToWire,
  fileRow,
  historyRow,
  incomingRow,
  outgoingRow,
  statusFields,
} from '../../src/simulator/wire.js';
import type { Frame } from './client.js';
import { fieldProblems } from './field-sets.js';

const INBOUND: SimulatedTransfer = {
  id: '6c0e20a7-3c79-470d-869b-7c8287587620',
  direction: 'inbound',
  status: 2,
  name: '2.jpg',
  size: 3_200,
  peerId: '820_1@some.server',
  peerName: '820_1',
  conferenceId: null,
  fileId: null,
  createdAt: 1_659_284_222_850,
  percent: 48,
};

const OUTBOUND: SimulatedTransfer = {
  ...INBOUND,
  id: '0f8f8a63-6d2b-4c3a-9a06-6a1c0a7b7a11',
  direction: 'outbound',
  name: 'plan.docx',
  size: 52_312,
  peerId: 'user2@some.server',
  peerName: 'user2',
  fileId: 260_618_251,
  createdAt: 1_659_286_530_000,
};

const TO_CONFERENCE: SimulatedTransfer = {
  ...OUTBOUND,
  id: '9d0a2c77-51e2-4f0e-8b9b-2d1f3f6b1c22',
  status: 3,
  name: 'slides.pptx',
  size: 1_048_576,
  peerId: null,
  peerName: null,
  fileId: 260_618_252,
  conferenceId: '4567@some.server',
};

/** In the order of the fixture's lines. */
const EVENTS: readonly RoomEvent[] = [
  { kind: 'status', transfer: INBOUND },
  { kind: 'received', transfer: INBOUND },
  { kind: 'accepted', transfer: INBOUND },
  { kind: 'rejected', transfer: INBOUND },
  { kind: 'progress', transfer: INBOUND },
  { kind: 'progress', transfer: { ...OUTBOUND, percent: 36, createdAt: 1_659_289_349_000 } },
  { kind: 'sent', transfer: OUTBOUND },
  { kind: 'sent', transfer: TO_CONFERENCE },
  { kind: 'status', transfer: TO_CONFERENCE },
  { kind: 'deleted', transfer: { ...INBOUND, fileId: 260_618_253 }, removedFromDisk: true },
  { kind: 'cleared' },
  { kind: 'availability', code: 3 },
];

function fixture(name: string): readonly Frame[] {
  const text = readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('events on the wire', () => {
  const examples = fixture('events.ndjson');

  it('are those of the pages, field by field', () => {
    expect([...EVENTS.map(eventToWire), authorizationNeeded(1)]).toEqual(examples);
  });

  it.each([
    { of: 'an inbound request in a conference', transfer: { ...INBOUND, conferenceId: 'c' } },
    { of: 'a processed inbound request', transfer: { ...INBOUND, status: 3, fileId: 7 } as const },
    { of: 'an outbound request', transfer: OUTBOUND },
    { of: 'an outbound request to a conference', transfer: TO_CONFERENCE },
  ])('are as documented, for $of', ({ transfer }) => {
    const isInbound = transfer.direction === 'inbound';
    const kinds = isInbound ? (['received', 'accepted', 'rejected'] as const) : (['sent'] as const);
    for (const kind of [...kinds, 'status', 'progress'] as const) {
      expect(fieldProblems(eventToWire({ kind, transfer }))).toEqual([]);
    }
    expect(fieldProblems(eventToWire({ kind: 'deleted', transfer, removedFromDisk: false }))).toEqual([]);
  });
});

describe('answers on the wire', () => {
  const examples = fixture('answers.ndjson');

  it.each([
    { method: 'getIncomingFilesRequests', rows: [incomingRow({ ...INBOUND, status: 1 })] },
    { method: 'getOutgoingFilesRequests', rows: [outgoingRow(OUTBOUND), outgoingRow(TO_CONFERENCE)] },
    {
      method: 'getFileList',
      rows: [fileRow({ fileId: 260_618_251, name: 'plan.docx', size: 52_312 })],
    },
  ])('rows of $method are those of the example', ({ method, rows }) => {
    const example = examples.find((answer) => answer.method === method) ?? {};
    const listed = Object.values(example).find(Array.isArray);
    expect(rows).toEqual(listed);
  });

  it('getFileRequestInfo has the fields of fileRequestStatusChanged', () => {
    const info: Frame = examples[4] ?? {};
    const { method: _m, requestId: _r, result: _s, ...example } = info;
    expect(statusFields(INBOUND)).toEqual(example);
  });

  it('a row of the history has no status, and its size is fileSize', () => {
    expect(historyRow({ ...INBOUND, status: 3, fileId: 346_234_218 })).toEqual({
      directionType: 0,
      fileName: '2.jpg',
      fileSize: 3_200,
      timestamp: 1_659_284_222_850,
      fileRequestId: INBOUND.id,
      peerDn: '820_1',
      peerId: '820_1@some.server',
      fileId: 346_234_218,
    });
  });
});
