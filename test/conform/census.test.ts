import { describe, expect, it } from 'vitest';
import { Census } from '../../src/conform/census.js';
import { report } from '../../src/conform/report.js';
import { PLAIN, SHARED } from '../../src/conform/share.js';
import type { Entry } from '../../src/room/entry.js';
import { received } from '../support/frames.js';

const sent = (method: string, requestId: string, at = 0): Entry => {
  return { kind: 'sent', at, text: JSON.stringify({ method, requestId }) };
};
const closed = (at: number): Entry => ({ kind: 'link', at, link: { state: 'closed', reason: 'stopped' } });

function censusOf(...entries: readonly Entry[]): Census {
  const census = new Census();
  for (const entry of entries) census.take(entry, 'room');
  return census;
}
const findings = (...entries: readonly Entry[]) =>
  report(censusOf(...entries), PLAIN).findings.map(({ finding, name, field, got, count }) =>
    [finding, name, field, got, count].filter((part) => part !== null).join(' '),
  );

const PROGRESS = {
  method: 'event',
  event: 'incomingFileRequestDownloadingProgress',
  fileRequestId: 'a',
  processedPercents: 48,
  fileSize: 3_200,
  fileName: '2.jpg',
  peerId: 'b@c',
  peerDisplayName: 'b',
  timestamp: 1_659_284_222_850,
};

describe('what is to be reported', () => {
  it('is nothing of messages as documented', () => {
    expect(findings(received(PROGRESS), received({ ...PROGRESS, confId: '' }))).toEqual([]);
  });

  it('is each way in which messages are different, with how often', () => {
    const { peerId: _, ...rest } = PROGRESS;
    const odd = received({
      ...rest,
      timestamp: 1_659_284_222,
      processedPercents: 101,
      fileSize: '1',
      speed: 4,
    });
    expect(findings(odd, odd, received(PROGRESS))).toEqual(
      [
        'value X processedPercents 101 2',
        'type X fileSize text 2',
        'absent X peerId 2',
        'unit X timestamp seconds 2',
        'extra X speed integer 2',
      ].map((text) => text.replace('X', PROGRESS.event)),
    );
  });

  it('is every undocumented name, and every frame that is not a message', () => {
    expect(
      findings(
        received({ method: 'event', event: 'roomBurnt' }),
        received({ method: 'event', event: 'roomBurnt', degrees: 451 }),
        received({ method: 'getWeather', requestId: '1', result: true }),
        received('hello'),
        received('[]'),
        received('{}'),
        { kind: 'warning', at: 0, code: 'binary-frame', message: 'a binary frame came' },
      ),
    ).toEqual([
      'unknown-method getWeather 1',
      'unknown-event roomBurnt 2',
      'frame not-json 1',
      'frame not-an-object 1',
      'frame unknown-message 1',
      'frame binary-frame 1',
    ]);
  });

  it('is each of two meanings of a name by itself', () => {
    const old = { method: 'event', event: 'receivedFileRequest', id: 'text', peerId: 'a' };
    expect(findings(received(old))).toEqual(['type receivedFileRequest id text 1']);
    const broken = { method: 'event', event: 'receivedFileRequest', fileRequestId: 'a' };
    expect(findings(received(broken))).toContain('absent receivedFileRequest peerDn 1');
  });

  it('is none of what a recording keeps only the size of', () => {
    const census = censusOf(received({ method: 'event', event: 'slideAdded', omittedBytes: 80 }));
    expect(report(census, PLAIN)).toMatchObject({
      findings: [],
      messages: [{ count: 1, omitted: 1, fields: [] }],
    });
  });

  it('is no refusal, but what it says is there', () => {
    const refused = {
      method: 'getConferences',
      requestId: '1',
      result: false,
      error: 'no conference',
      resultCode: 3,
    };
    const made = report(censusOf(received(refused), received(refused)), PLAIN);
    expect(made).toMatchObject({
      findings: [],
      messages: [{ refusals: [{ error: 'no conference', code: '3', count: 2 }] }],
    });
  });
});

describe('a request without an answer', () => {
  it('is to be reported where there was time for one', () => {
    const answer = received({ method: 'getFileList', requestId: '1', fileList: [], result: true }, 100);
    expect(findings(sent('getFileList', '1'), sent('getSettings', '2'), answer, closed(9_000))).toEqual([
      'unanswered getSettings 1',
    ]);
  });

  it('is not where the link ended soon, or the answer has no id', () => {
    expect(findings(sent('getSettings', '1', 8_000), closed(9_000))).toEqual([]);
    const answer = received({ method: 'getFileList', requestId: '', fileList: [], result: true }, 100);
    expect(findings(sent('getFileList', '1'), answer, closed(9_000))).toEqual([]);
  });
});

describe('a report to be shared', () => {
  const name = (text: string) => SHARED.name(text);

  it.each(['fileRequestStatusChanged', 'fileRequestId', 'roomSlideMuteChanged', 'start_date'])(
    'names %s',
    (text) => {
      expect(name(text)).toBe(text);
    },
  );

  it.each(['annaSmith', 'user2@some.server', 'plan.docx', 'peer Id', 'ABC123', 'Мария', 'xyxyxy', ''])(
    'does not name %s',
    (text) => {
      expect(name(text)).toBe(`(${text.length} characters)`);
    },
  );

  it('has the digits of numbers, and what any Room says', () => {
    expect([3, -1, 99].map(SHARED.number)).toEqual(['3', '-1', '99']);
    expect([4_711, 100, 0.5].map(SHARED.number)).toEqual(['(4 digits)', '(3 digits)', '(1 digit)']);
    expect(SHARED.words('access denied')).toBe('access denied');
    expect(SHARED.words('no Anna here')).toBe('(12 characters)');
  });
});
