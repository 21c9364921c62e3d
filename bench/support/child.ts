import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT } from './paths.js';

/** What one run of a program used, as the system counted it for that process alone. */
export interface Usage {
  readonly cpuMs: number;
  readonly peakMib: number;
  /** Memory over time. */
  readonly samples: readonly { readonly at: number; readonly mib: number }[];
}

/** Called with each piece of stdout. */
export type Reader = (chunk: Buffer) => void;

/** Runs a Node program to its end and reads what it writes. */
export async function runNode(args: readonly string[], read: Reader): Promise<Usage> {
  return measured(async (env) => {
    const child = spawn(process.execPath, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', read);
    let complaint = '';
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${complaint}`);
  });
}

/** Gives `run` an environment in which a Node program leaves what it used. */
export async function measured(run: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<Usage> {
  const folder = mkdtempSync(join(tmpdir(), 'trueconf-files-bench-'));
  const path = join(folder, 'usage.json');
  try {
    await run({ ...process.env, BENCH_USAGE: path, NODE_OPTIONS: `--import=${BUILT.usage}` });
    const { cpuUs, maxRssKib, samples } = JSON.parse(readFileSync(path, 'utf8'));
    return {
      cpuMs: cpuUs / 1_000,
      peakMib: maxRssKib / 1_024,
      samples: samples.map(([at, bytes]: [number, number]) => ({ at, mib: bytes / 2 ** 20 })),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Counts the lines that a program writes. */
export class LineCounter {
  lines = 0;

  readonly read: Reader = (chunk) => {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) this.lines++;
  };
}

const LINE_FEED = 10;
