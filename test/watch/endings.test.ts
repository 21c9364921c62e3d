import { describe, expect, it } from 'vitest';
import type { Origin, RemovedReason } from '../../src/transfers/change.js';
import { firstSeen, type Status, type Transfer } from '../../src/transfers/transfer.js';
import { type EndingOptions, Endings, GOALS } from '../../src/watch/endings.js';

/** What endings see, in a word or two each: `A waiting`, `A removed`, `listed`, `given up 4`. */
function after(options: Partial<EndingOptions>, story: string): number | null {
  const endings = new Endings({
    once: false,
    count: null,
    until: null,
    ids: [],
    snapshot: true,
    feeds: 1,
    ...options,
  });
  const known = new Map<string, Status>();
  let origin: Origin = 'snapshot';
  for (const step of story.split(', ')) {
    const [subject = '', what = '', code] = step.split(' ');
    if (subject === 'listed' || subject === 'given') {
      endings.listed(code === undefined ? undefined : Number(code));
      origin = 'event';
    } else if (what === 'removed') {
      endings.saw(removed(subject, 'deleted'), ROOM);
    } else {
      const status = STATUSES.find((one) => one === what);
      if (status === undefined) throw new Error(`no status: ${step}`);
      const previousStatus = known.get(subject) ?? null;
      known.set(subject, status);
      const event = origin === 'event' ? 'fileRequestStatusChanged' : null;
      const transfer = inStatus(subject, status);
      endings.saw({ kind: 'transfer', at: 0, transfer, previousStatus, origin, event }, ROOM);
      endings.wrote();
    }
  }
  return endings.exitCode;
}

type Case = readonly [options: Partial<EndingOptions>, story: string, exitCode: number | null];

const GOES_ON = null;
const STATUSES: readonly Status[] = ['waiting', 'processing', 'complete', 'failed', 'rejected'];
const LATER = { snapshot: false };

