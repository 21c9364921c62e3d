import type { Expression } from '../rules/expression.js';
import { type Facts, factsOf } from '../rules/fields.js';
import { hasEnded, type Step, type Transfer } from '../transfers/transfer.js';
import { compareOutcomes, type Outcome } from './outcome.js';
import type { Gap, Rows } from './rows.js';

/** Which transfers a report is about. */
export interface Choice {
  /** Milliseconds since 1970: those whose time is not before it; `null` where any is. */
  readonly since: number | null;
  /** And before this. */
  readonly until: number | null;
  /** And for which this holds. */
  readonly condition: Expression | null;
}

/** The rows that are wanted, in order of time. */
export function chosen(rows: Rows, { since, until, condition }: Choice): readonly Outcome[] {
  const found: Outcome[] = [];
  for (const outcome of rows.outcomes()) {
    if (since !== null && outcome.time < since) continue;
    if (until !== null && outcome.time >= until) continue;
    if (condition === null || condition.test(factsOfOutcome(outcome)) === true) found.push(outcome);
  }
  return found.sort(compareOutcomes);
}

/** The gaps that reach into the time that is wanted. */
export function gapsWithin(rows: Rows, { since, until }: Choice): readonly Gap[] {
  return rows.gaps.filter(
    ({ from, to }) => (until === null || from < until) && (since === null || to === null || to > since),
  );
}

/** A row as conditions see a transfer: at its own time, so that they say the same whenever they are asked. */
function factsOfOutcome(outcome: Outcome): Facts {
  const { time, room, id, direction, status, known, createdAt, beganAt, endedAt, bytesPerSecond } = outcome;
  const { name, size, peer, conferenceId } = outcome;
  const path: Step[] = [{ status: 'waiting', at: createdAt ?? time }];
  if (beganAt !== null) path.push({ status: 'processing', at: beganAt });
  if (hasEnded(status) && endedAt !== null) path.push({ status, at: endedAt });
  const transfer: Transfer = {
    id,
    direction,
    status,
    statusCode: null,
    name,
    size,
    peer,
    conferenceId,
    fileId: null,
    createdAt,
    progress: null,
    bytes: null,
    bytesPerSecond,
    progressAt: null,
    path,
    omittedSteps: 0,
    firstSeenAt: createdAt ?? beganAt ?? time,
    raw: null,
  };
  return factsOf(transfer, time, room, { origin: known === 'gap' ? null : known });
}
