import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Monitor } from '../../src/monitor/monitor.js';
import { Redactor, Secret } from '../../src/protocol/secrets.js';
import { entryLine, readEntry } from '../../src/recording/format.js';
import { toLine } from '../../src/records/line.js';
import { toRecord } from '../../src/records/record.js';
import type { Entry } from '../../src/room/entry.js';
import { Session } from '../../src/room/session.js';
import { runs } from '../support/soak.js';

const ROOM = '10.0.0.5';
const PIN = '4711';

const text = fc.oneof(
  fc.constantFrom('', PIN, `IMG_${PIN}.jpg`, `a ${PIN}`, 'a', 'b', '\u0000\u009b'),
  fc.string({ maxLength: 8 }),
);
const number = fc.oneof(fc.constantFrom(0, 1, 2, 3, 4711, 100, -1, 1e300), fc.double({ noNaN: true }));
const value = fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.constant([]));
const rows = fc.array(
  fc.record({ fileRequestId: text, status: number, fileName: value, size: value }, { requiredKeys: [] }),
  { maxLength: 3 },
);
const fields = {
  fileRequestId: fc.oneof(text, number),
  status: value,
  directionType: fc.constantFrom(0, 1, 2, '0'),
  fileName: value,
  fileSize: value,
  peerId: value,
  peerDn: value,
  timestamp: value,
  processedPercents: value,
  availability: value,
  requestId: value,
  result: fc.boolean(),
  error: value,
  token: value,
  credentials: value,
  incomingFilesRequests: fc.oneof(rows, value),
  other: value,
};
const message = fc.record(
  {
    method: fc.constantFrom('event', 'auth', 'getIncomingFilesRequests', 'getFileList', PIN),
    event: fc.constantFrom(
      'fileRequestStatusChanged',
      'receivedFileRequest',
      'incomingFileRequestDownloadingProgress',
      'fileDeletedFromFileTransferHistory',
      'fileTransferHistoryCleared',
      'fileTransferAvailabilityChanged',
      `of ${PIN}`,
    ),
    ...fields,
  },
  { requiredKeys: ['method'] },
);
const frame = fc.oneof(
  { weight: 8, arbitrary: message.map((object) => JSON.stringify(object)) },
  { weight: 1, arbitrary: message.map((object) => JSON.stringify(object).slice(0, -3)) },
  { weight: 1, arbitrary: fc.oneof(fc.json(), text) },
);

/** The records that follow from entries. */
function recordsOf(entries: readonly Entry[]): string {
  const monitor = new Monitor();
  const notices = entries.flatMap((entry) => monitor.feed(entry));
  return notices.map((notice) => toLine(toRecord(notice, ROOM) ?? {})).join('');
}

it('whatever frames come, a recording of them gives the same records', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), (frames) => {
      const redactor = new Redactor();
      redactor.add(new Secret(PIN));
      const entries: Entry[] = [{ kind: 'listing-asked', at: 0, cause: 'snapshot' }];
      const end = new AbortController();
      const session = new Session(
        { partBytes: 0, send() {} },
        (entry) => entries.push(entry),
        redactor,
        end.signal,
      );
      for (const text of frames) session.receive(text);
      end.abort();
      entries.push({ kind: 'listing-answered', at: 1, inbound: true, outbound: false });
      entries.push({ kind: 'link', at: 2, link: { state: 'closed', reason: 'stopped' } });

      const lines = entries.map((entry) => entryLine(entry, ROOM, redactor));
      const read = lines.map((line) => {
        const parsed = readEntry(line);
        if ('fault' in parsed) throw new Error(`${parsed.fault}: ${line}`);
        return parsed.entry;
      });
      expect(recordsOf(read)).toBe(recordsOf(entries));
    }),
    {
      numRuns: runs(300),
      examples: [[[`{"method":"event","event":"receivedFileRequest","fileRequestId":${PIN}}`]]],
    },
  );
});
