import { mending, type Shortfall } from './stream-config.js';

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
  /** Rooms that no relay holds. */
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
      problems.push({ reason: 'rooms-not-held', detail: `${first}${more}` });
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
