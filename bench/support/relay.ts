import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { measured, type Usage } from './child.js';
import type { Nats } from './nats.js';
import { PROGRAM } from './paths.js';

/** What a relay says of itself at a moment. */
export interface Reading {
  readonly mib: number;
  /** Since its start. */
  readonly cpuMs: number;
}

/** Relays until `wanted` resolves. Gives what the relay alone used. */
export function relayUntil(
  nats: Nats,
  rooms: readonly string[],
  wanted: () => Promise<void>,
  options: readonly string[] = [],
): Promise<Usage> {
  return measured(async (env) => {
    const child = startRelay(nats, rooms, options, env);
    // Its output is not read, and must not fill the pipe.
    child.stderr.resume();
    await untilEnd(child, wanted);
  });
}

/** What a relay reads of itself at the beginning and at the end of a time in which nothing happens in its Rooms. */
export async function relayNothing(
  nats: Nats,
  rooms: readonly string[],
  ms: number,
): Promise<readonly [Reading, Reading]> {
  const child = startRelay(nats, rooms, ['--metrics', '0']);
  return untilEnd(child, async () => {
    const metrics = await connected(child, rooms.length);
    const before = await readingOf(metrics);
    await new Promise((resolve) => setTimeout(resolve, ms));
    return [before, await readingOf(metrics)];
  });
}

function startRelay(nats: Nats, rooms: readonly string[], options: readonly string[], env = process.env) {
  // Their addresses differ in what is not shown of them: so they have names.
  const config = join(nats.folder, 'rooms.json');
  const named = rooms.map((address, nth) => [`room-${nth}`, { address }]);
  writeFileSync(config, JSON.stringify({ rooms: Object.fromEntries(named) }), { mode: 0o600 });
  const args = [PROGRAM, 'relay', '@all', '--config', config, '--to', nats.url, ...options];
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Ends the relay in order once there is what was wanted of it. */
async function untilEnd<T>(child: ChildProcess, wanted: () => Promise<T>): Promise<T> {
  const ended = once(child, 'exit');
  const early = ended.then(([code]): never => {
    throw new Error(`the relay ended too early, with ${code}`);
  });
  early.catch(() => {});
  try {
    return await Promise.race([wanted(), early]);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Resolves once all Rooms are connected: with the address of the metrics. */
async function connected({ stderr }: ReturnType<typeof startRelay>, rooms: number): Promise<string> {
  let metrics = '';
  let count = 0;
  for await (const line of createInterface({ input: stderr })) {
    metrics ||= /\bmetrics on (\S+)/.exec(line)?.[1] ?? '';
    if (line.endsWith(': connected')) count++;
    if (count === rooms) break;
  }
  // From now on its output is not read, and must not fill the pipe.
  stderr.resume();
  return metrics;
}

async function readingOf(metrics: string): Promise<Reading> {
  const text = await (await fetch(metrics)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  const cpuMs = value('process_cpu_seconds_total') * 1_000;
  return { mib: value('process_resident_memory_bytes') / 2 ** 20, cpuMs };
}
