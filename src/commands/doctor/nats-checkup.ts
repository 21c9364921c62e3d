import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../../errors.js';
import { describeFault } from '../../faults.js';
import { NAME_HINT, natsEnding, SILENCE_HINT } from '../../relay/faults.js';
import { NatsLink } from '../../relay/nats-link.js';
import { parseServerAddress, type ServerAddress } from '../../relay/server-address.js';
import { aborted } from '../../room/timers.js';
import { type CheckResult, fine, unchecked, wrong } from './check.js';
import { limited, timed } from './link-steps.js';
import { type Greeting, greet, isOld, placeOf } from './nats-greeting.js';

export interface NatsCheckupOptions {
  /** The address, as the user gave it. */
  readonly given: string;
  /** Credentials and certificates, as the client takes them. */
  readonly auth: Partial<NodeConnectionOptions>;
  readonly stream: string;
  /** Longest wait of each step. */
  readonly stepMs: number;
}

/** One check of the servers of a NATS cluster: what is known of them, and the connections to them. */
export class NatsCheckup {
  readonly options: NatsCheckupOptions;
  readonly signal: AbortSignal;
  /** The stream of the records, once it was found. */
  stream: StreamInfo | null = null;
  /** Tokens of the Rooms that a relay holds; `null` where the leases don't tell. */
  held: ReadonlySet<string> | null = null;
  /** Rooms that relays have reported, once they were read. */
  reported: readonly string[] = [];
  #address: ServerAddress | null = null;
  #greetings: ReadonlyMap<string, Greeting> = new Map();
  readonly #links = new Map<string, NatsLink>();
  #js: { readonly client: JetStreamClient; readonly manager: JetStreamManager } | null = null;

  constructor(options: NatsCheckupOptions, signal: AbortSignal) {
    this.options = options;
    this.signal = signal;
  }

  get address(): ServerAddress {
    if (this.#address === null) throw new Error('the address is used before it was read');
    return this.#address;
  }

  get link(): NatsLink {
    // The first that was given, as several may not be of one cluster.
    for (const server of this.address.servers) {
      const link = this.#links.get(server);
      if (link !== undefined) return link;
    }
    throw new Error('NATS is used before it was signed in to');
  }

  /** The address without a Room. */
  get server(): string {
    return this.address.label.replace(/^(\w+:\/\/[^/]+)\/.*$/, '$1');
  }

  async js(): Promise<{ readonly client: JetStreamClient; readonly manager: JetStreamManager }> {
    const { connection } = this.link;
    const timeout = this.options.stepMs;
    this.#js ??= {
      client: jetstream(connection, { timeout }),
      manager: await jetstreamManager(connection, { checkAPI: false, timeout }),
    };
    return this.#js;
  }

  /** @throws TrueConfFilesError `usage` */
  readAddress(): CheckResult {
    this.#address = parseServerAddress(this.options.given);
    const { servers, room, mustEncrypt } = this.#address;
    const what = servers.length === 1 ? 'the NATS server' : `${servers.length} NATS servers:`;
    const about = room === null ? '' : `, Room ${room}`;
    return fine(`${what} ${servers.join(', ')}${mustEncrypt ? ', encrypted' : ''}${about}`);
  }

  async lookUpNames(): Promise<CheckResult> {
    const hosts = [...new Set(this.address.servers.map((server) => placeOf(server).host))];
    const names = hosts.filter((host) => isIP(host) === 0);
    if (names.length === 0) return unchecked('IP addresses: there is no name to look up');
    const { value, milliseconds } = await timed(() => this.#each(names, lookUp));
    return this.#sum(
      value,
      names.length,
      milliseconds,
      NAME_HINT,
      ({ name, found }) => `${name} is ${found}`,
    );
  }

