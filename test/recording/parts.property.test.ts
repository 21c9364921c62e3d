import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Monitor, type Notice } from '../../src/monitor/monitor.js';
import { Redactor } from '../../src/protocol/secrets.js';
import { entryLine, readEntry } from '../../src/recording/format.js';
import { heldEntries } from '../../src/recording/held.js';
import { createFile, LineFile } from '../../src/recording/line-file.js';
import { NamePattern } from '../../src/recording/names.js';
import { openRecordings } from '../../src/recording/open.js';
import { Recorder } from '../../src/recording/recorder.js';
import { Series } from '../../src/recording/series.js';
import { toLine } from '../../src/records/line.js';
import { toRecord } from '../../src/records/record.js';
import type { Entry, Link } from '../../src/room/entry.js';
import { percentOf } from '../../src/screen/cell-text.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { useFolder } from '../support/folder.js';
import { received } from '../support/frames.js';
import { runs } from '../support/soak.js';

const { newPath } = useFolder();

const ROOMS = ['one', 'two'] as const;
const id = fc.constantFrom('a', 'b', 'c', '7', '12', 'd e');
const facts = fc.record(
  {
    fileName: fc.constantFrom('x.txt', 'отчёт.pdf', ''),
    fileSize: fc.nat(1_000),
    peerId: fc.constantFrom('ann@s', ''),
    peerDn: fc.constantFrom('Ann', 'Боря'),
    confId: fc.constantFrom('c1', ''),
    fileId: fc.oneof(fc.constantFrom('f1', 'f2'), fc.nat(9)),
    timestamp: fc.constantFrom(5, 1_659_284_222, 1_659_284_222_850),
    directionType: fc.constantFrom(0, 1),
  },
  { requiredKeys: [] },
);
const about = fc.tuple(id, facts).map(([fileRequestId, rest]) => ({ fileRequestId, ...rest }));
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(about, fc.constantFrom(0, 1, 2, 3, 9))
      .map(([file, status]) => ({ event: 'fileRequestStatusChanged', ...file, status })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        about,
        fc.constantFrom(
          'receivedFileRequest',
          'incomingFileRequestRejected',
          'incomingFileRequestAccepted',
          'outgoingFileRequestSent',
        ),
      )
      .map(([file, name]) => ({ event: name, ...file })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        about,
        fc.nat(100),
        fc.constantFrom('incomingFileRequestDownloadingProgress', 'outgoingFileRequestUploadingProgress'),
      )
      .map(([file, processedPercents, name]) => ({ event: name, ...file, processedPercents })),
  },
  // Names before 4.1.
  fc
    .tuple(fc.constantFrom(7, 12), fc.nat(4), fc.constantFrom(0, 1, null))
    .map(([number, status, directionType]) => ({ event: 'fileStatus', id: number, status, directionType })),
  fc
    .tuple(fc.constantFrom('fileRejected', 'fileAccepted', 'fileSent'), fc.constantFrom(7, 12))
    .map(([name, number]) => ({ event: name, id: number })),
  fc.tuple(id, fc.constantFrom(0, 1, null)).map(([fileRequestId, directionType]) => ({
    event: 'fileDeletedFromFileTransferHistory',
    fileRequestId,
    directionType,
  })),
  fc.constantFrom({ event: 'fileTransferHistoryCleared' }, { event: 'authorizationNeeded', cause: 1 }),
  fc.constantFrom('f1', '3').map((file) => ({ event: 'fileTransferFileDeleted', file })),
  fc.nat(3).map((availability) => ({ event: 'fileTransferAvailabilityChanged', availability })),
  fc.nat(6).map((appState) => ({ event: 'appStateChanged', appState })),
  fc.constant({ event: 'somethingNew' }),
);
const list = fc
  .tuple(
    fc.constantFrom('getIncomingFilesRequests', 'getOutgoingFilesRequests'),
    fc.array(fc.tuple(id, fc.constantFrom(0, 1, 2, 3)), { maxLength: 4 }),
  )
  .map(([method, rows]) => ({
    method,
    requestId: '1',
    result: true,
    [method === 'getIncomingFilesRequests' ? 'incomingFilesRequests' : 'outgoingFilesRequests']: rows.map(
      ([fileRequestId, status]) => ({ fileRequestId, status }),
    ),
  }));

type Seen = (at: number) => Entry;
const came =
  (message: object): Seen =>
  (at) =>
    received({ method: 'event', ...message }, at);
const link =
  (state: Link): Seen =>
  (at) => ({ kind: 'link', at, link: state });
