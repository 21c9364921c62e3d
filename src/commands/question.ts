import { TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { MAX_CREDENTIALS_UNITS, Secret } from '../protocol/secrets.js';
import type { Input } from '../terminal/input.js';
import { edit, lineOf, toEnd } from '../terminal/line.js';
import { KEYBOARD_BACK, PLAIN_KEYBOARD, readInputs } from '../terminal/reader.js';

/** Whether a person can be asked: keys come from a terminal, and the question reaches one. */
export function canAsk(host: Host): boolean {
  return host.stdin.isTTY === true && host.stderr.isTTY === true;
}

/**
 * Asks for a secret without showing what is typed. `null` where nothing was typed (Enter alone, or Ctrl-D).
 * @throws the signal's reason when it is aborted meanwhile
 */
export async function askSecret(question: string, host: Host, signal: AbortSignal): Promise<Secret | null> {
  const text = await askLine(question, false, host, signal);
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
 * @throws the signal's reason when it is aborted meanwhile
 */
export async function askYes(question: string, host: Host, signal: AbortSignal): Promise<boolean> {
  return /^y(?:es)?$/i.test(await askLine(`${question} [y/N] `, true, host, signal));
}

function askLine(question: string, isShown: boolean, host: Host, signal: AbortSignal): Promise<string> {
  const { stdin, stderr } = host;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let line = lineOf('');
    const giveBack = () => {
      stderr.write(`${KEYBOARD_BACK}\x1b[0m`);
      stdin.setRawMode(false);
    };
    const end = (act: () => void) => {
      stopReading();
      stdin.off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      giveBack();
      stderr.write('\n');
      takeBack();
      act();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const onEnd = () => end(() => resolve(''));
    const askedAt = performance.now();
    const onInputs = (inputs: readonly Input[]) => {
      for (const input of inputs) {
        const key = input.kind === 'key' ? input.key : null;
        if (key === 'ctrl-c') {
          host.interrupt();
          return;
        }
        // What was typed ahead, or pasted, is no answer to a question.
        if (isShown && (performance.now() - askedAt < READING_MS || PASTED.has(input.kind))) continue;
        if (key === 'enter' || (key === 'ctrl-d' && line.text === '')) {
          end(() => resolve(line.text));
          return;
        }
        // What can't be seen is edited at its end alone: a cursor that was moved would be lost.
        line = toEnd(edit(line, input, MAX_CREDENTIALS_UNITS) ?? line);
        if (isShown) stderr.write(`\r${question.split('\n').at(-1)}${line.text}\x1b[K`);
      }
    };
    const takeBack = host.onLastResort(giveBack);
    // Before the question: from the moment that it can be answered nothing typed may be shown.
    stdin.setRawMode(true);
    stderr.write(`${PLAIN_KEYBOARD}${question}`);
    const stopReading = readInputs(stdin, onInputs);
    stdin.once('end', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Sooner than this no person has read a question. */
const READING_MS = 300;
const PASTED: ReadonlySet<Input['kind']> = new Set(['burst', 'paste']);
