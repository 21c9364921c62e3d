import { describe, expect, it } from 'vitest';
import { fromOption, PlacedError } from '../../src/errors.js';
import { compileExpression } from '../../src/rules/expression.js';
import { type Facts, FIELDS, factsOf } from '../../src/rules/fields.js';
import { isZone } from '../../src/rules/zone.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { makeTransfer } from '../support/transfers.js';

const NOW = Date.UTC(2026, 0, 31, 12, 0, 0);
const MINUTE_MS = 60_000;

const FULL: Partial<Transfer> = {
  id: 'id-1',
  direction: 'inbound',
  status: 'processing',
  statusCode: 2,
  name: 'Report.PDF',
  size: 5_000_000,
  peer: { id: 'ada@some.server', name: null },
  conferenceId: 'c@s',
  createdAt: NOW - 2 * MINUTE_MS,
  firstSeenAt: NOW - 2 * MINUTE_MS,
  progress: 40,
  bytesPerSecond: 250_000,
  progressAt: NOW - 1_000,
};

function test(source: string, facts: Partial<Transfer> = FULL, change: Partial<Facts> = {}): boolean | null {
  return compileExpression(source).test(factsOf(makeTransfer(facts), NOW, '10.0.0.5', change));
}

describe('an expression on a transfer', () => {
  it.each<[source: string, holds: boolean]>([
    ['status == "processing"', true],
    ['status in ["waiting", "failed"]', false],
    ['size > 4 * MB && size < 5 * MiB', true],
    ['size >= 4.5 * MB', true],
    ['size > 5 * KB && size < GB', true],
    ['progress >= 40 && progress < 100', true],
    ['progress == 40', true],
    ['statusCode == 2', true],
    ['rate > 200 * KB', true],
    ['age > duration("90s")', true],
    ['age > duration("5m")', false],
    ['duration > duration("90s")', true],
    ['stalled', false],
    ['!ended', true],
    ['createdAt > timestamp("2026-01-01T00:00:00Z")', true],
    ['time - createdAt < duration("1h")', true],
    ['createdAt.getHours("Europe/Berlin") == 12', true],
    ['peer.id.endsWith("@some.server")', true],
    ['peer.name == null', true],
    ['peer != null', true],
    ['room == "10.0.0.5"', true],
    ['glob(name, "*.pdf")', true],
    ['glob(name, "*.{doc,docx}")', false],
    ['name.startsWith("report")', false],
    ['fold(name).startsWith("report")', true],
    ['fold(name) == fold("REPORT.pdf")', true],
    ['size(name) == 10', true],
    ['conferenceId == "c@s" ? direction == "inbound" : false', true],
    ['["ada@some.server", "bob@some.server"].exists(one, one == peer.id)', true],
    ['previousStatus == null && origin == null && event == null', true],
  ])('%s: %s', (source, holds) => {
    expect(test(source)).toBe(holds);
  });

  const EMPTY: Partial<Transfer> = { firstSeenAt: NOW - MINUTE_MS };
  it.each<[source: string, holds: boolean | null]>([
    ['size > 5', null],
    ['!(size > 5)', null],
    ['size == null', true],
    ['size != 5', true],
    ['size > 5 || status == "waiting"', true],
    ['size > 5 && status == "failed"', false],
    ['peer == null', true],
    ['peer.id == "ada"', null],
    ['glob(name, "*")', false],
    ['name == ""', false],
    ['progress > 5', null],
    ['createdAt > timestamp("2026-01-01T00:00:00Z")', null],
    ['age > duration("30s")', true],
    ['rate < 5', null],
  ])('of which nothing is known, %s: %s', (source, holds) => {
    expect(test(source, EMPTY)).toBe(holds);
  });

  it('knows a change by its kind, its origin and the status before', () => {
    const change = { kind: 'transfer', previousStatus: 'waiting', origin: 'resync' } as const;
    expect(test('previousStatus == "waiting" && origin == "resync"', FULL, change)).toBe(true);
  });

  it('counts a duration to the end, where the end was seen', () => {
    const ended = { ...FULL, status: 'complete' as const };
    const seen = { kind: 'transfer', previousStatus: 'processing' } as const;
    expect(test('duration == duration("2m")', ended, seen)).toBe(true);
    expect(test('duration == null', ended)).toBe(true);
    const path = [
      { status: 'processing', at: NOW - 2 * MINUTE_MS },
      { status: 'complete', at: NOW - MINUTE_MS },
    ] as const;
    expect(test('duration == duration("1m")', { ...ended, path })).toBe(true);
  });

  it('says that a transfer stalls after a while without progress, longer for large ones', () => {
    const still = { ...FULL, path: [], progressAt: NOW - 6_000, firstSeenAt: NOW - MINUTE_MS };
    expect(test('stalled', still)).toBe(true);
    expect(test('stalled', { ...still, size: 250_000_000 })).toBe(false);
    expect(test('stalled', { ...still, status: 'waiting' })).toBe(false);
  });

  it('gives the parts of a time, in a zone too, and nothing of one beyond all dates', () => {
    const created = { ...FULL, createdAt: Date.parse('2026-03-01T23:30:00Z') };
    expect(test('createdAt.getHours() == 23 && createdAt.getHours("Asia/Kathmandu") == 5', created)).toBe(
      true,
    );
    for (const zone of ['', '"UTC"']) {
      expect(test(`(createdAt + duration("99999999999h")).getFullYear(${zone}) > 1`, created)).toBe(null);
    }
  });

  it('uses each field of the table', () => {
    for (const { name } of FIELDS) expect(test(`${name} == ${name}`)).toBe(true);
  });
});

