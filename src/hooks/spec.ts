import { PlacedError, type TrueConfFilesError } from '../errors.js';
import { STATUSES, type Status } from '../transfers/transfer.js';

/** What a hook can be run for: a status that begins, the end of a transfer's record, and the state of the link. */
export type HookEvent = Status | 'removed' | 'connected' | 'disconnected' | 'taken-over';

const HOOK_EVENTS: readonly HookEvent[] = [...STATUSES, 'removed', 'connected', 'disconnected', 'taken-over'];

/** A command to run when something happens. */
export interface HookSpec {
  readonly event: HookEvent;
  /** The program, and at least it. */
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Reads `EVENT=COMMAND ARG…`.
 * @throws TrueConfFilesError `usage`
 */
export function parseHook(text: string): HookSpec {
  const at = text.indexOf('=');
  const name = (at < 0 ? text : text.slice(0, at)).trim();
  const event = HOOK_EVENTS.find((known) => known === name);
  if (event === undefined || at < 0) {
    const message =
      event === undefined ? `"${name}" is not an event for a hook` : `the event "${name}" has no command`;
    const hint = `Write EVENT=COMMAND, with one of ${HOOK_EVENTS.join(', ')}.`;
    throw new PlacedError(`${message}.`, hint, text, { start: 0, end: name.length });
  }
  const [command, ...args] = splitWords(text, at + 1);
  if (command === undefined || command === '') {
    throw new PlacedError(`The event "${name}" has no command.`, null, text, { start: at, end: text.length });
  }
  return { event, command, args };
}

/**
 * Splits a command line into words by a shell's quoting rules: blanks part words, `'…'` is taken as it stands, `\`
 * takes the next character as it stands, and `"…"` does, too, but for `\` before `"`, `\`, `$` and a backtick. Nothing is
 * expanded, and no other character means anything. On Windows, where paths have it, `\` is one but before `"`.
 * @param start where the first word may begin
 * @throws TrueConfFilesError `usage` for a quote that is never closed
 */
export function splitWords(text: string, start = 0): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? '';
    if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    if (character === "'" || character === '"') {
      const quoted = readQuoted(text, at);
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (character === '\\' && escapes(text[at + 1])) {
      at++;
      if (at === text.length) throw fault('nothing follows the last backslash', text, at - 1);
      word = (word ?? '') + text[at];
    } else word = (word ?? '') + character;
  }
  if (word !== null) words.push(word);
  return words;
}

/** @returns what stands between the quotes, and where the closing one is */
function readQuoted(text: string, open: number): { readonly text: string; readonly end: number } {
  const quote = text[open];
  let inside = '';
  for (let at = open + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === quote) return { text: inside, end: at };
    const next = text[at + 1] ?? '';
    const isEscape = quote === '"' && character === '\\' && /["\\$`]/.test(next) && escapes(next);
    if (isEscape) at++;
    inside += isEscape ? text[at] : character;
  }
  throw fault('a quote is never closed', text, open);
}

function escapes(next: string | undefined): boolean {
  return process.platform !== 'win32' || next === '"';
}

function fault(what: string, text: string, at: number): TrueConfFilesError {
  return new PlacedError(`The command can't be read: ${what}.`, null, text, { start: at, end: at + 1 });
}
