import { DiscardPolicy, type JetStreamClient, type JetStreamManager, StorageType } from '@nats-io/jetstream';
import { millis, nanos } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../errors.js';
import { isObject } from '../protocol/fields.js';
import { isStreamMissing, isWrongSequence } from './faults.js';
import { findStream } from './stream.js';
import { encodeToken } from './subjects.js';

/** Name of the key-value bucket; its stream is `KV_` and this. */
export const LEASE_BUCKET = 'trueconf-leases';
const LEASE_STREAM = `KV_${LEASE_BUCKET}`;
const KEYS = `$KV.${LEASE_BUCKET}`;

/**
 * Leases as keys of a JetStream key-value bucket, which the server lets expire. A key-value bucket is a stream with
 * conventions, and these few operations are all that leases need of it.
 */
export class LeaseBucket {
  /** How long a lease lives without being renewed, milliseconds: the bucket's, whoever made it. */
  readonly ttlMs: number;
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;

  /**
   * Makes the bucket where there is none.
   * @throws TrueConfFilesError `usage` where the one that is there lets nothing expire
   */
  static async open(js: JetStreamClient, jsm: JetStreamManager, ttlMs: number): Promise<LeaseBucket> {
    return new LeaseBucket(js, jsm, await ensureBucket(jsm, ttlMs));
  }

  private constructor(js: JetStreamClient, jsm: JetStreamManager, ttlMs: number) {
    this.#js = js;
    this.#jsm = jsm;
    this.ttlMs = ttlMs;
  }

  /** Makes the bucket again, where somebody has deleted it. */
  async reopen(): Promise<void> {
    await ensureBucket(this.#jsm, this.ttlMs);
  }

  /** Takes a lease that nobody holds. Gives its revision, or `null` where somebody holds it. */
  create(room: string, owner: string): Promise<number | null> {
    return this.#put(room, owner, 0);
  }

  /** Renews a lease. Gives its new revision, or `null` where it was lost. */
  renew(room: string, owner: string, revision: number): Promise<number | null> {
    return this.#put(room, owner, revision);
  }

  /** Ends a lease of this revision, and no other. */
  async release(revision: number): Promise<void> {
    await this.#jsm.streams.deleteMessage(LEASE_STREAM, revision, false);
  }

  /** Who holds a lease, and its revision; `null` where nobody does. */
  async holder(room: string): Promise<{ readonly owner: string; readonly revision: number } | null> {
    const message = await this.#jsm.streams.getMessage(LEASE_STREAM, { last_by_subj: keyOf(room) });
    if (message === null) return null;
    const owner = ownerIn(message.string());
    return { owner, revision: message.seq };
  }

  /** Which of the keys are held now: their tokens, in one request. */
  async held(): Promise<ReadonlySet<string>> {
    return (await heldLeases(this.#jsm)).tokens;
  }

  async #put(room: string, owner: string, revision: number): Promise<number | null> {
    const value = JSON.stringify({ owner, since: new Date().toISOString() });
    try {
      const expect = { lastSubjectSequence: revision };
      const { seq } = await this.#js.publish(keyOf(room), value, { expect, timeout: PUT_TIMEOUT_MS });
      return seq;
    } catch (error) {
      if (isWrongSequence(error)) return null;
      throw error;
    }
  }
}

export interface HeldLeases {
  /** Tokens of the Rooms that a relay holds now. */
  readonly tokens: ReadonlySet<string>;
  /** How long a lease lives, milliseconds; 0 where there is no bucket. */
  readonly ttlMs: number;
}

/** Which Rooms are held now, in one request; or whether one is. */
export async function heldLeases(jsm: JetStreamManager, room: string | null = null): Promise<HeldLeases> {
  const filter = room === null ? `${KEYS}.>` : keyOf(room);
  try {
    const { state, config } = await jsm.streams.info(LEASE_STREAM, { subjects_filter: filter });
    const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(KEYS.length + 1));
    return { tokens: new Set(keys), ttlMs: millis(config.max_age) };
  } catch (error) {
    if (isStreamMissing(error)) return { tokens: new Set(), ttlMs: 0 };
    throw error;
  }
}

/** @returns how long a lease lives, milliseconds */
async function ensureBucket(jsm: JetStreamManager, ttlMs: number): Promise<number> {
  const made = await addBucket(jsm, ttlMs);
  const { max_age } = made.config;
  if (max_age > 0) return millis(max_age);
  throw new TrueConfFilesError(
    'usage',
    `The key-value bucket "${LEASE_BUCKET}" lets nothing expire: a relay that died would hold its Rooms for ever.`,
    'Give it a time to live (15s), or delete it: the relay makes it anew.',
  );
}

async function addBucket(jsm: JetStreamManager, ttlMs: number) {
  const found = await findStream(jsm, LEASE_STREAM);
  if (found !== null) return found;
  try {
    return await jsm.streams.add({
      name: LEASE_STREAM,
      subjects: [`${KEYS}.>`],
      storage: StorageType.File,
      max_msgs_per_subject: 1,
      max_age: nanos(ttlMs),
      discard: DiscardPolicy.New,
      allow_rollup_hdrs: true,
      allow_direct: true,
    });
  } catch (error) {
    const other = await findStream(jsm, LEASE_STREAM);
    if (other === null) throw error;
    return other;
  }
}

function keyOf(room: string): string {
  return `${KEYS}.${encodeToken(room)}`;
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
