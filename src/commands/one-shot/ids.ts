import { TrueConfFilesError } from '../../errors.js';

/**
 * The id that a person means: a whole one, or the beginning of just one.
 * @returns `null` where none begins like that
 * @throws TrueConfFilesError `usage` where several do, or nothing is given
 */
export function findId(given: string, ids: Iterable<string>): string | null {
  if (given === '') throw new TrueConfFilesError('usage', 'An id is empty.', LIST_HINT);
  const fitting: string[] = [];
  for (const id of ids) {
    if (id === given) return id;
    if (id.startsWith(given)) fitting.push(id);
  }
  const [only, ...others] = fitting;
  if (only === undefined || others.length === 0) return only ?? null;
  const named = fitting.slice(0, MAX_NAMED).join(', ');
  const rest = fitting.length > MAX_NAMED ? ` and ${fitting.length - MAX_NAMED} more` : '';
  throw new TrueConfFilesError(
    'usage',
    `The id "${given}" is the beginning of ${fitting.length} requests: ${named}${rest}.`,
    'Give more of it.',
  );
}

/** What to do about an id that a Room does not know. */
export const LIST_HINT = "Give an id, or its beginning: 'trueconf-files list' shows them.";

const MAX_NAMED = 3;
