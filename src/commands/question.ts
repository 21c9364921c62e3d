import { TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { MAX_CREDENTIALS_UNITS, Secret } from '../protocol/secrets.js';

/**
 * Asks for a Room's credentials without showing what is typed. `null` if there is no terminal to ask on, or nothing was
 * typed (Enter alone, or Ctrl-D).
 * @throws the signal's reason when it is aborted before the answer
 */
export async function askSecret(label: string, host: Host, signal: AbortSignal): Promise<Secret | null> {
  if (!canAsk(host)) return null;
  const text = await ask(`PIN or password of ${safeText(label)}: `, false, host, signal);
  return text === '' ? null : new Secret(text);
}

/**
 * Makes sure, before anything is done, that a command which deletes has either `--yes` or a terminal to ask on.
 * @throws TrueConfFilesError `usage`
 */
export function checkConsent(command: string, yes: boolean | undefined, host: Host): void {
  if (yes === true || canAsk(host)) return;
  throw new TrueConfFilesError(
    'usage',
    `"${command}" asks before it deletes, and there is no terminal to ask on.`,
    'To delete without a question, give --yes.',
  );
}

/**
 * Asks whether to do it. Only `y` or `yes` and Enter is a yes, typed after the question could be read.
 * @throws the signal's reason when it is aborted before the answer
 */
export async function askYes(question: string, host: Host, signal: AbortSignal): Promise<boolean> {
  return /^y(?:es)?$/i.test(await ask(`${question} [y/N] `, true, host, signal));
}

/** Whether a person can be asked: keys come from a terminal, and the question reaches one. */
function canAsk(host: Host): boolean {
  return host.stdin.isTTY === true && host.stderr.isTTY === true;
}

/** What edits lines measures text, for which all emoji are looked up: most commands ask for nothing. */
async function ask(question: string, isShown: boolean, host: Host, signal: AbortSignal): Promise<string> {
  const { askLine } = await import('../terminal/reader.js');
  return askLine(question, isShown, host, MAX_CREDENTIALS_UNITS, signal);
}
