import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach } from 'vitest';

/** One that runs already: tests in Wine can't start a program of Linux. */
const { TESTED_NATS } = process.env;
/** The server that the tests of this process run: `NATS_SERVERS` names several, and each has a project of its own. */
const NATS_SERVER = process.env['NATS_SERVER'] ?? 'nats-server';
export const hasNatsServer = TESTED_NATS !== undefined || spawnSync(NATS_SERVER, ['--version']).status === 0;
if (!hasNatsServer) console.warn('nats-server is not installed: the tests that need one are skipped');

/** A real NATS server on loopback, with its store in a folder of its own. */
export class NatsServer {
  /** For files that its configuration or its clients need. */
  readonly folder: string;
  #child: ChildProcess | null = null;
  #port = -1;

  /** @param config lines of its configuration, besides address, port and JetStream */
  static async start(config: (folder: string) => string = () => JETSTREAM): Promise<NatsServer> {
    const server = new NatsServer(await mkdtemp(join(tmpdir(), 'nats-')));
    if (TESTED_NATS !== undefined) return server;
    await server.configure(config(server.folder));
    await server.start();
    return server;
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Where it listens: `127.0.0.1:PORT`, the same after each start. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return TESTED_NATS ?? `nats://${this.address}`;
  }

  async configure(config: string): Promise<void> {
    await writeFile(join(this.folder, 'nats.conf'), config.replaceAll('$STORE', join(this.folder, 'store')));
  }

  /** Starts it, as soon as its port is free: while it was down the system may have lent that to a connection. */
  async start(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#startOnce();
      } catch (error) {
        if (tries === MOST_TRIES || !String(error).includes('address already in use')) throw error;
        await pause(RETRY_MS);
      }
    }
  }

  async #startOnce(): Promise<void> {
    const args = ['-c', join(this.folder, 'nats.conf'), '-a', '127.0.0.1', '-p', String(this.#port)];
    const child = spawn(NATS_SERVER, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      const said: string[] = [];
      createInterface({ input: child.stderr }).on('line', (line) => {
        said.push(line);
        const port = /client connections on \S+:(\d+)/.exec(line)?.[1];
        if (port !== undefined) this.#port = Number(port);
        if (line.includes('Server is ready')) resolve();
      });
      child.once('exit', () => reject(new Error(`The NATS server did not start: ${said.join('\n')}`)));
    });
  }

  /** Ends it at once; what it had acknowledged is in its store. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Lets it neither read nor write, with all connections open. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** NATS servers that end with the test they were started in. */
export function useNatsServers() {
  const servers: NatsServer[] = [];

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  return {
    async natsServer(config?: (folder: string) => string): Promise<NatsServer> {
      const server = await NatsServer.start(config);
      servers.push(server);
      return server;
    },
  };
}

const MOST_TRIES = 100;
const RETRY_MS = 100;

/** With JetStream; `$STORE` is where it keeps things. */
export const JETSTREAM = 'jetstream { store_dir: "$STORE" }\n';
