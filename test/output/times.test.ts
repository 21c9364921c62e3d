import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTimes, noteStamp } from '../../src/output/times.js';

const AT = Date.UTC(2026, 0, 31, 23, 30, 5, 7);
const HOUR_MS = 3_600_000;

describe('times', () => {
  it.each<[choice: string | undefined, full: string, exact: string]>([
    [undefined, '2026-01-31T23:30:05.007Z', '2026-01-31T23:30:05.007Z'],
    ['utc', '2026-01-31T23:30:05.007Z', '2026-01-31T23:30:05.007Z'],
    ['ago', '2h ago', '2026-01-31T23:30:05.007Z'],
    ['Europe/Berlin', '2026-02-01T00:30:05.007+01:00', '2026-02-01T00:30:05.007+01:00'],
    ['America/St_Johns', '2026-01-31T20:00:05.007-03:30', '2026-01-31T20:00:05.007-03:30'],
    ['Asia/Kathmandu', '2026-02-01T05:15:05.007+05:45', '2026-02-01T05:15:05.007+05:45'],
    ['UTC', '2026-01-31T23:30:05.007+00:00', '2026-01-31T23:30:05.007+00:00'],
  ])('for %s: %s', (choice, full, exact) => {
    const times = makeTimes(choice);
    expect(times.full(AT, AT + 2 * HOUR_MS)).toBe(full);
    expect(times.exact(AT)).toBe(exact);
  });

  it('are short where there is little room', () => {
    const berlin = makeTimes('Europe/Berlin');
    expect(berlin.clock(AT, AT + HOUR_MS, 'seconds')).toBe('00:30:05');
    expect(berlin.clock(AT, AT + HOUR_MS, 'minutes')).toBe('00:30');
    expect(makeTimes('utc').clock(AT, AT + HOUR_MS, 'seconds')).toBe('31 Jan');
    expect(berlin.clock(AT, AT - 90 * 24 * HOUR_MS, 'seconds')).toBe('Feb 2026');
    expect(makeTimes('ago').clock(AT, AT + HOUR_MS, 'seconds')).toBe('1h');
  });

  it('follow the clock where it changes, and mean the moment that they are of', () => {
    const berlin = makeTimes('Europe/Berlin');
    const change = Date.UTC(2026, 2, 29, 1);
    expect(berlin.exact(change - 1)).toBe('2026-03-29T01:59:59.999+01:00');
    expect(berlin.exact(change)).toBe('2026-03-29T03:00:00.000+02:00');
    const zones = fc.constantFrom('local', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'utc');
    const moments = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(zones, moments, (zone, at) => {
        // Before 1972 some zones had seconds, which RFC 3339 can't write.
        fc.pre(at > Date.UTC(1973, 0));
        expect(Date.parse(makeTimes(zone).exact(at))).toBe(at);
      }),
    );
  });

  it('are a dash where no calendar knows them', () => {
    for (const choice of [undefined, 'utc', 'local', 'Asia/Tokyo']) {
      const times = makeTimes(choice);
      for (const at of [Number.NaN, 8.64e15, 1e300, -1e300]) {
        expect([times.exact(at), times.full(at, AT), times.clock(at, AT, 'seconds')]).toEqual([
          '-',
          '-',
          '-',
        ]);
      }
    }
  });
});

it('a note has its time before it, in the zone of the others, unless none is wanted', () => {
  expect(noteStamp({})('connected', AT)).toBe('2026-01-31T23:30:05.007Z  connected');
  expect(noteStamp({ time: 'ago' })('connected', AT)).toBe('2026-01-31T23:30:05.007Z  connected');
  expect(noteStamp({ time: 'Asia/Tokyo' })('connected', AT)).toBe('2026-02-01T08:30:05.007+09:00  connected');
  expect(noteStamp({ timestamps: false })('connected', AT)).toBe('connected');
});
