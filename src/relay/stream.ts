import { setTimeout as pause } from 'node:timers/promises';
import {
  type Consumer,
  type ConsumerInfo,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  type OrderedConsumerOptions,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { millis, type NatsConnection, nanos } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../errors.js';
import { type NoRecord, readRecord, type WireRecord } from '../records/read.js';
import { isStreamMissing } from './faults.js';
import { mending, type Shortfall, streamShortfalls } from './inspection.js';
import type { Outgoing } from './outbox.js';
import { FILES_SUBJECTS, filesFilter, isSubjectOf } from './subjects.js';

export interface StreamOptions {
  readonly name: string;
  /** How long records are kept, milliseconds. */
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  /** Copies of a stream that is made: the first number that the servers can do. */
  readonly replicas: readonly number[];
}

/** The stream as it is; `null` where there is none. */
export async function findStream(jsm: JetStreamManager, name: string): Promise<StreamInfo | null> {
  try {
    return await jsm.streams.info(name);
  } catch (error) {
    if (isStreamMissing(error)) return null;
    throw error;
  }
}

/**
 * Makes the stream where there is none. One that is there belongs to the operator: it is looked at, never changed.
 * @throws TrueConfFilesError `usage` where the one that is there can't hold the records
 */
export async function ensureStream(
  jsm: JetStreamManager,
  { name, maxAgeMs, maxBytes, replicas }: StreamOptions,
): Promise<StreamInfo> {
  const info = await findOrMake(jsm, replicas, {
    name,
    subjects: [FILES_SUBJECTS],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(maxAgeMs),
    max_bytes: maxBytes,
    max_msgs_per_subject: MAX_RECORDS_PER_TRANSFER,
    duplicate_window: nanos(Math.min(DUPLICATE_WINDOW_MS, maxAgeMs)),
    allow_direct: true,
  });
  const sentence = `The stream "${name}" is there but can't hold the records`;
  refuseUnusable(sentence, name, streamShortfalls(info.config, 1));
  return info;
}

/** The stream of that name as it is, or as it was made. */
export async function findOrMake(
  jsm: JetStreamManager,
  replicas: readonly number[],
  config: Partial<StreamConfig> & { readonly name: string },
): Promise<StreamInfo> {
  const found = await findStream(jsm, config.name);
  if (found !== null) return found;
  // A cluster that comes up may not have all of its servers yet.
  const [wanted = 1] = replicas;
  const tried = replicas.length > 1 ? [...Array<number>(MOST_TRIES).fill(wanted), ...replicas] : replicas;
  for (let tries = 0; ; tries++) {
    try {
      return await jsm.streams.add({ ...config, num_replicas: tried[tries] ?? 1 });
    } catch (error) {
      // Another relay may have made it since.
      const made = await findStream(jsm, config.name);
      if (made !== null) return made;
      if (!(error instanceof JetStreamApiError) || tries + 1 >= tried.length) throw error;
      await pause(RETRY_MS);
    }
  }
}

/** Whether a leader described a stream: without one a server describes its own copy, which may be old. */
export function isOfLeader({ cluster }: StreamInfo | ConsumerInfo): boolean {
  return cluster === undefined || (cluster.leader ?? '') !== '';
}

/** Whether most of a stream's servers agree: without them nothing is stored. */
export function hasQuorum(info: StreamInfo): boolean {
  const replicas = info.cluster?.replicas ?? [];
  const heard = replicas.filter(({ active, offline }) => offline !== true && millis(active) < SILENT_MS);
  return isOfLeader(info) && (heard.length + 1) * 2 > replicas.length + 1;
}

/** Copies of a stream that is made: 3 where the cluster has as many servers, unless a number was given. */
export function replicasFor({ info }: NatsConnection, told: number | null): readonly number[] {
  if (told !== null) return [told];
  return (info?.connect_urls?.length ?? 0) >= CLUSTER_SERVERS ? [CLUSTER_SERVERS, 1] : [1];
}

/** @throws TrueConfFilesError `usage` */
export function refuseUnusable(sentence: string, name: string, shortfalls: readonly Shortfall[]): void {
  const found = shortfalls.find(({ kind }) => kind === 'unusable');
  if (found === undefined) return;
  throw new TrueConfFilesError(
    'usage',
    `${sentence}: ${found.what}.`,
    `It is left as it is. ${mending(name, found)}.`,
  );
}

const CLUSTER_SERVERS = 3;
/** A leader hears from each copy once a second. */
const SILENT_MS = 5_000;
/** Bounds what one chatty transfer can fill; the last is what counts. */
const MAX_RECORDS_PER_TRANSFER = 64;
/** Costs about 260 bytes of the server's memory per id; longer outages are settled by reading back. */
const DUPLICATE_WINDOW_MS = 120_000;

/** The last stored record of a subject. */
export interface LastRecord {
  readonly record: WireRecord;
  /** The id it was published with; `''` where it had none. */
  readonly messageId: string;
  readonly sequence: number;
}

export interface LastRecords {
  /** By subject. */
  readonly records: ReadonlyMap<string, LastRecord>;
  /** Sequence numbers by subject, of what can't be read too. */
  readonly sequences: ReadonlyMap<string, number>;
  /** Records that could not be read. */
  readonly unreadable: number;
}

/** What the relay of a Room does with the stream, beside what goes through the outbox. */
export interface RoomStream {
  /** The last stored record of each of the Room's subjects. */
  readonly readLast: (room: string) => Promise<LastRecords>;
  /** The ids of what was stored under a subject behind a sequence number. */
  readonly readIdsAfter: (subject: string, sequence: number) => Promise<readonly string[]>;
  /** Stores a record of a Room that another relay holds. */
  readonly storeLate: (item: Outgoing, room: string, last: number) => Promise<number>;
  /** A plain message that may be lost. */
  readonly publishPlain: (subject: string, body: string) => void;
}

/** Reads the last record of each subject that the filter covers. */
export async function readLastRecords(
  js: JetStreamClient,
  stream: string,
  filter: string,
  signal: AbortSignal,
): Promise<LastRecords> {
  const records = new Map<string, LastRecord>();
  const sequences = new Map<string, number>();
  let unreadable = 0;
  const from = { deliver_policy: DeliverPolicy.LastPerSubject, filter_subjects: filter };
  await readWhatIsThere(js, stream, from, signal, (message) => {
    const record = readRecord(message.string());
    sequences.set(message.subject, message.seq);
    if (record.type === 'unreadable' || !isSubjectOf(message.subject, record)) unreadable++;
    else records.set(message.subject, { record, messageId: idOf(message), sequence: message.seq });
  });
  return { records, sequences, unreadable };
}

/**
 * Reads until nothing is lacking that was there before. A server that leads since just now may not have caught up: only
 * what is lacking after several tries is gone.
 */
export async function readCaughtUp<Found>(
  read: () => Promise<Found>,
  isLacking: (found: Found) => boolean,
  wait: (ms: number) => Promise<void>,
): Promise<Found> {
  for (let tries = 1; ; tries++) {
    const found = await read();
    if (tries >= MOST_READS || !isLacking(found)) return found;
    await wait(CATCH_UP_MS);
  }
}

/**
 * Gives every record that is stored, of a Room or of all, in the order in which they were stored.
 * @param take called for each, and for what can't be read
 */
export async function readAllRecords(
  js: JetStreamClient,
  stream: string,
  room: string | null,
  signal: AbortSignal,
  take: (record: WireRecord | NoRecord) => void,
): Promise<void> {
  const from = { deliver_policy: DeliverPolicy.All, filter_subjects: filesFilter(room) };
  await readWhatIsThere(js, stream, from, signal, (message) => {
    const record = readRecord(message.string());
    const isRefused = record.type !== 'unreadable' && !isSubjectOf(message.subject, record);
    take(isRefused ? { type: 'unreadable', reason: 'it came under the subject of another Room' } : record);
  });
}

/** The ids of what stands under a subject behind a sequence number. */
export async function readIdsAfter(
  js: JetStreamClient,
  stream: string,
  subject: string,
  sequence: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ids: string[] = [];
  const start = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: sequence + 1 };
  const from = { ...start, filter_subjects: subject };
  await readWhatIsThere(js, stream, from, signal, (message) => ids.push(idOf(message)));
  return ids;
}

