/**
 * The bytes that turn the lines on a screen into the next ones: each changed line is addressed, cleared and written
 * anew, the others are left alone; `''` where nothing changed.
 *
 * @param previous `null` where what is on the screen is not known: then every line is written, and all below
 *   cleared. Nothing of the scrollback ever is.
 */
export function buildPatch(previous: readonly string[] | null, next: readonly string[]): string {
  let patch = '';
  for (const [index, text] of next.entries()) {
    if (previous === null || previous[index] !== text) patch += `${lineStart(index)}${ERASE_LINE}${text}`;
  }
  const isShorter = previous !== null && next.length < previous.length;
  if (previous === null || isShorter) patch += `${lineStart(next.length)}${ERASE_BELOW}`;
  return patch;
}

/** Clearing first: moves within a line may leave cells unwritten. */
const ERASE_LINE = '\x1b[2K';
const ERASE_BELOW = '\x1b[J';

function lineStart(index: number): string {
  return `\x1b[${index + 1};1H`;
}
