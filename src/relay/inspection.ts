import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { millis } from '@nats-io/transport-node';
import { FILES_SUBJECTS } from './subjects.js';

/** What a relay counts by itself. */
export interface RelayCounts {
  /** Records stored so far. */
  readonly published: number;
  /** Records not stored yet. */
  readonly waiting: number;
  /** Records left out so far, for want of room or as another relay took the Room. */
  readonly leftOut: number;
  /** Records stored so far with their texts cut. */
  readonly cut: number;
  /** Records that the stream never takes, so far. */
  readonly dropped: number;
  /** Rooms held now. */
  readonly held: number;
}

/** Why a relay does not do its work, although it is connected. */
export const PROBLEM_REASONS = ['records-not-stored', 'rooms-not-held'] as const;
type ProblemReason = (typeof PROBLEM_REASONS)[number];

export interface Problem {
  readonly reason: ProblemReason;
  /** What is known of it, for a person: a clause. */
  readonly detail: string;
}

/** What an inspection looks at. */
export interface Inspected {
  /** Records not stored yet. */
  readonly waiting: number;
  /** Records stored so far. */
  readonly published: number;
  /** What is wrong with NATS; `null` where nothing is known. */
  readonly fault: string | null;
  /** Rooms that no relay holds, or whose leases can't be read. */
  readonly unheld: readonly string[];
}

/** Finds what is wrong with a relay while it seems to run. Pure. */
export class Inspection {
  #published = 0;
  #progressAt = Number.NEGATIVE_INFINITY;
  #told: ReadonlySet<string> = new Set();

