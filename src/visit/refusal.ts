import { TrueConfFilesError } from '../errors.js';
import type { Answer } from '../protocol/message.js';
import type { Redactor } from '../protocol/redactor.js';

/** The Room's own words on why it did not do something, without secrets. */
export function reasonOf(answer: Answer, redactor: Redactor): string {
  if (!answer.result) return answer.error === null ? 'it gave no reason' : redactor.redact(answer.error);
  return `its answer to "${answer.method}" makes no sense`;
}

/** @param what the Room would not do, as in "to tell of abc" */
export function refused(
  label: string,
  what: string,
  reason: string,
  hint: string | null,
): TrueConfFilesError {
  return new TrueConfFilesError('rejected', `The Room ${label} refused ${what}: ${reason}.`, hint);
}

/** @param faults why lists did not come, a sentence for each that did not */
export function incomplete(label: string, faults: readonly string[]): TrueConfFilesError {
  const what = faults.length > 1 ? 'gave no list' : 'gave only one of its two lists';
  return new TrueConfFilesError('rejected', `The Room ${label} ${what}: ${faults.join('; ')}.`);
}
