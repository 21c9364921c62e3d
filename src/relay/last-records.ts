import {
  DeliverPolicy,
  type JetStreamClient,
  type JsMsg,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream';
import { readRecord, type WireRecord } from './wire-record.js';

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
    if (record.type === 'unreadable') unreadable++;
    else records.set(message.subject, { record, messageId: idOf(message), sequence: message.seq });
  });
  return { records, sequences, unreadable };
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

function idOf({ headers }: JsMsg): string {
  return headers?.get('Nats-Msg-Id') ?? '';
}

async function readWhatIsThere(
  js: JetStreamClient,
  stream: string,
  from: Partial<OrderedConsumerOptions>,
  signal: AbortSignal,
  take: (message: JsMsg) => void,
): Promise<void> {
  const consumer = await js.consumers.get(stream, { ...from, inactive_threshold: INACTIVE_MS });
  try {
    let { num_pending: left } = await consumer.info(true);
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

const BATCH = 500;
const EXPIRES_MS = 5_000;
const SILENCE_MS = 5_000;
const INACTIVE_MS = 30_000;
