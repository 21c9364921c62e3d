import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Two Rooms through a night: the link of one is lost and comes back, the seat of the other is taken and watched again
 * in the morning. The first file is of the evening of 24 November 2026, the second of the next morning, in UTC.
 */
export const NIGHT = 'test/fixtures/rec';
export const EVENING = `${NIGHT}/2026-11-24.ndjson`;

/** Copies the recordings of the night into a folder, as if it had been the night before a moment. */
export function writeLastNight(folder: string, now: number): void {
  const days = Math.floor(now / DAY_MS) - 1 - Math.floor(Date.UTC(2026, 10, 24) / DAY_MS);
  const shifted = (ms: number) => ms + days * DAY_MS;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(NIGHT)) {
    const text = readFileSync(join(NIGHT, name), 'utf8')
      .replace(
        /"(at|time)":"([^"]+)"/g,
        (_, key, at) => `"${key}":"${new Date(shifted(Date.parse(at))).toISOString()}"`,
      )
      .replace(
        /(\\"timestamp\\":)(\d+)/g,
        (_, key, digits) =>
          // Outbound ones are in seconds.
          `${key}${digits.length > 11 ? shifted(Number(digits)) : shifted(Number(digits) * 1_000) / 1_000}`,
      );
    writeFileSync(join(folder, name), text);
  }
}

const DAY_MS = 24 * 3_600_000;