  async openPorts(): Promise<CheckResult> {
    const { servers } = this.address;
    const { value, milliseconds } = await timed(() => this.#each(servers, greet));
    this.#greetings = new Map(
      value.flatMap(({ name, found }) => (found instanceof Error ? [] : [[name, found] as const])),
    );
    return this.#sum(
      value,
      servers.length,
      milliseconds,
      PORT_HINT,
      ({ name }) => `${name} accepts connections`,
    );
  }

  describeServers(): CheckResult {
    const greetings = [...this.#greetings];
    const words = greetings.map(([address, { version, name, cluster, mustEncrypt, wantsCertificate }]) => {
      const within = cluster === '' ? '' : `, cluster ${cluster}`;
      const certificate = wantsCertificate ? ' and a certificate' : '';
      const encrypts = mustEncrypt ? `, asks for encryption${certificate}` : '';
      return `${address} is nats-server ${version}${name === '' ? '' : ` "${name}"`}${within}${encrypts}`;
    });
    const detail = words.join('; ');
    const old = greetings.filter(([, { version }]) => isOld(version));
    if (old.length > 0) return wrong(detail, 'Use nats-server 2.9 or newer.');
    const clusters = new Set(greetings.map(([address, { cluster }]) => cluster || address));
    if (clusters.size > 1) return wrong(`${detail}; they are not of one cluster`, CLUSTER_HINT);
    return fine(detail);
  }

  /** Signs in to each of the servers, as each has a configuration of its own. */
  async signIn(): Promise<CheckResult> {
    const { auth } = this.options;
    const servers = [...this.#greetings.keys()];
    const { value, milliseconds } = await timed(() =>
      this.#each(servers, async (server) => {
        const link = await this.#open(server);
        this.#links.set(server, link);
        return link;
      }),
    );
    const needsNone = [...this.#greetings.values()].every(
      ({ wantsSignIn, wantsCertificate }) => !wantsSignIn && !wantsCertificate,
    );
    const who = auth.user === undefined ? 'with the credentials given' : `as ${String(auth.user)}`;
    const how = auth.user === undefined && auth.authenticator === undefined ? 'without credentials' : who;
    const open = needsNone ? `; ${OPEN_TO_ALL}` : '';
    const fault = value.find(({ found }) => found instanceof TrueConfFilesError)?.found;
    if (this.#links.size === 0 && fault !== undefined) throw fault;
    const hint = fault instanceof TrueConfFilesError ? fault.hint : SILENCE_HINT;
    return this.#sum(
      value,
      servers.length,
      milliseconds,
      hint,
      ({ name }) => `signed in to ${name} ${how}`,
      open,
    );
  }

  async ping(): Promise<CheckResult> {
    const { connection } = this.link;
    const milliseconds = await limited(this.options.stepMs, this.signal, (limit) =>
      Promise.race([connection.rtt(), aborted(limit)]),
    );
    return fine('a NATS ping is answered', milliseconds);
  }

  /** A fault, as what a command that needs NATS would say. */
  fault(error: unknown): TrueConfFilesError {
    return natsEnding(this.#address?.label ?? 'NATS', error);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }

  #open(server: string): Promise<NatsLink> {
    const { auth, stepMs: dialMs } = this.options;
    const one = { ...this.address, label: server, servers: [server] };
    const options = { address: one, auth, name: 'trueconf-files doctor', retries: () => false, dialMs };
    return NatsLink.open({ ...options, signal: this.signal });
  }

  async #each<T>(
    names: readonly string[],
    act: (name: string, limit: AbortSignal) => Promise<T>,
  ): Promise<readonly Each<T>[]> {
    const { stepMs } = this.options;
    return Promise.all(
      names.map(async (name) => {
        try {
          return { name, found: await limited(stepMs, this.signal, (limit) => act(name, limit)) };
        } catch (error) {
          this.signal.throwIfAborted();
          return { name, found: error instanceof Error ? error : new Error(String(error)) };
        }
      }),
    );
  }

  /** One finding of several: some may be wrong, and where all are there is nothing to go on with. */
  #sum<T>(
    each: readonly Each<T>[],
    count: number,
    milliseconds: number,
    hint: string | null,
    describe: (one: { readonly name: string; readonly found: T }) => string,
    more = '',
  ): CheckResult {
    const words = each.map(({ name, found }) =>
      found instanceof Error ? `${name}: ${faultOf(found)}` : describe({ name, found }),
    );
    const faults = each.filter(({ found }) => found instanceof Error);
    const detail = `${words.join('; ')}${more}`;
    if (faults.length === 0) return fine(detail, milliseconds);
    if (faults.length === count) throw new TrueConfFilesError('unreachable', detail, hint);
    return wrong(detail, hint);
  }
}

interface Each<T> {
  readonly name: string;
  readonly found: T | Error;
}

async function lookUp(name: string, limit: AbortSignal): Promise<string> {
  // A look-up can't be called off, only left behind.
  const found = await Promise.race([lookup(name, { all: true }), aborted(limit)]);
  return found.map(({ address }) => address).join(', ');
}

function faultOf(error: Error): string {
  return error instanceof TrueConfFilesError ? error.message : describeFault(error);
}

const OPEN_TO_ALL = 'the server asks for no sign-in: everyone who reaches it can read and write';
const PORT_HINT =
  'Check that nats-server runs there (nats-server -js), and that the address and the firewall are right.';
const CLUSTER_HINT =
  'Give servers of one cluster; several clusters are watched as: trueconf-files watch nats://A nats://B';

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
