import { InputDecoder, SEQUENCE_MS } from '../../src/terminal/decoder.js';
import type { Input } from '../../src/terminal/input.js';

const ESC = '\x1b';
const KEY = new RegExp(`${ESC}(?:\\[[\\d;]*[A-Za-z~]|O.)|.`, 'gsu');

/** What is understood of keys, pressed one after the other: of each character and each key's sequence by itself. */
export function typed(keys: string): Input[] {
  const decoder = new InputDecoder();
  return [...keys.matchAll(KEY)].flatMap(([bytes], index) => {
    const now = index * 2 * SEQUENCE_MS;
    return [...decoder.push(Buffer.from(bytes), now), ...decoder.settle(now + SEQUENCE_MS)];
  });
}
