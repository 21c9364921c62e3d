import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/** A NATS server in a process of its own, on a port of the system's choice. */
export interface Nats {
  readonly url: string;
  readonly pid: number;
  /** Of its store, gone with it. */
  readonly folder: string;
  /** Resolves once so many records were stored, ever. */
  stored(records: number): Promise<void>;
}

export function hasNatsServer(): boolean {
  return spawnSync('nats-server', ['--version']).status === 0;
}

/** Does something with a NATS server, whose store is gone afterwards. */
export async function withNats<T>(use: (nats: Nats) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'trueconf-files-bench-'));
  const args = ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', '-1'];
  const child = spawn('nats-server', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  try {
    const address = await listening(createInterface({ input: child.stderr }));
    const { pid = 0 } = child;
    return await use({
      url: `nats://${address}`,
      pid,
      folder,
      stored: (records) => stored(address, records),
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  }
}

async function listening(lines: AsyncIterable<string>): Promise<string> {
  let address = '';
  for await (const line of lines) {
    address ||= /client connections on (\S+)/.exec(line)?.[1] ?? '';
    if (line.includes('Server is ready')) return address;
  }
  throw new Error('the NATS server did not start');
}

async function stored(servers: string, records: number): Promise<void> {
  const connection = await connect({ servers });
  try {
    const { streams } = await jetstreamManager(connection);
    // The relay makes the stream, some time after it was started.
    const last = async () => (await streams.info('TCFILES').catch(() => null))?.state.last_seq ?? 0;
    while ((await last()) < records) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  } finally {
    await connection.close();
  }
}

const LOOK_MS = 100;
