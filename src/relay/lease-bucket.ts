import {
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import { millis, nanos } from '@nats-io/transport-node';
import { isObject } from '../protocol/json.js';
import { eachOf } from '../room/timers.js';
import { isStreamMissing, isWrongSequence, lastSequenceIn } from './faults.js';
import { bucketShortfalls, type Shortfall } from './inspection.js';
import { findOrMake, hasQuorum, refuseUnusable } from './stream.js';
import { encodeToken } from './subjects.js';

/** Name of the key-value bucket; its stream is `KV_` and this. */
const LEASE_BUCKET = 'trueconf-leases';
export const LEASE_STREAM = `KV_${LEASE_BUCKET}`;
const KEYS = `$KV.${LEASE_BUCKET}`;

export interface BucketOptions {
  /** How long a lease lives where the bucket is made, milliseconds. */
  readonly ttlMs: number;
  /** Copies where it is made: the first number that the servers can do. */
  readonly replicas: readonly number[];
  /** Leases there may be. */
  readonly rooms: number;
}

/**
 * Leases as keys of a JetStream key-value bucket, which the server lets expire. A key-value bucket is a stream with
 * conventions, and these few operations are all that leases need of it.
 */
export class LeaseBucket {
  /** How long a lease lives without being renewed, milliseconds, as the bucket is configured. */
  readonly ttlMs: number;
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;
  readonly #options: BucketOptions;
  /** By token, as far as it was read. */
  readonly #newest = new Map<string, LeaseHolder>();
  #readTo = 0;
  #created = '';
  #reading: Promise<ReadonlyMap<string, LeaseHolder>> | null = null;

  /**
   * Makes the bucket where there is none.
   * @throws TrueConfFilesError `usage` where the one that is there can't hold the leases
   */
  static async open(
    js: JetStreamClient,
    jsm: JetStreamManager,
    options: BucketOptions,
  ): Promise<LeaseBucket> {
    const { config } = await ensureBucket(jsm, options);
    return new LeaseBucket(js, jsm, { ...options, ttlMs: millis(config.max_age) });
  }

  private constructor(js: JetStreamClient, jsm: JetStreamManager, options: BucketOptions) {
    this.#js = js;
    this.#jsm = jsm;
    this.#options = options;
    this.ttlMs = options.ttlMs;
  }

  /** Makes the bucket again, where an operator has deleted it. */
  async reopen(): Promise<void> {
    await ensureBucket(this.#jsm, this.#options);
  }

  /** What its configuration lacks. */
  async shortfalls(): Promise<readonly Shortfall[]> {
    const { config } = await this.#jsm.streams.info(LEASE_STREAM);
    const { replicas, rooms } = this.#options;
    return bucketShortfalls(config, replicas[0] ?? 1, rooms);
  }

  async put(room: string, owner: string, revision: number): Promise<number | null> {
    const token = encodeToken(room);
    const value = JSON.stringify({ owner, since: new Date().toISOString() });
    const write = async (lastSubjectSequence: number) => {
      const options = { expect: { lastSubjectSequence }, timeout: PUT_TIMEOUT_MS };
      return (await this.#js.publish(leaseSubject(token), value, options)).seq;
    };
    try {
      return await write(revision);
    } catch (error) {
      if (!isWrongSequence(error)) throw error;
      const isLostInIndex =
        revision > 0 &&
        lastSequenceIn(error) === 0 &&
        (await this.#byNumber()).get(token)?.revision === revision;
      return isLostInIndex ? write(0) : null;
    }
  }

  /** Ends a lease of this revision, and no other. */
  async release(revision: number): Promise<void> {
    await this.#jsm.streams.deleteMessage(LEASE_STREAM, revision, false);
  }

  /** Who holds a lease, and its revision; `null` if it is free. */
  async holder(room: string): Promise<LeaseHolder | null> {
    const token = encodeToken(room);
    const indexed = await holderOf(this.#jsm, token);
    if (indexed !== null) return indexed;
    const found = (await this.#byNumber()).get(token);
    if (found === undefined) return null;
    // It may have been released since it was read.
    const message = await this.#jsm.streams.getMessage(LEASE_STREAM, { seq: found.revision });
    return message === null ? null : found;
  }

  /**
   * Which of the keys are held now: their tokens, in one request.
   * @throws Error where they say nothing, as none of them expires or can be renewed
   */
  async held(): Promise<ReadonlySet<string>> {
    const { tokens, info } = await readLeases(this.#jsm, null);
    const found = bucketShortfalls(info.config, 1, this.#options.rooms);
    const wrong = found.find(({ kind }) => kind === 'unusable');
    if (wrong !== undefined) throw new Error(`the leases' bucket can't be used: ${wrong.what}`);
    const areMore = info.config.max_msgs_per_subject === 1 && info.state.messages > tokens.size;
    return areMore ? new Set([...tokens, ...(await this.#byNumber()).keys()]) : tokens;
  }

  /**
   * The newest lease of each Room, found by their numbers alone: a server of version 2.9 that was killed or hung may find
   * none by its subject, though it is there, and takes any write for the first.
   */
  #byNumber(): Promise<ReadonlyMap<string, LeaseHolder>> {
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readOn(): Promise<ReadonlyMap<string, LeaseHolder>> {
    const { state, created } = await this.#jsm.streams.info(LEASE_STREAM);
    const { first_seq: first, last_seq: last } = state;
    if (created !== this.#created || last < this.#readTo) {
      this.#newest.clear();
      this.#readTo = 0;
      this.#created = created;
    }
    const from = Math.max(first, this.#readTo + 1);
    const numbers = Array.from({ length: last - from + 1 }, (_, at) => from + at);
    await eachOf(numbers, PARALLEL, async (seq) => {
      const message = await this.#jsm.streams.getMessage(LEASE_STREAM, { seq });
      const token = message?.subject.slice(KEYS.length + 1) ?? '';
      if (message === null || (this.#newest.get(token)?.revision ?? 0) > seq) return;
      this.#newest.set(token, { owner: ownerIn(message.string()), revision: seq });
    });
    this.#readTo = last;
    for (const [token, { revision }] of this.#newest) if (revision < first) this.#newest.delete(token);
    return this.#newest;
  }
}

export interface LeaseHolder {
  readonly owner: string;
  readonly revision: number;
}

/** Who holds a lease; `null` where no relay does. */
export async function holderOf(jsm: JetStreamManager, token: string): Promise<LeaseHolder | null> {
  const message = await jsm.streams.getMessage(LEASE_STREAM, { last_by_subj: leaseSubject(token) });
  return message === null ? null : { owner: ownerIn(message.string()), revision: message.seq };
}

export interface HeldLeases {
  /** Tokens of the Rooms that a relay holds now. */
  readonly tokens: ReadonlySet<string>;
  /** How long a lease lives, milliseconds; 0 where there is no bucket. */
  readonly ttlMs: number;
  /** Whether most of the bucket's servers agree: without them no lease is renewed, and those there are expire. */
  readonly isCertain: boolean;
}

/** Which Rooms are held now, in one request; or whether one is. */
export async function heldLeases(jsm: JetStreamManager, room: string | null = null): Promise<HeldLeases> {
  try {
    const { tokens, info } = await readLeases(jsm, room);
    return { tokens, ttlMs: millis(info.config.max_age), isCertain: hasQuorum(info) };
  } catch (error) {
    if (isStreamMissing(error)) return { tokens: new Set(), ttlMs: 0, isCertain: true };
    throw error;
  }
}

/**
 * The bucket, and the tokens of the Rooms that are held.
 * @throws JetStreamApiError where there is no bucket
 */
export async function readLeases(
  jsm: JetStreamManager,
  room: string | null,
): Promise<{ readonly tokens: ReadonlySet<string>; readonly info: StreamInfo }> {
  const filter = leaseSubject(room === null ? '>' : encodeToken(room));
  const info = await jsm.streams.info(LEASE_STREAM, { subjects_filter: filter });
  const keys = Object.keys(info.state.subjects ?? {}).map((subject) => subject.slice(KEYS.length + 1));
  return { tokens: new Set(keys), info };
}

/** The bucket as it is, or as it was made. */
async function ensureBucket(
  jsm: JetStreamManager,
  { ttlMs, replicas, rooms }: BucketOptions,
): Promise<StreamInfo> {
  const info = await findOrMake(jsm, replicas, {
    name: LEASE_STREAM,
    subjects: [`${KEYS}.>`],
    storage: StorageType.File,
    max_msgs_per_subject: 1,
    max_age: nanos(ttlMs),
    discard: DiscardPolicy.New,
    allow_rollup_hdrs: true,
    allow_direct: true,
  });
  const sentence = `The key-value bucket "${LEASE_BUCKET}" is there but can't hold the leases`;
  refuseUnusable(sentence, LEASE_STREAM, bucketShortfalls(info.config, 1, rooms));
  return info;
}

/** Where the lease of a Room is kept. */
export function leaseSubject(token: string): string {
  return `${KEYS}.${token}`;
}

function ownerIn(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && typeof value['owner'] === 'string' ? value['owner'] : '';
  } catch {
    return '';
  }
}

const PUT_TIMEOUT_MS = 3_000;
/** Reads at once. */
const PARALLEL = 32;
