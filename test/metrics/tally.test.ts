import { describe, expect, it } from 'vitest';
import { healthOf } from '../../src/metrics/server.js';
import { OTHER_ROOMS, Tally } from '../../src/metrics/tally.js';
import { Usage } from '../../src/metrics/usage.js';
import type { Notice } from '../../src/monitor/monitor.js';
import type { Link } from '../../src/room/entry.js';
import type { Origin } from '../../src/transfers/change.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { received } from '../support/frames.js';
import { makeTransfer } from '../support/transfers.js';

const told = (facts: Partial<Transfer>, origin: Origin = 'event') =>
  ({
    kind: 'transfer',
    at: 1,
    transfer: makeTransfer({ direction: 'inbound', ...facts }),
    previousStatus: null,
    origin,
    event: null,
  }) as const;
const progress = (facts: Partial<Transfer>) =>
  ({ kind: 'progress', at: 1, transfer: makeTransfer({ direction: 'inbound', ...facts }) }) as const;
const removed = (id: string) =>
  ({ kind: 'removed', at: 1, id, key: id, transfer: null, reason: 'gone', removedFromDisk: null }) as const;
const link = (state: Link) => ({ kind: 'link', at: 1, link: state }) as const;
const LIVE = link({ state: 'live', attempt: 1 });
const LOST = link({ state: 'waiting', attempt: 0, retryInMs: 1, reason: 'cut', wasLive: true });

function tallyOf(...notices: readonly Notice[]) {
  const tally = new Tally();
  for (const notice of notices) tally.notice(notice, 'r');
  const room = tally.rooms.get('r');
  if (room === undefined) throw new Error('nothing was counted');
  return room;
}

describe('transfers', () => {
  it('counts each status that one comes into', () => {
    const { changes } = tallyOf(
      told({ id: 'a', status: 'waiting' }),
      told({ id: 'a', status: 'complete' }),
      told({ id: 'b', status: 'complete', direction: 'outbound' }, 'resync'),
    );
    expect(changes.get('inbound')).toEqual(
      new Map([
        ['waiting', 1],
        ['complete', 1],
      ]),
    );
    expect(changes.get('outbound')).toEqual(new Map([['complete', 1]]));
  });

  it('counts nothing of what was there before, and knows that it is active', () => {
    const room = tallyOf(told({ id: 'a', status: 'processing', size: 100, bytes: 40 }, 'snapshot'));
    expect([room.changes.size, room.bytes.size]).toEqual([0, 0]);
    expect(room.active).toEqual(new Map([['inbound', 1]]));
  });

  it('knows how many have not ended', () => {
    const room = tallyOf(
      told({ id: 'a' }),
      told({ id: 'b' }),
      told({ id: 'c', direction: 'outbound' }),
      told({ id: 'd', status: 'unknown', direction: 'unknown' }),
      told({ id: 'a', status: 'failed' }),
      removed('b'),
    );
    expect(room.active).toEqual(
      new Map([
        ['outbound', 1],
        ['unknown', 1],
      ]),
    );
  });
});

describe('bytes', () => {
  const cases: readonly (readonly [string, readonly Notice[], number])[] = [
    [
      'what progress tells, and the rest at the end',
      [
        told({ id: 'a', size: 100 }),
        progress({ id: 'a', size: 100, bytes: 30 }),
        progress({ id: 'a', size: 100, bytes: 60 }),
        told({ id: 'a', size: 100, status: 'complete' }),
      ],
      100,
    ],
    ['the whole of what came without progress', [told({ id: 'a', size: 7, status: 'complete' })], 7],
    [
      'only what is new of what was there before',
      [
        told({ id: 'a', size: 100, bytes: 40, status: 'processing' }, 'snapshot'),
        told({ id: 'a', size: 100, status: 'complete' }),
      ],
      60,
    ],
    [
      'what had moved of what failed',
      [
        progress({ id: 'a', size: 100, bytes: 30 }),
        told({ id: 'a', size: 100, bytes: 30, status: 'failed' }),
      ],
      30,
    ],
    [
      'nothing twice where progress goes back',
      [progress({ id: 'a', size: 9, bytes: 5 }), progress({ id: 'a', size: 9, bytes: 2 })],
      5,
    ],
    ['no more than the file has', [progress({ id: 'a', size: 9, bytes: Number.MAX_VALUE })], 9],
    ['no sum that is useless', [told({ id: 'a', size: Number.MAX_VALUE, status: 'complete' })], 2 ** 50],
    ['nothing negative', [told({ id: 'a', size: -5, status: 'complete' })], 0],
    [
      'nothing of a report that comes after the end',
      [
        told({ id: 'a', size: 9, status: 'complete' }),
        progress({ id: 'a', size: 9, bytes: 9, status: 'complete' }),
      ],
      9,
    ],
  ];
  it.each(cases)('counts %s', (_, notices, bytes) => {
    expect(tallyOf(...notices).bytes.get('inbound')).toBe(bytes);
  });
});