const seen: fc.Arbitrary<readonly Seen[]> = fc.oneof(
  { weight: 12, arbitrary: event.map((message) => [came(message)]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('snapshot', 'resync', 'cleared'), list, list, event, fc.boolean(), fc.boolean())
      .map(([cause, first, second, between, inbound, outbound]) => [
        (at: number): Entry => ({ kind: 'listing-asked', at, cause }),
        came(first),
        came(between),
        came(second),
        (at: number): Entry => ({ kind: 'listing-answered', at, inbound, outbound }),
        link({ state: 'live', attempt: 1 }),
      ]),
  },
  fc.constantFrom<readonly Seen[]>(
    [link({ state: 'waiting', attempt: 0, retryInMs: 1, reason: 'cut', wasLive: true })],
    [link({ state: 'connecting', attempt: 1 })],
    [link({ state: 'closed', reason: 'taken over' })],
    // A listing that was cut off.
    [
      (at) => ({ kind: 'listing-asked', at, cause: 'resync' }),
      link({ state: 'waiting', attempt: 0, retryInMs: 1, reason: 'cut', wasLive: true }),
    ],
    [(at) => ({ kind: 'warning', at, code: 'binary-frame', message: 'a binary frame came' })],
    [(at) => ({ kind: 'heartbeat', at, connected: true })],
  ),
);
/** What was seen, where, and how long after what was seen before; a clock may be set back. */
const history = fc.array(
  fc.tuple(
    seen,
    fc.constantFrom(...ROOMS),
    fc.oneof({ weight: 9, arbitrary: fc.nat(20_000) }, { weight: 1, arbitrary: fc.constant(-30_000) }),
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);

/** Records the same entries as a whole and in parts. */
async function record(steps: readonly (readonly [readonly Seen[], string, number])[], maxBytes: number) {
  const folder = newPath('parts');
  mkdirSync(folder);
  const whole = newPath('whole');
  const faults: unknown[] = [];
  const onFault = (error: unknown) => void faults.push(error);
  const gate = { onFull: () => {}, onDrain: () => {} };
  const file = new LineFile(createFile(whole), { ...gate, onFault });
  const single = { isDue: () => false, begin: () => file, onFault };
  const series = new Series(
    {
      pattern: new NamePattern(join(folder, '%H-%M.ndjson')),
      maxBytes,
      keep: null,
      packs: maxBytes % 2 === 0,
    },
    { gate: () => gate, onLost: (_, error) => onFault(error), onFault: (_, error) => onFault(error) },
  );
  let at = Date.UTC(2026, 2, 1, 12);
  const recorders = [single, series].map((parts) => new Recorder(parts, 'test', ROOMS, at));
  const monitors = new Map(ROOMS.map((room) => [room as string, new Monitor()]));
  for (const recorder of recorders) {
    for (const [room, monitor] of monitors) recorder.room(room, () => monitor.standing);
  }
  const redactor = new Redactor();
  for (const [entries, room, passed] of steps) {
    at += passed;
    for (const make of entries) {
      const entry = make(at);
      for (const recorder of recorders) recorder.take(entry, room, redactor);
      monitors.get(room)?.feed(entry);
    }
  }
  for (const recorder of recorders) await recorder.close();
  await series.finish();
  expect(faults).toEqual([]);
  return { whole, folder, count: series.count };
}

/** The records that follow from recordings, and what is known at their end. */
async function play(paths: readonly string[]) {
  const recordings = await openRecordings(paths, Readable.from([]), new AbortController().signal);
  const monitors = new Map<string, Monitor>();
  let records = '';
  do {
    for (let item = recordings.take(); item !== undefined; item = recordings.take()) {
      if (item.kind !== 'entry') throw new Error(JSON.stringify(item));
      const { room, entry } = item;
      const monitor = monitors.get(room) ?? new Monitor();
      monitors.set(room, monitor);
      for (const notice of monitor.feed(entry)) records += toLine(toRecord(notice, room) ?? {});
    }
  } while (await recordings.more());
  recordings.close();
  const known = [...monitors].map(([room, monitor]) => [room, knownOf(monitor)] as const);
  return { records, known: Object.fromEntries(known) };
}

function knownOf({ standing }: Monitor) {
  const { link, state, availability, transfers } = standing;
  return { link, state, availability, transfers: [...transfers].map(told).sort() };
}

/** What a transfer is to a person, whatever told of it. */
function told(transfer: Transfer): string {
  const { id, direction, status, name, size, peer, conferenceId, fileId, createdAt } = transfer;
  return JSON.stringify({ id, direction, status, name, size, peer, conferenceId, fileId, createdAt });
}

it('parts in their order play as the recording would that was not split, and each plays alone', async () => {
  let parts = 0;
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 1_024, max: 8_000 }), async (steps, maxBytes) => {
      const { whole, folder, count } = await record(steps, maxBytes);
      const files = readdirSync(folder).map((name) => join(folder, name));
      expect(files).toHaveLength(count);
      parts += count;
      const all = await play([whole]);
      expect((await play([folder])).records).toBe(all.records);
      const ordered = inOrder(files);
      for (const [nth, file] of ordered.entries()) {
        const before = (await play(ordered.slice(0, nth + 1))).known;
        const alone = (await play([file])).known;
        for (const [room, known] of Object.entries(before)) expect(alone[room] ?? known).toEqual(known);
      }
    }),
    { numRuns: runs(25) },
  );
  expect(parts).toBeGreaterThan(100);
}, 60_000);

