import type { Expression } from '../rules/expression.js';
import { type Facts, factsOf, unknownTransfer } from '../rules/fields.js';
import { hasEnded, type Step, type Transfer } from '../transfers/transfer.js';
import type { Outcome } from './outcome.js';
import { compareTracks, type Gap, outcomeOf, type Rows, type Track } from './rows.js';

/** Which transfers a report is about. */
export interface Choice {
  /** Milliseconds since 1970: those whose time is not before it; `null` where any is. */
  readonly since: number | null;
  /** And before this. */
  readonly until: number | null;
  /** And for which this holds. */
  readonly condition: Expression | null;
}

/** The rows that are wanted, in order of time. Each is made anew whenever they are gone through. */
export class Chosen implements Iterable<Outcome> {
  readonly #tracks: Track[] = [];

  constructor(rows: Rows, { since, until, condition }: Choice) {
    for (const track of rows.tracks()) {
      const outcome = outcomeOf(track);
      if (since !== null && outcome.time < since) continue;
      if (until !== null && outcome.time >= until) continue;
      if (condition === null || condition.test(factsOfOutcome(outcome)) === true) this.#tracks.push(track);
    }
    this.#tracks.sort(compareTracks);
  }

  get count(): number {
    return this.#tracks.length;
  }

  *[Symbol.iterator](): Generator<Outcome> {
    for (const track of this.#tracks) yield outcomeOf(track);
  }
}

/** The gaps that reach into the time that is wanted. */
export function gapsWithin(rows: Rows, { since, until }: Choice): readonly Gap[] {
  return rows.gaps.filter(
    ({ from, to }) => (until === null || from < until) && (since === null || to === null || to > since),
  );
}

/** A row as conditions and templates see a transfer: at its own time, so that they say the same whenever they are asked. */
export function factsOfOutcome(outcome: Outcome): Facts {
  const { time, room, id, direction, status, known, createdAt, beganAt, endedAt, bytesPerSecond } = outcome;
  const { name, size, peer, conferenceId } = outcome;
  const path: Step[] = [{ status: 'waiting', at: createdAt ?? time }];
  if (beganAt !== null) path.push({ status: 'processing', at: beganAt });
  if (hasEnded(status) && endedAt !== null) path.push({ status, at: endedAt });
  const transfer: Transfer = {
    ...unknownTransfer(id),
    direction,
    status,
    name,
    size,
    peer,
    conferenceId,
    createdAt,
    bytesPerSecond,
    path,
    firstSeenAt: createdAt ?? beganAt ?? time,
  };
  return factsOf(transfer, time, room, { origin: known === 'gap' ? null : known });
}
