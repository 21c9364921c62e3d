import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterEach } from 'vitest';

/** A network namespace of its own, with one link to this one, as of a machine on another cable. Takes root on Linux. */
export class Namespace {
  readonly #name: string;
  readonly #here: string;
  readonly #there: string;
  /** Of this side of the link. */
  readonly #host: string;
  readonly #servers: Server[] = [];

  constructor(nth: number) {
    const id = `${process.pid.toString(36)}${nth}`;
    this.#name = `test-${id}`;
    this.#here = `th${id}`;
    this.#there = `tt${id}`;
    const net = `10.${200 + (process.pid % 50)}.${nth % 250}`;
    this.#host = `${net}.1`;
    ip('netns', 'add', this.#name);
    ip('link', 'add', this.#here, 'type', 'veth', 'peer', 'name', this.#there, 'netns', this.#name);
    ip('addr', 'add', `${this.#host}/30`, 'dev', this.#here);
    ip('link', 'set', this.#here, 'up');
    ip('-n', this.#name, 'addr', 'add', `${net}.2/30`, 'dev', this.#there);
    this.heal();
  }

  /** What runs a program inside. */
  get through(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** Makes a server on loopback reachable from both sides: gives its URL there. */
  async reach(url: string): Promise<string> {
    const { protocol, port } = new URL(url);
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const target = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
      for (const [one, other] of [
        [client, target],
        [target, client],
      ] as const) {
        one.pipe(other).on('error', () => one.destroy());
        one.on('close', () => other.destroy());
      }
    });
    this.#servers.push(server);
    await once(server.listen(0, this.#host), 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return `${protocol}//${this.#host}:${address.port}`;
  }

  /** Pulls the cable: nothing goes out or comes in, and nothing reports that. */
  cutOff(): void {
    ip('-n', this.#name, 'link', 'set', this.#there, 'down');
  }

  heal(): void {
    ip('-n', this.#name, 'link', 'set', this.#there, 'up');
  }

  close(): void {
    for (const server of this.#servers) server.close();
    ip('netns', 'del', this.#name);
  }
}

/** Namespaces that end with the test they were made in. */
export function useNamespaces() {
  const open: Namespace[] = [];
  let made = 0;
  afterEach(() => {
    for (const namespace of open.splice(0)) namespace.close();
  });
  return {
    namespace(): Namespace {
      const namespace = new Namespace(made++);
      open.push(namespace);
      return namespace;
    },
  };
}

export const hasNamespaces = canMakeNamespaces();
if (!hasNamespaces)
  console.warn('network namespaces take root on Linux: the tests that need one are skipped');

function canMakeNamespaces(): boolean {
  const name = `probe-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return false;
  return spawnSync('ip', ['netns', 'del', name]).status === 0;
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}