describe('links and frames', () => {
  it('counts how often a link came back', () => {
    const room = tallyOf(LIVE, LOST, LIVE, LOST);
    expect([room.reconnects, room.linkState]).toEqual([1, 'disconnected']);
  });

  it('counts frames that could not be read', () => {
    const tally = new Tally();
    for (const text of ['{', '{"method":"event","event":"fileTransferHistoryCleared"}']) {
      tally.entry(received(text), 'r');
    }
    for (const code of ['binary-frame', 'frame-too-large', 'no-answer']) {
      tally.entry({ kind: 'warning', at: 1, code, message: '' }, 'r');
    }
    expect(tally.rooms.get('r')?.framesRefused).toBe(3);
  });

  it('counts events by their documented names, and all others as `other`', () => {
    const tally = new Tally();
    for (const event of ['appStateChanged', 'inviteReceived', 'inviteReceived', 'madeUp', 'other']) {
      tally.entry(received({ method: 'event', event, appState: 3 }), 'r');
    }
    const counted = { appStateChanged: 1, inviteReceived: 2, other: 2 };
    expect(tally.rooms.get('r')?.events).toEqual(new Map(Object.entries(counted)));
  });

  it('keeps the last state of a Room until another relay holds it', () => {
    const tally = new Tally();
    for (const code of [3, 4]) tally.notice({ kind: 'state', at: 1, code }, 'r');
    expect(tally.rooms.get('r')?.state).toBe(4);
    tally.release('r');
    expect(tally.rooms.get('r')?.state).toBeNull();
  });

  it('keeps the counts of a Room that another relay holds now, and none of its present', () => {
    const tally = new Tally();
    tally.notice(LIVE, 'r');
    tally.notice(told({ id: 'a' }), 'r');
    tally.release('r');
    const room = tally.rooms.get('r');
    expect([room?.linkState, room?.active.size, tally.own.size]).toEqual([null, 0, 0]);
    tally.notice(told({ id: 'b' }), 'r');
    expect(room?.changes.get('inbound')?.get('waiting')).toBe(2);
  });
});