  /** @param now milliseconds of a clock that never goes back */
  problems({ waiting, published, fault, unheld }: Inspected, now: number): readonly Problem[] {
    if (waiting === 0 || published !== this.#published) this.#progressAt = now;
    this.#published = published;
    const problems: Problem[] = [];
    if (now - this.#progressAt >= STALLED_MS) {
      const records = waiting === 1 ? '1 record waits' : `${waiting} records wait`;
      problems.push({
        reason: 'records-not-stored',
        detail: `${records}: ${fault ?? 'NATS does not answer'}`,
      });
    }
    const [first] = unheld;
    if (first !== undefined) {
      const more = unheld.length === 1 ? '' : ` and ${unheld.length - 1} more`;
      const why = fault === null ? '' : `: ${fault}`;
      problems.push({ reason: 'rooms-not-held', detail: `${first}${more}${why}` });
    }
    return problems;
  }

  /** Sentences on shortfalls that were not there when this was asked last. */
  news(lacks: readonly (readonly [stream: string, readonly Shortfall[]])[]): readonly string[] {
    const found = lacks.flatMap(([name, shortfalls]) =>
      shortfalls.map((one) => `The stream "${name}": ${one.what}. ${mending(name, one)}`),
    );
    const news = found.filter((sentence) => !this.#told.has(sentence));
    this.#told = new Set(found);
    return news;
  }
}

/** A record that waits for longer is not stored because something is wrong. */
const STALLED_MS = 10_000;

/** What a stream or bucket is configured with, and records or leases need otherwise. */
export interface Shortfall {
  /**
   * `unusable` records or leases would be lost, or refused for ever; `forgetful` what has been is lost early;
   * `fragile` it is lost with one server; `slow` Rooms that are left wait.
   */
  readonly kind: 'unusable' | 'forgetful' | 'fragile' | 'slow';
  /** What is wrong, with the value: a clause. */
  readonly what: string;
  /** The options of `nats stream edit NAME` that mend it; `null` where it has to be made anew. */
  readonly edit: string | null;
}

/** What can be read of a configuration; old servers leave out what they do not know. */
type Config = Partial<StreamConfig>;

/** @param replicas copies there should be */
export function streamShortfalls(config: Config, replicas: number): readonly Shortfall[] {
  return [...unusableStream(config), ...forgetful(config), ...fragile(config, replicas)];
}

/**
 * @param replicas copies there should be
 * @param rooms leases there may be
 */
export function bucketShortfalls(config: Config, replicas: number, rooms: number): readonly Shortfall[] {
  const { max_age = 0, max_bytes = -1, max_msgs = -1, max_msg_size = -1, sealed, deny_delete } = config;
  const found: Shortfall[] = [];
  const add = (isWrong: boolean, what: string, edit: string | null) => {
    if (isWrong) found.push({ kind: 'unusable', what, edit });
  };
  // The server takes the age away when it seals.
  add(sealed === true, 'it is sealed', null);
  add(
    max_age <= 0,
    'nothing in it expires: a relay that died would hold its Rooms for ever',
    '--max-age 15s',
  );
  const bytes = rooms * LEASE_BYTES;
  add(
    isBelow(max_bytes, bytes),
    `it holds ${max_bytes} bytes, and the leases need ${bytes}`,
    '--max-bytes=-1',
  );
  add(isBelow(max_msgs, rooms), `it holds ${max_msgs} leases, and there are ${rooms} Rooms`, '--max-msgs=-1');
  add(isBelow(max_msg_size, LEASE_BYTES), `a lease may take ${max_msg_size} bytes only`, '--max-msg-size=-1');
  // As the tools of NATS make buckets.
  if (deny_delete === true) {
    const what = 'nothing in it can be deleted: a Room whose relay is stopped waits until its lease ends';
    found.push({ kind: 'slow', what, edit: null });
  }
  return [...found, ...fragile(config, replicas)];
}

/** What to do about it: a clause. */
export function mending(name: string, { edit }: Shortfall): string {
  const command =
    edit === null
      ? `nats stream rm ${name}, after which a relay makes it anew`
      : `nats stream edit ${name} ${edit}`;
  return `Mend it with: ${command}`;
}

function unusableStream(config: Config): readonly Shortfall[] {
  const { subjects = [], retention, discard_new_per_subject, max_msg_size = -1, no_ack, sealed } = config;
  const found: Shortfall[] = [];
  const add = (isWrong: boolean, what: string, edit: string | null) => {
    if (isWrong) found.push({ kind: 'unusable', what, edit });
  };
  const wide = subjects.find((subject) => subject === '>' || subject === 'trueconf.>');
  const edit = `--subjects '${FILES_SUBJECTS}'`;
  const listed = subjects.length === 0 ? 'it has no subjects' : `its subjects are ${subjects.join(', ')}`;
  if (wide !== undefined) add(true, `its subject ${wide} covers more than ${FILES_SUBJECTS}`, edit);
  else add(!subjects.includes(FILES_SUBJECTS), `${listed}, without ${FILES_SUBJECTS}`, edit);
  const isOther = retention !== undefined && retention !== RetentionPolicy.Limits;
  add(isOther, `its retention is "${retention}", expected "limits"`, null);
  add(no_ack === true, 'it acknowledges nothing (no_ack)', '--ack');
  const keepsFirst = discard_new_per_subject === true;
  add(keepsFirst, 'it refuses further records of a transfer (discard new per subject)', '--discard old');
  const least = MIN_RECORD_BYTES;
  add(
    isBelow(max_msg_size, least),
    `a record may take ${max_msg_size} bytes only, and ${least} are needed`,
    '--max-msg-size=-1',
  );
  add(sealed === true, 'it is sealed', null);
  return found;
}

/** What loses records that a watcher may still want. */
function forgetful(config: Config): readonly Shortfall[] {
  const { max_age = 0, max_bytes = -1, max_msgs = -1, max_msgs_per_subject = -1, discard, storage } = config;
  const found: Shortfall[] = [];
  const add = (isWrong: boolean, what: string, edit: string | null) => {
    if (isWrong) found.push({ kind: 'forgetful', what, edit });
  };
  const isBounded = max_bytes > 0 || max_msgs > 0;
  add(
    discard === DiscardPolicy.New && isBounded,
    'once it is full it takes no more records',
    '--discard old',
  );
  const hours = max_age > 0 && millis(max_age) < MIN_AGE_MS;
  add(hours, `it keeps records for ${millis(Math.max(0, max_age)) / 1_000} s only`, '--max-age 30d');
  add(isBelow(max_bytes, MIN_BYTES), `it keeps ${max_bytes} bytes only`, '--max-bytes 1GB');
  add(isBelow(max_msgs, MIN_RECORDS), `it keeps ${max_msgs} records only`, '--max-msgs=-1');
  const few = isBelow(max_msgs_per_subject, MIN_STEPS);
  add(few, `it keeps ${max_msgs_per_subject} records of each transfer only`, '--max-msgs-per-subject 64');
  add(storage === StorageType.Memory, 'it is in memory, and empty when its server is started again', null);
  return found;
}

function fragile({ num_replicas = 1 }: Config, replicas: number): readonly Shortfall[] {
  if (num_replicas >= replicas) return [];
  const what = `it has ${num_replicas} of ${replicas} copies: while a server with one is down it may not be there`;
  return [{ kind: 'fragile', what, edit: `--replicas ${replicas}` }];
}

/** Whether there is a limit, and it is lower. */
function isBelow(limit: number, least: number): boolean {
  return limit > 0 && limit < least;
}

/** A record whose texts were cut still fits. */
const MIN_RECORD_BYTES = 4_096;
/** A lease with its subject and what the server adds. */
const LEASE_BYTES = 512;
const MIN_AGE_MS = 3_600_000;
const MIN_BYTES = 1024 * 1024;
const MIN_RECORDS = 1_000;
/** A transfer has a handful of steps. */
const MIN_STEPS = 4;
