import { InputDecoder } from './decoder.js';
import type { Input } from './input.js';

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
