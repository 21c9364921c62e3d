import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './silent-server.js';

interface Pair {
  readonly client: Socket;
  readonly room: Socket;
  /** Lets the chunk pass that waits on its way to the client; `null` while none does. */
  release: (() => void) | null;
}

/**
 * A TCP proxy between a client and a Room, which does to the bytes what bad networks do. Faults apply to connections
 * open now and to later ones, until `heal`.
 */
export class FaultProxy {
  /** Milliseconds that each chunk from the Room waits. */
  delayMs = 0;
  /** Whether each byte from the Room travels alone. */
  splitsBytes = false;
  /** Bytes from the Room a second, or `null` for as fast as they come. */
  bytesPerSecond: number | null = null;
  /** Connections taken so far. */
  connections = 0;
  /** Where clients connect: the target's URL at the proxy's port. */
  url = '';
  readonly #target: URL;
  readonly #pairs = new Set<Pair>();
  readonly #server = createServer({ allowHalfOpen: true }, (client) => this.#take(client));
  readonly #timers = new Set<NodeJS.Timeout>();
  #isFrozen = false;

  /** @param target URL of what stands behind the proxy */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.url = `${proxy.#target.protocol}//127.0.0.1:${await listen(proxy.#server)}`;
    return proxy;
  }

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  /** Connections open now. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Chunks from the Room that wait, as `delayMs` and `bytesPerSecond` ask for. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Ends every connection: with a reset, or properly, with a FIN. */
  cut(how: 'reset' | 'fin' = 'reset'): void {
    for (const { client, room } of this.#pairs) {
      if (how === 'reset') client.resetAndDestroy();
      else client.end(() => client.destroy());
      room.destroy();
    }
  }

  /** Connections stay open and nothing passes, either way. */
  freeze(): void {
    this.#isFrozen = true;
    for (const { client, room } of this.#pairs) {
      client.pause();
      room.pause();
    }
  }

  /** The Room's side says that it sends no more, and goes on listening. */
  halfClose(): void {
    for (const { client } of this.#pairs) client.end();
  }

  /** Everything passes again as it comes. */
  heal(): void {
    this.delayMs = 0;
    this.splitsBytes = false;
    this.bytesPerSecond = null;
    this.#isFrozen = false;
    for (const pair of this.#pairs) {
      // What waits comes before what is read from now on.
      pair.release?.();
      pair.client.resume();
      pair.room.resume();
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #take(client: Socket): void {
    this.connections++;
    const room = connect({
      port: Number(this.#target.port),
      host: this.#target.hostname,
      allowHalfOpen: true,
    });
    const pair: Pair = { client, room, release: null };
    this.#pairs.add(pair);
    client.setNoDelay(true);
    for (const [from, to] of [
      [client, room],
      [room, client],
    ] as const) {
      from.on('error', () => from.destroy());
      from.on('end', () => to.end());
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
    }
    client.on('data', (chunk) => room.write(chunk));
    room.on('data', (chunk) => this.#pass(chunk, pair));
    if (this.#isFrozen) client.pause();
  }

  #pass(chunk: Buffer, pair: Pair): void {
    const { client, room } = pair;
    const isSlow = this.bytesPerSecond !== null;
    const waitMs = isSlow ? (chunk.length * 1_000) / (this.bytesPerSecond ?? 1) : this.delayMs;
    const write = () => {
      if (!client.writable) return;
      if (this.splitsBytes) for (const byte of chunk) client.write(Uint8Array.of(byte));
      else client.write(chunk);
    };
    if (waitMs === 0) {
      write();
      return;
    }
    // Nothing more is read until then, so that the bytes stay in order and pile up where they come from.
    room.pause();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#isFrozen) pair.release?.();
    }, waitMs);
    this.#timers.add(timer);
    pair.release = () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
      pair.release = null;
      write();
      room.resume();
    };
  }
}
