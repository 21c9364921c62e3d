/** What can be held back. */
export interface Held {
  pause(): void;
  resume(): void;
}

/** Holds back what feeds several outputs while any of them is full. */
export class Flow {
  readonly #held: Held;
  readonly #full = new Set<object>();

  constructor(held: Held) {
    this.#held = held;
  }

  /** What one output says when it is full, and when it has room again. */
  gate(): { readonly onFull: () => void; readonly onDrain: () => void } {
    const gate = {
      onFull: () => {
        this.#full.add(gate);
        if (this.#full.size === 1) this.#held.pause();
      },
      onDrain: () => {
        if (this.#full.delete(gate) && this.#full.size === 0) this.#held.resume();
      },
    };
    return gate;
  }
}
