import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import type { Keep } from '../../src/recording/keeper.js';
import { NamePattern } from '../../src/recording/names.js';
import { Series } from '../../src/recording/series.js';
import { useFolder } from '../support/folder.js';

const { newPath } = useFolder();
const HOUR = 3_600_000;
/** Two minutes before noon, so that each hour has its own name. */
const NOON = new Date(2026, 2, 1, 11, 58).getTime();

const header = (time: number) =>
  `{"type":"recording","v":1,"time":"${new Date(time).toISOString()}","rooms":["one"]}\n`;

function seriesIn(folder: string, pattern: string, options: { keep?: Keep; packs?: boolean } = {}) {
  const faults = vi.fn();
  const { keep = null, packs = false } = options;
  const series = new Series(
    { pattern: new NamePattern(join(folder, pattern)), maxBytes: null, keep, packs },
    { gate: () => ({ onFull: () => {}, onDrain: () => {} }), onLost: faults, onFault: faults },
  );
  /** Writes so many parts, an hour apart. */
  const write = async (hours: number) => {
    let last: ReturnType<typeof series.begin> | null = null;
    for (let at = NOON - (hours - 1) * HOUR; at <= NOON; at += HOUR) {
      last = series.begin(at);
      last.write(header(at));
    }
    await last?.close();
    const path = await series.finish();
    expect(faults).not.toHaveBeenCalled();
    return path;
  };
  return { series, write, faults };
}

function put(folder: string, name: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

describe('parts that are kept', () => {
  it('are the newest so many', async () => {
    const folder = newPath('rec');
    await seriesIn(folder, '%H.ndjson', { keep: { count: 2 } }).write(5);
    expect(readdirSync(folder).sort()).toEqual(['10.ndjson', '11.ndjson']);
  });

  it('are those with anything of the last so many hours', async () => {
    vi.useFakeTimers({ now: NOON, toFake: ['Date'] });
    try {
      const folder = newPath('rec');
      await seriesIn(folder, '%H.ndjson', { keep: { ms: 1.5 * HOUR } }).write(5);
      // The first of these ended an hour ago.
      expect(readdirSync(folder).sort()).toEqual(['09.ndjson', '10.ndjson', '11.ndjson']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('count with those of runs before, packed or not, and with the folders that are left empty', async () => {
    const folder = newPath('rec');
    put(folder, '2025-12-31/23.ndjson', header(NOON - 4 * 24 * HOUR));
    put(folder, '2026-01-01/00.2.ndjson.gz', gzipSync(header(NOON - 3 * 24 * HOUR)));
    put(folder, '2026-01-01/00.ndjson', header(NOON - 2 * 24 * HOUR));
    await seriesIn(folder, '%F/%H.ndjson', { keep: { count: 2 } }).write(1);
    expect(
      readdirSync(folder, { recursive: true })
        .map((name) => String(name).replaceAll('\\', '/'))
        .sort(),
    ).toEqual(['2026-01-01', '2026-01-01/00.ndjson', '2026-03-01', '2026-03-01/11.ndjson']);
  });

  it('are apart from files of others', async () => {
    const folder = newPath('rec');
    const others: Readonly<Record<string, string>> = {
      '01.ndjson': '{"method":"event"}\n',
      '02.ndjson': 'my notes\n',
      '03.ndjson': '',
      '04.ndjson.bak': header(0),
      'room.ndjson': header(0),
      'deep/05.ndjson': header(0),
    };
    for (const [name, content] of Object.entries(others)) put(folder, name, content);
    put(folder, '06.ndjson', header(0));
    await seriesIn(folder, '%H.ndjson', { keep: { count: 1 } }).write(3);
    for (const [name, content] of Object.entries(others)) {
      expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
    }
    expect(existsSync(join(folder, '06.ndjson'))).toBe(false);
    expect(existsSync(join(folder, '11.ndjson'))).toBe(true);
  });
});

describe('parts that are packed', () => {
  it('are the same, and in the place of the plain ones', async () => {
    const folder = newPath('rec');
    const last = await seriesIn(folder, '%H.ndjson', { packs: true }).write(3);
    expect(last).toBe(join(folder, '11.ndjson.gz'));
    expect(readdirSync(folder).sort()).toEqual(['09.ndjson.gz', '10.ndjson.gz', '11.ndjson.gz']);
    expect(gunzipSync(readFileSync(last)).toString()).toBe(header(NOON));
  });

  it('never take a name that is taken, packed or not', async () => {
    const folder = newPath('rec');
    put(folder, '11.ndjson.gz', 'kept');
    put(folder, '11.2.ndjson', 'kept');
    const last = await seriesIn(folder, '%H.ndjson', { packs: true }).write(1);
    expect(last).toBe(join(folder, '11.3.ndjson.gz'));
    expect(readFileSync(join(folder, '11.ndjson.gz'), 'utf8')).toBe('kept');
    expect(readFileSync(join(folder, '11.2.ndjson'), 'utf8')).toBe('kept');
  });

  it('stay as they are where that fails, and nothing half-done is left', async () => {
    const folder = newPath('rec');
    const { series, faults } = seriesIn(folder, '%H.ndjson', { packs: true });
    const writer = series.begin(NOON);
    writer.write(header(NOON));
    // What can't be replaced stands where the packed file should.
    mkdirSync(join(folder, '11.ndjson.gz', 'full'), { recursive: true });
    await writer.close();
    expect(await series.finish()).toBe(join(folder, '11.ndjson'));
    expect(faults).toHaveBeenCalledOnce();
    expect(readdirSync(folder).sort()).toEqual(['11.ndjson', '11.ndjson.gz']);
    expect(readFileSync(join(folder, '11.ndjson'), 'utf8')).toBe(header(NOON));
  });
});
