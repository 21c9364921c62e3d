import { describe, expect, test } from 'vitest';
import { formatAge, formatBytes, formatDuration, formatEta, formatRate } from '../../src/output/format.js';

const KIB = 1_024;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe('formatBytes', () => {
  test.each<[number | null, string]>([
    [null, '-'],
    [Number.NaN, '-'],
    [-1, '-'],
    [Number.POSITIVE_INFINITY, '-'],
    [0, '0 B'],
    [512, '512 B'],
    [1_023, '1023 B'],
    [1_024, '1.0 KiB'],
    [3_200, '3.1 KiB'],
    [99.96 * KIB, '100 KiB'],
    [1_023 * KIB, '1023 KiB'],
    [KIB * KIB - 1, '1.0 MiB'],
    [31.2 * KIB ** 2, '31.2 MiB'],
    [5 * KIB ** 4, '5.0 TiB'],
    [Number.MAX_SAFE_INTEGER, '8.0 PiB'],
  ])('%s is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatRate', () => {
  test.each<[number | null, string]>([
    [null, '-'],
    [0, '0 B/s'],
    [3_200, '3.1 KiB/s'],
    [-5, '-'],
  ])('%s is %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });
});

describe('formatDuration', () => {
  test.each<[number | null, string]>([
    [null, '-'],
    [Number.NaN, '-'],
    [-1, '-'],
    [0, '0s'],
    [450, '450ms'],
    [999.9, '999ms'],
    [1_000, '1s'],
    [59_999, '59s'],
    [MINUTE_MS, '1m'],
    [MINUTE_MS + 5_000, '1m 5s'],
    [HOUR_MS + 12 * MINUTE_MS, '1h 12m'],
    [HOUR_MS + 59_000, '1h'],
    [2 * DAY_MS + 3 * HOUR_MS, '2d 3h'],
    [365 * DAY_MS, '>1y'],
    [Number.MAX_SAFE_INTEGER, '>1y'],
  ])('%s ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatEta', () => {
  test.each<[number | null, string]>([
    [null, '-'],
    [Number.POSITIVE_INFINITY, '-'],
    [0, '0s'],
    [0.2, '1s'],
    [59.5, '1m'],
    [4_320, '1h 12m'],
    [1e12, '>1y'],
  ])('%s s is %s', (seconds, text) => {
    expect(formatEta(seconds)).toBe(text);
  });
});

describe('formatAge', () => {
  test.each<[number | null, string]>([
    [null, '-'],
    [-5_000, '0s'],
    [999, '0s'],
    [12_345, '12s'],
    [5 * MINUTE_MS + 59_000, '5m'],
    [3.9 * HOUR_MS, '3h'],
    [364 * DAY_MS, '364d'],
    [400 * DAY_MS, '>1y'],
  ])('%s ms is %s', (ms, text) => {
    expect(formatAge(ms)).toBe(text);
  });
});
