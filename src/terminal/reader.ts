import type { Host } from '../host.js';
import { InputDecoder } from './decoder.js';
import { guardTerminal } from './guards.js';
import type { Input } from './input.js';
import { edit, lineOf, toEnd } from './line.js';

/** Where a terminal's bytes come from: the part of its `tty.ReadStream` that is used. */
export interface InputSource {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
  off(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
}

/**
 * Has keys reported as they always were, whatever a program before left behind: kitty's keyboard protocol and xterm's
 * modifyOtherKeys off.
 */
export const PLAIN_KEYBOARD = '\x1b[>0u\x1b[>4;0m';
/** Takes that back. Some terminals take the first for underlined text: a reset of colours has to follow. */
export const KEYBOARD_BACK = '\x1b[>4m\x1b[<u';

/**
 * Reads a terminal in raw mode until the function that it gives is called.
 *
 * @param listener called with what came together; nothing more is given once the reading has ended
 */
export function readInputs(source: InputSource, listener: (inputs: readonly Input[]) => void): () => void {
  const decoder = new InputDecoder();
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;

  const give = (inputs: readonly Input[]): void => {
    clearTimeout(timer);
    clearImmediate(immediate);
    const { dueAt } = decoder;
    if (dueAt !== null) timer = setTimeout(settle, Math.max(0, dueAt - performance.now()));
    if (inputs.length > 0) listener(inputs);
  };
  // A busy program's timers run before its reads do: what has come by now is read first.
  const settle = (): void => {
    immediate = setImmediate(() => give(decoder.settle(performance.now())));
  };
  const onData = (chunk: Uint8Array | string): void => {
    give(decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk, performance.now()));
  };
  source.on('data', onData);
  source.resume();
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
    source.off('data', onData);
    source.pause();
  };
}

/**
 * Asks for a line, of which nothing is shown unless `isShown`. It ends with Enter, or with Ctrl-D where nothing was typed.
 * @param maxUnits what is longer is not taken in
 * @throws the signal's reason when it is aborted while waiting
 */
export function askLine(
  question: string,
  isShown: boolean,
  host: Pick<Host, 'stdin' | 'stderr' | 'interrupt' | 'onLastResort'>,
  maxUnits: number,
  signal: AbortSignal,
): Promise<string> {
  const { stdin, stderr } = host;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let line = lineOf('');
    let askedAt = 0;
    let isTaken = false;
    const take = () => {
      isTaken = true;
      line = lineOf('');
      askedAt = performance.now();
      // Before the question: from the moment that it can be answered nothing typed may be shown.
      stdin.setRawMode(true);
      stderr.write(PLAIN_KEYBOARD);
    };
    const giveBack = () => {
      if (!isTaken) return;
      isTaken = false;
      stderr.write(`${KEYBOARD_BACK}\x1b[0m`);
      stdin.setRawMode(false);
    };
    const end = (act: () => void) => {
      stopReading();
      stdin.off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      guards.dispose();
      giveBack();
      stderr.write('\n');
      takeBack();
      act();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const onEnd = () => end(() => resolve(''));
    const onInputs = (inputs: readonly Input[]) => {
      for (const input of inputs) {
        const key = input.kind === 'key' ? input.key : null;
        if (key === 'ctrl-c') {
          host.interrupt();
          return;
        }
        if (key === 'ctrl-z') {
          guards.suspend();
          return;
        }
        // What was typed ahead, or pasted, does not answer a question.
        if (isShown && (performance.now() - askedAt < READING_MS || PASTED.has(input.kind))) continue;
        if (key === 'enter' || (key === 'ctrl-d' && line.text === '')) {
          end(() => resolve(line.text));
          return;
        }
        // What can't be seen is edited at its end alone: a cursor that was moved would be lost.
        line = toEnd(edit(line, input, maxUnits) ?? line);
        if (isShown) show();
      }
    };
    const show = () => {
      stderr.write(`\r${question.split('\n').at(-1)}${isShown ? line.text : ''}\x1b[K`);
    };
    const resume = () => {
      take();
      show();
    };
    const takeBack = host.onLastResort(giveBack);
    const guards = guardTerminal({ restore: giveBack, resume });
    take();
    stderr.write(question);
    const stopReading = readInputs(stdin, onInputs);
    stdin.once('end', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Sooner than this no person has read a question. */
const READING_MS = 300;
const PASTED: ReadonlySet<Input['kind']> = new Set(['burst', 'paste']);
