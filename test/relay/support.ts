import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

export const hasNatsServer = spawnSync('nats-server', ['--version']).status === 0;
if (!hasNatsServer) console.warn('nats-server is not installed: the tests that need one are skipped');

export interface Line {
  readonly [field: string]: unknown;
}

/** A process whose lines of JSON are kept, and waited for; never for a time. */
export class Program {
  readonly records: Line[] = [];
  stderr = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #isEnded = false;
  #wake: (() => void)[] = [];

  constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#ended = once(child, 'exit').then(() => {
      this.#isEnded = true;
      this.#notify();
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.records.push(JSON.parse(line));
      this.#notify();
    });
    child.stderr.on('data', (chunk) => {
      this.stderr += String(chunk);
      this.#notify();
    });
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#isEnded) throw new Error(`The program ended before that: ${this.stderr}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }

  /** Statuses told of a transfer, in order. */
  statuses(id: string): unknown[] {
    return this.records
      .filter((record) => record['id'] === id && record['type'] === 'transfer')
      .map((record) => record['status']);
  }

  /** The last status of each transfer that was not removed. */
  table(): Map<string, unknown> {
    const table = new Map<string, unknown>();
    for (const { type, room, id, status } of this.records) {
      if (type === 'transfer') table.set(`${room} ${id}`, status);
      if (type === 'removed') table.delete(`${room} ${id}`);
    }
    return table;
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const go of wake) go();
  }
}

/** What one test starts; all of it ends with `close`. */
export class World {
  readonly #folder: string;
  readonly #port: number;
  readonly #programs: Program[] = [];
  #nats: Program | null = null;

  static async open(): Promise<World> {
    const world = new World(await mkdtemp(join(tmpdir(), 'relay-test-')), await freePort());
    await build({
      stdin: { contents: "import { run } from './src/cli.ts'; await run();", resolveDir: process.cwd() },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      outfile: join(world.#folder, 'cli.mjs'),
      banner: {
        js: "import { createRequire as __r } from 'node:module';const require = __r(import.meta.url);",
      },
      logLevel: 'error',
    });
    return world;
  }

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  get server(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  async startNats(): Promise<void> {
    const store = join(this.#folder, 'store');
    const nats = new Program('nats-server', [
      '-js',
      '-sd',
      store,
      '-a',
      '127.0.0.1',
      '-p',
      String(this.#port),
    ]);
    this.#nats = nats;
    await nats.until(() => nats.stderr.includes('Server is ready'));
  }

  async killNats(): Promise<void> {
    await this.#nats?.end();
    this.#nats = null;
  }

  run(...args: readonly string[]): Program {
    const program = new Program(process.execPath, [join(this.#folder, 'cli.mjs'), ...args]);
    this.#programs.push(program);
    return program;
  }

  /** A relay that holds all its Rooms. */
  async relay(rooms: readonly string[], ...options: readonly string[]): Promise<Program> {
    const relay = this.run('relay', ...rooms, '--to', this.server, '--lease', '1500ms', ...options);
    await relay.until(() => rooms.every((room) => relay.stderr.includes(`${room}: connected`)));
    return relay;
  }

  async watch(...options: readonly string[]): Promise<Program> {
    const watcher = this.run('watch', this.server, '--json', ...options);
    await watcher.until(() => isConnected(watcher, this.server));
    return watcher;
  }

  async close(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.end()));
    await this.killNats();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export function isConnected(watcher: Program, room: string): boolean {
  const links = watcher.records.filter((one) => one['type'] === 'connection' && one['room'] === room);
  return links.at(-1)?.['state'] === 'connected';
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
