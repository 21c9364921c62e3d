import { describe, expect, it } from 'vitest';
import { PlacedError } from '../../src/errors.js';
import { readMoment } from '../../src/report/moment.js';
import { Zone } from '../../src/report/zone.js';

/** A Wednesday in November, 01:30 in Berlin: in UTC it is still Tuesday. */
const NOW = Date.parse('2026-11-25T00:30:00Z');

const read = (text: string, zone = 'Europe/Berlin', now = NOW, which: 'first' | 'last' = 'first') =>
  new Date(readMoment(text, { now, zone: new Zone(zone) }, which)).toISOString();

describe('a moment', () => {
  it.each([
    ['2026-11-28', '2026-11-27T23:00:00.000Z'],
    ['2026-11-28 22:00', '2026-11-28T21:00:00.000Z'],
    ['2026-11-28T22:00:30.25', '2026-11-28T21:00:30.250Z'],
    ['2026-11-28T22:00:00Z', '2026-11-28T22:00:00.000Z'],
    ['2026-11-28t22:00:00z', '2026-11-28T22:00:00.000Z'],
    ['2026-11-28 22:00:00-05:30', '2026-11-29T03:30:00.000Z'],
    ['today', '2026-11-24T23:00:00.000Z'],
    ['yesterday', '2026-11-23T23:00:00.000Z'],
    ['yesterday 18:00', '2026-11-24T17:00:00.000Z'],
    ['now', '2026-11-25T00:30:00.000Z'],
    ['-24h', '2026-11-24T00:30:00.000Z'],
    ['-90s', '2026-11-25T00:28:30.000Z'],
    ['-2w', '2026-11-11T00:30:00.000Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z'],
  ])('%s in local time is %s', (text, moment) => {
    expect(read(text)).toBe(moment);
  });

  it.each([
    ['today', '2026-11-25T00:00:00.000Z'],
    ['yesterday', '2026-11-24T00:00:00.000Z'],
    ['2026-11-28 22:00', '2026-11-28T22:00:00.000Z'],
  ])('%s in UTC is %s', (text, moment) => {
    expect(read(text, 'UTC')).toBe(moment);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29 02:30', 'first', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29 03:00', 'first', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25 02:30', 'first', '2026-10-25T00:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25 02:30', 'last', '2026-10-25T01:30:00.000Z'],
    ['Europe/Berlin', '2026-10-26', 'first', '2026-10-25T23:00:00.000Z'],
    // There the clocks are put forward at midnight, and the day begins at one.
    ['Africa/Cairo', '2026-04-24', 'first', '2026-04-23T22:00:00.000Z'],
    // By half an hour.
    ['Australia/Lord_Howe', '2026-10-04 02:15', 'first', '2026-10-03T15:30:00.000Z'],
  ] as const)('in %s %s, the %s, is %s', (zone, text, which, moment) => {
    expect(read(text, zone, NOW, which)).toBe(moment);
  });

  it('of yesterday is 23 hours before today, where clocks were put forward', () => {
    const now = Date.parse('2026-03-30T08:00:00Z');
    expect(read('yesterday', 'Europe/Berlin', now)).toBe('2026-03-28T23:00:00.000Z');
    expect(read('today', 'Europe/Berlin', now)).toBe('2026-03-29T22:00:00.000Z');
  });

  it.each([
    ['2026-13-01', '13', 'a month is from 01 to 12'],
    ['2026-02-29', '29', 'that month has 28 days'],
    ['2026-11-28 24:00', '24', 'an hour is from 00 to 23'],
    ['yesterday 18:60', '60', 'a minute is from 00 to 59'],
    ['2026-11-28T10:00:00+25:00', '25', 'an offset is less than 24 hours'],
    ['2026-11-28 10:00 x', ' x', 'not a time from here on'],
    ['2026-11-28x', 'x', 'not a time from here on'],
    ['yesterday 10:00Z', 'Z', 'not a time from here on'],
    ['tomorrow', 'tomorrow', '"tomorrow" is not a time'],
    ['', '', '"" is not a time'],
    ['-24', '', 'has no unit'],
    ['-1month', 'month', '"month" is not a unit of time'],
    ['-h', 'h', 'not a time from here on'],
  ])('%s is refused at "%s"', (text, place, words) => {
    let error: unknown;
    try {
      read(text);
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof PlacedError)) throw error ?? new Error(`${text} was read`);
    expect(error.message).toContain(words);
    expect(text.slice(error.place.start, error.place.end)).toBe(place);
    expect(error.hint).toMatch(/-24h/);
  });
});
