import { graphemes } from '../output/width.js';
import type { Input } from './input.js';

/** Characters that come closer together than this were not typed one by one: key repeat takes 30 ms and more. */
export const BURST_MS = 20;
/** A burst that does not end is passed on in pieces of this length. */
const PIECE_MS = 100;

/**
 * Tells characters that were typed one by one from those that came together. Text waits until nothing has followed
 * it for a moment, and other inputs wait behind it. Time comes in as data, milliseconds.
 */
export class Bursts {
  #held: Input[] = [];
  #heldSince = 0;
  /** When text last came, or a key close behind it. */
  #pressedAt = Number.NEGATIVE_INFINITY;
  #isBurst = false;

  /** When `settle` has something to give; `null` while nothing waits. */
  get dueAt(): number | null {
    return this.#held.length === 0 ? null : Math.min(this.#pressedAt + BURST_MS, this.#heldSince + PIECE_MS);
  }

  /** Takes the next input; gives it where nothing has to be waited for. */
  add(input: Input, now: number): readonly Input[] {
    if (input.kind !== 'text') {
      if (this.#held.length === 0) return [input];
      // A key so close behind text, as for a line end in a paste, was not pressed after it. Reports come when they come.
      if (input.kind === 'key') {
        this.#isBurst = true;
        this.#pressedAt = now;
      }
      return this.#hold(input);
    }
    if (this.#held.length === 0) {
      this.#heldSince = now;
      this.#isBurst &&= now < this.#pressedAt + BURST_MS;
    }
    this.#pressedAt = now;
    const last = this.#held.at(-1);
    if (last?.kind !== 'text') return this.#hold(input);
    this.#held[this.#held.length - 1] = { kind: 'text', text: last.text + input.text };
    return [];
  }

  #hold(input: Input): readonly Input[] {
    this.#held.push(input);
    return [];
  }

  /** @param isUnfinished whether the first bytes of another character have come */
  settle(now: number, isUnfinished: boolean): readonly Input[] {
    const { dueAt } = this;
    if (dueAt === null || now < dueAt) return [];
    const held = this.#held;
    this.#held = [];
    const characters = held.reduce(
      (sum, input) => sum + (input.kind === 'text' ? graphemes(input.text).length : 0),
      0,
    );
    this.#isBurst ||= characters > 1 || isUnfinished;
    return this.#isBurst ? held.map(asBurst) : held;
  }
}

function asBurst(input: Input): Input {
  return input.kind === 'text' ? { kind: 'burst', text: input.text } : input;
}
