import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../errors.js';
import { isStreamMissing } from './faults.js';
import { FILES_SUBJECTS } from './subjects.js';

export interface StreamOptions {
  readonly name: string;
  /** How long records are kept, milliseconds. */
  readonly maxAgeMs: number;
  readonly maxBytes: number;
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
 * Makes the stream where there is none. One that is there belongs to whoever made it: it is looked at, never changed.
 * @throws TrueConfFilesError `usage` where the one that is there can't hold the records
 */
export async function ensureStream(jsm: JetStreamManager, options: StreamOptions): Promise<StreamInfo> {
  const { name, maxAgeMs, maxBytes } = options;
  const found = await findStream(jsm, name);
  if (found !== null) return checked(found);
  try {
    return await jsm.streams.add({
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
  } catch (error) {
    // Another relay may have made it meanwhile.
    const made = await findStream(jsm, name);
    if (made === null) throw error;
    return checked(made);
  }
}

function checked(info: StreamInfo): StreamInfo {
  const problem = problemOf(info.config);
  if (problem === null) return info;
  throw new TrueConfFilesError(
    'usage',
    `The stream "${info.config.name}" is there but can't hold the records: ${problem}.`,
    'It is left as it is. Name another with --stream, or change it with the nats tool.',
  );
}

/** What an operator may choose is theirs; these would lose records, or the news of them. */
function problemOf({ subjects = [], retention, no_ack, sealed }: StreamInfo['config']): string | null {
  const wide = subjects.find((subject) => subject === '>' || subject === 'trueconf.>');
  if (wide !== undefined) return `its subject ${wide} covers more than ${FILES_SUBJECTS}`;
  if (!subjects.includes(FILES_SUBJECTS)) {
    const which = subjects.length === 0 ? 'it has no subjects' : `its subjects are ${subjects.join(', ')}`;
    return `${which}, without ${FILES_SUBJECTS}`;
  }
  if (retention !== RetentionPolicy.Limits) return `its retention is "${retention}", expected "limits"`;
  if (no_ack) return 'it acknowledges nothing (no_ack)';
  return sealed ? 'it is sealed' : null;
}

/** Bounds what one chatty transfer can fill; the last is what counts. */
const MAX_RECORDS_PER_TRANSFER = 64;
/** Costs about 260 bytes of the server's memory per id; longer outages are settled by reading back. */
const DUPLICATE_WINDOW_MS = 120_000;