describe('Rooms that others name', () => {
  it('have labels of their own up to a number, and one for all further ones', () => {
    const tally = new Tally(2);
    for (const room of ['a', 'b', 'c', 'd']) {
      tally.toldNotice(LIVE, room);
      tally.toldNotice(told({ id: 'same' }), room);
    }
    tally.toldNotice(removed('same'), 'd');
    expect([...tally.rooms.keys()]).toEqual(['a', 'b', OTHER_ROOMS]);
    const others = tally.rooms.get(OTHER_ROOMS);
    expect(others?.active).toEqual(new Map([['inbound', 1]]));
    expect(others?.changes.get('inbound')?.get('waiting')).toBe(2);
    expect(others?.linkState).toBeNull();
  });

  it('have short labels without controls', () => {
    const tally = new Tally();
    tally.toldNotice(LIVE, `\n\x1b"\\${'x'.repeat(1_000)}`);
    const [label = ''] = tally.rooms.keys();
    expect(label).toMatch(/^\\x0a\\x1b"\\x{196,196}…$/);
  });

  it('are nothing that this process answers for', () => {
    const tally = new Tally();
    tally.toldNotice(LOST, 'r');
    expect(healthOf(tally)).toEqual({
      status: 'up',
      problems: [],
      nats: [],
      links: { total: 0, up: 0, down: [] },
    });
  });
});

describe('health', () => {
  it('is up only with every link and every server', () => {
    const tally = new Tally();
    tally.notice(LIVE, 'a');
    tally.notice(LOST, 'b');
    tally.server('nats://x', 'not reached yet');
    expect(healthOf(tally)).toEqual({
      status: 'down',
      problems: [],
      nats: [{ server: 'nats://x', up: false, reason: 'not reached yet' }],
      links: { total: 2, up: 1, down: [{ room: 'b', state: 'disconnected', reason: 'cut' }] },
    });
    tally.server('nats://x', null);
    expect(healthOf(tally).status).toBe('down');
    tally.notice(LIVE, 'b');
    expect(healthOf(tally).status).toBe('up');
    tally.server('nats://x', 'gone');
    expect(healthOf(tally).status).toBe('down');
    tally.server('nats://x', null);
    expect(tally.servers.get('nats://x')?.reconnects).toBe(1);
  });

  it('names a bounded number of links that are down', () => {
    const tally = new Tally();
    for (let at = 0; at < 300; at++) tally.notice(LOST, `room${at}`);
    const { links } = healthOf(tally);
    expect([links.total, links.up, links.down.length]).toEqual([300, 0, 100]);
  });
});

describe('how transfers end', () => {
  const usageOf = (...notices: readonly Notice[]) => {
    const tally = new Tally();
    for (const notice of notices) tally.notice(notice, 'r');
    const lists = [tally.usage.durations, tally.usage.sizes].map(({ all }) =>
      all.map(({ direction, outcome, sum, count }) => [direction, outcome, sum, count]),
    );
    return { durations: lists[0], sizes: lists[1], failures: tally.rooms.get('r')?.failures };
  };
  const request = { ...told({ id: 'a', firstSeenAt: 1_000, createdAt: 400_000, size: 2_000 }), at: 1_000 };
  const end = (
    facts: Partial<Transfer>,
    at: number,
    previousStatus: 'waiting' | 'processing' | null,
    origin: Origin = 'event',
  ) => ({ ...told({ id: 'a', size: 2_000, ...facts }, origin), at, previousStatus }) as const;

  it('counts how long one took by our own clock, and how large it is', () => {
    const usage = usageOf(request, end({ status: 'complete' }, 8_500, 'processing'));
    expect(usage.durations).toEqual([['inbound', 'complete', 7.5, 1]]);
    expect(usage.sizes).toEqual([['inbound', 'complete', 2_000, 1]]);
    expect(usage.failures).toEqual(new Map());
  });

  it('goes by the time of the request where one was there before', () => {
    const listed = told({ id: 'a', createdAt: 500, firstSeenAt: 60_000 }, 'snapshot');
    expect(usageOf(listed, end({ status: 'failed' }, 60_500, 'waiting')).durations).toEqual([
      ['inbound', 'failed', 60, 1],
    ]);
  });

  it('counts no duration where the end was not seen, and no size that is not known or no number', () => {
    const usage = usageOf(request, end({ status: 'complete', size: null }, 9_000, 'waiting', 'resync'));
    expect([usage.durations, usage.sizes]).toEqual([[], []]);
    expect(
      usageOf(request, end({ status: 'complete', size: Number.POSITIVE_INFINITY }, 9_000, null)).sizes,
    ).toEqual([['inbound', 'complete', 2 ** 50, 1]]);
    expect(usageOf(request, end({ status: 'complete', size: Number.NaN }, 9_000, null)).sizes).toEqual([]);
    expect(usageOf(told({ id: 'b', status: 'failed' }, 'snapshot')).failures).toEqual(new Map());
  });

  it.each([
    [end({ status: 'failed' }, 2_000, 'waiting'), 'failed-before-start'],
    [end({ status: 'failed' }, 2_000, 'processing'), 'failed-in-transfer'],
    [end({ status: 'failed' }, 2_000, null), 'failed'],
    [end({ status: 'rejected' }, 2_000, 'waiting'), 'rejected'],
    [removed('a'), 'removed'],
  ])('counts why one did not arrive: $1', (notice, reason) => {
    expect(usageOf(request, notice).failures).toEqual(new Map([[reason, 1]]));
  });

  it('counts a removal only of what had not ended', () => {
    expect(usageOf(request, end({ status: 'complete' }, 2_000, null), removed('a')).failures).toEqual(
      new Map(),
    );
  });

  it('adds up between bounds as Prometheus has them', () => {
    const { sizes } = new Usage();
    for (const size of [1, 1e4, 1e4 + 1, 5e9, 1e12]) sizes.add('inbound', 'complete', size);
    expect(sizes.all).toEqual([
      {
        direction: 'inbound',
        outcome: 'complete',
        upTo: [2, 3, 3, 3, 3, 3, 4],
        sum: 1_005_000_020_002,
        count: 5,
      },
    ]);
  });
});
