import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, type Figure, seconds } from '../support/figure.js';
import { withRoom } from '../support/room.js';
import { inTurns, TURNS } from '../support/turns.js';
import { BLAST } from '../support/wire.js';
import { watchAsRecords } from './records.js';

interface Option {
  readonly name: string;
  /** @param folder an empty one of this run alone */
  readonly args: (folder: string) => readonly string[];
}

/** Options that do something for each event. */
const OPTIONS: readonly Option[] = [
  { name: '--metrics', args: () => ['--metrics', '127.0.0.1:0'] },
  { name: '--record FILE', args: (folder) => ['--record', join(folder, 'recording.jsonl')] },
];

/** 200,000 status events as records with an option, against the same without. */
export async function options(): Promise<readonly Figure[]> {
  const [plain = [], ...withOption] = await withRoom(BLAST, ({ url }) =>
    inTurns(TURNS, [
      () => cpuOf(url, () => []),
      ...OPTIONS.map(
        ({ args }) =>
          () =>
            cpuOf(url, args),
      ),
    ]),
  );
  return OPTIONS.map(({ name }, at) =>
    compare(withOption[at] ?? [], plain, {
      row: 'options',
      what: `CPU of 200,000 status events with \`${name}\`, against without`,
      format: seconds,
    }),
  );
}

async function cpuOf(url: string, args: Option['args']): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'trueconf-files-bench-'));
  try {
    return (await watchAsRecords(url, BLAST.events, args(folder))).cpuMs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