describe('a wrong expression', () => {
  it.each<[source: string, message: string, marked: string, hint: string]>([
    ['sise > 5', '"sise" is not a field.', 'sise', 'Did you mean size?'],
    ['status == failed', '"failed" is not a field.', 'failed', '"failed"'],
    ['foo', '"foo" is not a field.', 'foo', 'The fields are time, room'],
    ['peer.nam == "x"', 'A peer has no "nam".', 'nam', 'id and name'],
    [
      'size > "big"',
      "These types don't go together: int > string.",
      'size > "big"',
      'a number with a number',
    ],
    ['age > 5', 'duration > int', 'age > 5', 'duration("90s")'],
    ['createdAt > "2026"', 'timestamp > string', 'createdAt > "2026"', 'timestamp('],
    ['name', 'gives a string', 'name', 'Compare it'],
    ['status == "compelte"', '"compelte" is never a status.', '"compelte"', 'waiting, processing'],
    ['status in ["failed", "x"]', '"x" is never a status.', '"x"', 'waiting'],
    ['"up" != direction', '"up" is never a direction.', '"up"', 'inbound'],
    ['name.matches("a*")', 'matches() is not available', 'name.matches("a*")', 'glob(text, pattern)'],
    ['glob(name, "a[")', '"[" is never closed', '[', 'Close it with ]'],
    ['glob(name, peer.id)', 'must be a text in quotes', 'peer.id', 'glob(name, "*.pdf")'],
    [
      'createdAt.getHours("Europe/Berln") > 8',
      '"Europe/Berln" is not a time zone.',
      '"Europe/Berln"',
      'Berlin',
    ],
    ['time.getFullYear("") > 8', '"" is not a time zone.', '""', 'Europe/Berlin'],
    ['time.getDayOfWeek(name) > 5', 'A time zone must be a text in quotes.', 'name', 'Europe/Berlin'],
    ['glob(name)', 'There is no function glob(string)', 'glob(name)', 'glob(text, "pattern")'],
    ['size = 5', '"=" is not a comparison.', '=', '=='],
    ['ended and stalled', '"and" is written &&.', 'and', '&&'],
    ['ended or stalled', '"or" is written ||.', 'or', '||'],
    ['not ended', '"not" is written !.', 'ended', '!ended'],
    ['name == "a', 'The text is never closed.', '"a', 'the quote'],
    ['size >', 'ends too early', '', 'An example: '],
    ['(size > 5', 'ends too early', '', 'An example: '],
    ['', 'ends too early', '', 'An example: '],
    ['('.repeat(300), 'has more than 250 levels', '', 'fewer parentheses'],
    [`name == "${'a" + "'.repeat(60_000)}"`, 'The expression is too long', '', 'shorter'],
    ['size ~ 5', '"~" is not expected here.', '~', 'An example: '],
    ['size > 5)', ')', ')', 'An example: '],
    ['size && ended', 'got int', 'size && ended', 'An example: '],
  ])('%j', (source, message, marked, hint) => {
    const error = faultOf(source);
    expect(error.message).toContain(message);
    expect(error.code).toBe('usage');
    expect(error.hint).toContain(hint);
    expect(source.slice(error.place.start, error.place.end)).toContain(marked);
  });

  it('names its option', () => {
    const compile = () => fromOption('--where', () => compileExpression('sise > 5'));
    expect(compile).toThrow('--where: "sise" is not a field.');
  });
});

function faultOf(source: string): PlacedError {
  try {
    compileExpression(source);
  } catch (error) {
    if (error instanceof PlacedError) return error;
    throw error;
  }
  throw new Error(`${source} compiles`);
}

it('tells the terms about what a transfer is from those about how far it has come', () => {
  const { terms } = compileExpression(
    'glob(name, "*.pdf") && (size > 5 || stalled) && (peer.id == "a" && status == "failed")',
  );
  expect(terms.map(({ source, isLasting }) => [source, isLasting])).toEqual([
    ['glob(name, "*.pdf")', true],
    ['size > 5 || stalled', false],
    ['peer.id == "a"', true],
    ['status == "failed"', false],
  ]);
});

it('a zone is one that Intl knows', () => {
  expect(['Europe/Berlin', 'UTC', 'Etc/GMT+3'].map(isZone)).toEqual([true, true, true]);
  expect(['Mars/Phobos', '', 'berlin', '../etc'].map(isZone)).toEqual([false, false, false, false]);
});