it('a monitor that begins with what is held follows a Room as one that saw all of it', () => {
  fc.assert(
    fc.property(fc.array(seen, { minLength: 1, maxLength: 30, size: 'max' }), fc.nat(), (steps, turn) => {
      const nth = turn % steps.length;
      follow(steps.slice(0, nth).flat(), steps.slice(nth).flat());
    }),
    { numRuns: 200 },
  );
});

const status7 = (status: number, directionType: number | null) =>
  came({ event: 'fileStatus', id: 7, status, directionType });
const progress = (percent: number) =>
  came({
    event: 'incomingFileRequestDownloadingProgress',
    fileRequestId: 'a',
    processedPercents: percent,
  });
const statusOfA = (status: number) => came({ event: 'fileRequestStatusChanged', fileRequestId: 'a', status });
const CASES: Record<string, readonly [before: readonly Seen[], after: readonly Seen[]]> = {
  'a request whose direction came late, and then another of its number': [
    [status7(1, null), status7(1, 1)],
    [status7(2, 0), status7(0, 1), status7(3, null)],
  ],
  'two of one number of which one is removed amid a listing, and listed': [
    [status7(1, null), status7(1, 1)],
    [
      (at) => ({ kind: 'listing-asked', at, cause: 'resync' }),
      came({ event: 'fileDeletedFromFileTransferHistory', fileRequestId: 7, directionType: 1 }),
      came({ method: 'getFileRequests', requestId: '', result: true, files: [{ id: 7, status: 1 }] }),
    ],
  ],
  'the other of two of one number that is removed amid a listing, and listed': [
    [status7(1, null), status7(1, 1), status7(1, 0)],
    [
      (at) => ({ kind: 'listing-asked', at, cause: 'resync' }),
      came({ event: 'fileDeletedFromFileTransferHistory', fileRequestId: 7, directionType: 0 }),
      came({ method: 'getFileRequests', requestId: '', result: true, files: [{ id: 7, status: 0 }] }),
    ],
  ],
  'a request that failed on its way': [[progress(40), statusOfA(0)], [statusOfA(2)]],
  'a request that waits again': [[progress(40), statusOfA(1)], [statusOfA(0)]],
};
it.each(Object.entries(CASES))('so it does with %s', (_, [before, after]) => follow(before, after));

/** @param before what only one of two monitors sees */
function follow(before: readonly Seen[], after: readonly Seen[]): void {
  const whole = new Monitor();
  for (const make of before) whole.feed(make(1));
  const alone = new Monitor();
  for (const entry of heldEntries(whole.standing, 2)) alone.feed(reread(entry));
  expect(knownOf(alone)).toEqual(knownOf(whole));
  expect(progressOf(alone)).toEqual(progressOf(whole));
  for (const make of after) {
    const expected = whole.feed(make(3)).flatMap(toldOf);
    expect(alone.feed(make(3)).flatMap(toldOf)).toEqual(expected);
    expect(knownOf(alone)).toEqual(knownOf(whole));
  }
}

function reread(entry: Entry): Entry {
  const read = readEntry(entryLine(entry, 'one', new Redactor()));
  if ('fault' in read) throw new Error(read.fault);
  return read.entry;
}

function progressOf({ standing }: Monitor): readonly string[] {
  return [...standing.transfers]
    .map((transfer) => `${transfer.id} ${transfer.direction} ${percentOf(transfer)}`)
    .sort();
}

/** What a person sees of a Room, but for what removes a transfer that is not there. */
function toldOf(notice: Notice): readonly string[] {
  if (notice.kind === 'transfer') return [`${notice.previousStatus} ${told(notice.transfer)}`];
  return notice.kind === 'state' || notice.kind === 'availability' ? [JSON.stringify(notice)] : [];
}

/** By the numbers in their first lines. */
function inOrder(files: readonly string[]): readonly string[] {
  const partOf = (file: string): number => {
    const bytes = readFileSync(file);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    return JSON.parse(text.slice(0, text.indexOf('\n'))).part;
  };
  return [...files].sort((a, b) => partOf(a) - partOf(b));
}
