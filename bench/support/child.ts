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
  readonly samples: readonly Sample[];
}

/** What a program had used at a moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly mib: number;
  readonly cpuMs: number;
}

/** A program that hangs must not hold up the other rows. */
const LIMIT_MS = 180_000;
const SHOWN_UNITS = 200;

/** Called with each piece of stdout. */
export type Reader = (chunk: Buffer) => void;

/** Runs a Node program to its end and reads what it writes. */
export async function runNode(
  args: readonly string[],
  read: Reader,
  limitMs: number = LIMIT_MS,
): Promise<Usage> {
  return measured(async (env) => {
    const child = spawn(process.execPath, [...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    child.stdout.on('data', read);
    let complaint = '';
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    const [code] = await once(child, 'close');
    if (code === 0) return;
    const command = args.join(' ').slice(0, SHOWN_UNITS);
    throw new Error(`${command} ended with ${code ?? 'no code, as it took too long'}: ${complaint}`);
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
      samples: samples.map(([at, bytes, us]: [number, number, number]) => ({
        at,
        mib: bytes / 2 ** 20,
        cpuMs: us / 1_000,
      })),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of CPU for each second between two moments, as near as samples were taken. */
export function cpuPerSecond({ samples }: Usage, from: number, to: number): number {
  const within = samples.filter(({ at }) => at >= from && at <= to);
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    throw new Error(`there are too few samples between ${from} and ${to}`);
  }
  return ((last.cpuMs - first.cpuMs) * 1_000) / (last.at - first.at);
}

/** The memory in use when the program was last looked at. */
export function lastMib({ samples }: Usage): number {
  return samples.at(-1)?.mib ?? Number.NaN;
}

/** Counts the lines that a program writes, and notes when. */
export class LineCounter {
  lines = 0;
  /** When the first piece came, and when the last; milliseconds since 1970. */
  firstAt = 0;
  lastAt = 0;

  readonly read: Reader = (chunk) => {
    this.lastAt = Date.now();
    this.firstAt ||= this.lastAt;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) this.lines++;
  };
}

const LINE_FEED = 10;
