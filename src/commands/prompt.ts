import { Secret } from '../protocol/secret.js';
import type { Host } from './host.js';

/** Whether a person can be asked: keys come from a terminal, and the question reaches one. */
export function canAsk(host: Host): boolean {
  return host.stdin.isTTY === true && host.stderr.isTTY === true;
}

/**
 * Asks for a secret without showing what is typed. `null` where nothing was typed (Enter alone, or Ctrl-D).
 * @throws the signal's reason when it is aborted meanwhile
 */
export function askSecret(question: string, host: Host, signal: AbortSignal): Promise<Secret | null> {
  const { stdin, stderr } = host;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let typed = '';
    const end = (act: () => void) => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      takeBack();
      act();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const onData = (chunk: Buffer | string) => {
      for (const character of chunk.toString()) {
        if (character === '\r' || character === '\n' || character === END_OF_INPUT) {
          end(() => resolve(typed === '' ? null : new Secret(typed)));
          return;
        }
        if (character === INTERRUPT) host.interrupt();
        else if (ERASE.has(character)) typed = [...typed].slice(0, -1).join('');
        else if (character === ERASE_LINE) typed = '';
        else if (character >= ' ') typed += character;
      }
    };
    const onEnd = () => end(() => resolve(null));
    const takeBack = host.onLastResort(() => stdin.setRawMode(false));
    // Before the question: from the moment that it can be answered nothing typed may be shown.
    stdin.setRawMode(true);
    stderr.write(question);
    stdin.on('data', onData);
    stdin.once('end', onEnd);
    stdin.resume();
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

const INTERRUPT = '\x03';
const END_OF_INPUT = '\x04';
const ERASE_LINE = '\x15';
const ERASE: ReadonlySet<string> = new Set(['\x7f', '\b']);