describe.each<[what: string, cases: readonly Case[]]>([
  [
    'without a reason to end',
    [
      [{}, 'A waiting, listed, A complete', GOES_ON],
      [{}, 'listed, A failed, A removed', GOES_ON],
    ],
  ],
  [
    'once',
    [
      [{ once: true }, 'A waiting', GOES_ON],
      [{ once: true }, 'A waiting, listed', 0],
      [{ once: true, feeds: 2 }, 'listed', GOES_ON],
      [{ once: true, feeds: 2 }, 'listed, listed', 0],
      [{ once: true, feeds: 2 }, 'listed, given up 4', 4],
      [{ once: true, feeds: 3 }, 'given up 4, given up 3, listed', 4],
    ],
  ],
  [
    'count',
    [
      [{ count: 2 }, 'A waiting', GOES_ON],
      [{ count: 2 }, 'A waiting, B waiting', 0],
      [{ count: 2 }, 'A waiting, listed, A complete', 0],
      [{ count: 2, once: true }, 'A waiting, listed', 0],
      [{ count: 1, until: 'complete' }, 'A failed', 0],
    ],
  ],
  [
    'until a status',
    [
      [{ until: 'complete' }, 'listed', GOES_ON],
      [{ until: 'complete' }, 'A complete', GOES_ON],
      [{ until: 'complete' }, 'A complete, listed', 0],
      [{ until: 'complete' }, 'A failed, listed', 6],
      [{ until: 'complete' }, 'A complete, B failed, listed', 6],
      [{ until: 'complete' }, 'A complete, B waiting, listed', GOES_ON],
      [{ until: 'complete' }, 'A complete, B waiting, listed, B complete', 0],
      [{ until: 'complete' }, 'A waiting, B waiting, listed, B complete', 0],
      [{ until: 'complete' }, 'A waiting, listed, A failed', 6],
      [{ until: 'complete' }, 'A waiting, listed, A rejected', 6],
      [{ until: 'complete' }, 'A waiting, B waiting, listed, A failed', GOES_ON],
      [{ until: 'complete' }, 'A waiting, listed, A removed', 6],
      [{ until: 'complete' }, 'A complete, B waiting, listed, A removed', GOES_ON],
      [{ until: 'complete' }, 'listed, A waiting, A complete', 0],
      [{ until: 'failed' }, 'A waiting, listed, A failed', 0],
      [{ until: 'failed' }, 'A waiting, listed, A complete', 0],
      [{ until: 'failed' }, 'A waiting, listed, A rejected', 6],
      [{ until: 'rejected' }, 'A waiting, listed, A rejected', 0],
      [{ until: 'processing' }, 'A waiting, listed, A processing', 0],
      [{ until: 'complete', feeds: 2 }, 'A failed, listed', GOES_ON],
      [{ until: 'complete', feeds: 2 }, 'A waiting, listed, A complete', 0],
      [{ until: 'complete', once: true }, 'A waiting, listed', 0],
    ],
  ],
  [
    'until all have ended',
    [
      [{ until: 'ended' }, 'listed', GOES_ON],
      [{ until: 'ended' }, 'A complete, B failed, listed', 0],
      [{ until: 'ended' }, 'A waiting, B failed, listed', GOES_ON],
      [{ until: 'ended' }, 'A waiting, listed, A rejected', 0],
      [{ until: 'ended' }, 'A waiting, B waiting, listed, A complete', GOES_ON],
      [{ until: 'ended' }, 'A waiting, listed, A removed', 0],
      [{ until: 'ended' }, 'A waiting, listed, B processing, A complete', GOES_ON],
    ],
  ],
  [
    'until a status, by id',
    [
      [{ until: 'complete', ids: ['A'] }, 'listed', GOES_ON],
      [{ until: 'complete', ids: ['A'] }, 'A complete, listed', 0],
      [{ until: 'complete', ids: ['A'] }, 'listed, A complete', 0],
      [{ until: 'complete', ids: ['A'] }, 'listed, A failed', 6],
      [{ until: 'complete', ids: ['A'] }, 'listed, A removed', 6],
      [{ until: 'complete', ids: ['A', 'B'] }, 'listed, A complete', GOES_ON],
      [{ until: 'complete', ids: ['A', 'B'] }, 'listed, A complete, B complete', 0],
      [{ until: 'complete', ids: ['A', 'B'] }, 'listed, A complete, A removed, B complete', 0],
      [{ until: 'complete', ids: ['A', 'B'] }, 'listed, A failed', GOES_ON],
      [{ until: 'complete', ids: ['A', 'B'] }, 'listed, A failed, B complete', 6],
      [{ until: 'processing', ids: ['A', 'B'] }, 'listed, A processing, A waiting, B processing', 0],
      [{ until: 'ended', ids: ['A'] }, 'listed, A failed', 0],
      [{ until: 'complete', ids: ['{REQUES'] }, 'request-1 waiting, listed, request-1 complete', 0],
      [{ until: 'complete', ids: ['{REQUES'] }, 'listed, request-1 removed', 6],
      [{ until: 'complete', ids: ['1'] }, 'listed, 12 complete', GOES_ON],
    ],
  ],
  [
    'until a status, without what was there at the start',
    [
      ...GOALS.map(
        (until) =>
          [
            { until, ...LATER },
            `A failed, ${STATUSES.map((one) => `${one} ${one}`).join(', ')}, listed`,
            GOES_ON,
          ] as const,
      ),
      [{ until: 'complete', ...LATER }, 'A waiting, listed, A complete', 0],
      [{ until: 'complete', ...LATER }, 'A waiting, listed, A failed', 6],
      [{ until: 'complete', ...LATER }, 'A failed, listed, B waiting, B complete', 0],
      [{ until: 'ended', ...LATER }, 'A waiting, listed, B failed', 0],
      [{ until: 'complete', ids: ['A'], ...LATER }, 'A complete, listed', GOES_ON],
    ],
  ],
])('%s', (_, cases) => {
  it.each(cases)('%j: %s → %s', (options, story, exitCode) => {
    expect(after(options, story)).toBe(exitCode);
  });
});

it('knows of a transfer that was first seen before it was known to be a watched one', () => {
  const endings = new Endings({
    once: false,
    count: null,
    until: 'complete',
    ids: [],
    snapshot: true,
    feeds: 1,
  });
  endings.listed();
  const transfer = inStatus('A', 'failed');
  endings.saw(
    { kind: 'transfer', at: 0, transfer, previousStatus: 'waiting', origin: 'event', event: null },
    ROOM,
  );
  expect(endings.exitCode).toBe(6);
});

it('takes the same id in two Rooms for two transfers', () => {
  const endings = new Endings({
    once: false,
    count: null,
    until: 'ended',
    ids: [],
    snapshot: true,
    feeds: 2,
  });
  for (const room of ['one', 'two']) {
    const transfer = inStatus('A', 'waiting');
    endings.saw(
      { kind: 'transfer', at: 0, transfer, previousStatus: null, origin: 'snapshot', event: null },
      room,
    );
    endings.listed();
  }
  endings.saw(removed('A', 'gone'), 'one');
  expect(endings.exitCode).toBeNull();
  endings.saw(removed('A', 'gone'), 'two');
  expect(endings.exitCode).toBe(0);
});

const ROOM = 'room';

function inStatus(id: string, status: Status): Transfer {
  const nothing = { name: null, size: null, peer: null, conferenceId: null, fileId: null, createdAt: null };
  return firstSeen({ id, direction: 'inbound', ...nothing }, status, null, 0, null);
}

function removed(id: string, reason: RemovedReason) {
  return { kind: 'removed', at: 0, id, key: id, transfer: null, reason, removedFromDisk: null } as const;
}