/** The id that a record was published with; `''` where it had none. */
export function idOf({ headers }: Pick<JsMsg, 'headers'>): string {
  return headers?.get('Nats-Msg-Id') ?? '';
}

/**
 * A consumer at the server that leads the stream. The servers place it anywhere, and another copy may lag behind, or hold
 * something else since it was killed; only the leader's decides what can be stored.
 */
export async function consumerAtLeader(
  js: JetStreamClient,
  stream: string,
  from: Partial<OrderedConsumerOptions>,
): Promise<{ readonly consumer: Consumer; readonly info: ConsumerInfo }> {
  let leader: string | undefined;
  for (let tries = 1; ; tries++) {
    const consumer = await js.consumers.get(stream, { ...from, inactive_threshold: INACTIVE_MS });
    const info = await consumer.info(true);
    // A server that is alone is not asked who leads.
    if (tries >= MOST_PLACES || info.cluster === undefined) return { consumer, info };
    leader ??= (await (await js.jetstreamManager(false)).streams.info(stream)).cluster?.leader;
    if (isOfLeader(info) && info.cluster.leader === leader) return { consumer, info };
    await consumer.delete().catch(() => {});
  }
}

async function readWhatIsThere(
  js: JetStreamClient,
  stream: string,
  from: Partial<OrderedConsumerOptions>,
  signal: AbortSignal,
  take: (message: JsMsg) => void,
): Promise<void> {
  const { consumer, info } = await consumerAtLeader(js, stream, from);
  try {
    let { num_pending: left } = info;
    if (left === 0) return;
    const messages = await consumer.consume({ max_messages: BATCH, expires: EXPIRES_MS });
    const stop = () => messages.stop(new Error('it did not answer in time'));
    let deadline = setTimeout(stop, SILENCE_MS);
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const message of messages) {
        clearTimeout(deadline);
        take(message);
        left--;
        if (left <= 0 || message.info.pending === 0) break;
        deadline = setTimeout(stop, SILENCE_MS);
      }
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener('abort', stop);
    }
    signal.throwIfAborted();
  } finally {
    // Where it can't be deleted it ends by itself.
    await consumer.delete().catch(() => {});
  }
}

/** Of three copies one leads: 1 of 650 is placed elsewhere so often. */
const MOST_PLACES = 16;
const MOST_TRIES = 10;
const RETRY_MS = 500;
const MOST_READS = 10;
const CATCH_UP_MS = 1_000;
const BATCH = 500;
const EXPIRES_MS = 5_000;
const SILENCE_MS = 5_000;
const INACTIVE_MS = 30_000;
