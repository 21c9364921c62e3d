import { TrueConfFilesError } from '../errors.js';

/**
 * The id that a person means: a whole one, or a prefix of just one.
 * @param ids of all transfers; a whole id may be any of them
 * @param prefixed ids that a prefix may stand for
 * @returns `null` where none fits
 * @throws TrueConfFilesError `usage` where several fit
 */
export function findId(
  given: string,
  ids: readonly string[],
  prefixed: readonly string[] = ids,
): string | null {
  if (ids.includes(given)) return given;
  const plain = plainId(given);
  const whole = ids.filter((id) => plainId(id) === plain);
  const fitting = [...new Set(whole.length > 0 ? whole : prefixed.filter((id) => hasPrefix(id, plain)))];
  if (fitting.length <= 1) return fitting[0] ?? null;
  const named = fitting.slice(0, MAX_NAMED).join(', ');
  const rest = fitting.length > MAX_NAMED ? ` and ${fitting.length - MAX_NAMED} more` : '';
  throw new TrueConfFilesError(
    'usage',
    `The id "${given}" is the beginning of ${fitting.length} requests: ${named}${rest}.`,
    'Give more of it.',
  );
}

/** Whether `given` is this id as a whole, or a prefix of it. */
export function meansId(given: string, id: string): boolean {
  const plain = plainId(given);
  return plainId(id) === plain || hasPrefix(id, plain);
}

/** What is wrong with an id that a person gave, as a sentence; `null` where nothing is. */
export function idFault(given: string): string | null {
  const plain = plainId(given);
  if (plain === '') return 'The id is empty (an unset variable?).';
  // What jq prints where a record has no id.
  return plain === 'null' || plain === 'undefined' ? `"${given}" is not an id.` : null;
}

/** What to do about an id that is not known: the command shows those that are. */
export function idHint(command = 'trueconf-files list'): string {
  return `Give a whole id, or at least its first 6 characters (a number only as a whole): '${command}' shows them.`;
}

/**
 * Ids are compared without the braces and the case that other programs write a UUID with; half characters as records have
 * them, as no command line can.
 */
function plainId(id: string): string {
  return id
    .trim()
    .replace(/^\{|\}$/g, '')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .toLowerCase();
}

/** Numbers, the ids before Room 4.1, begin with each other: 1 must never stand for 12. */
function hasPrefix(id: string, plain: string): boolean {
  return plain.length >= MIN_PREFIX && !/^\d+$/.test(plain) && plainId(id).startsWith(plain);
}

/** Shorter ones are too easily the prefix of another request, once theirs is gone. */
const MIN_PREFIX = 6;
const MAX_NAMED = 3;
