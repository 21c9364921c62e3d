/**
 * Which records a reader took last, each by its number and id. Where a server has lost some of these and given their
 * numbers to others, it shows from which on the stream is another. Pure.
 */
export class Trail {
  /** Ids by sequence number: the newest 5,000, and as many before them. */
  #ids = new Map<number, string>();
  #before = new Map<number, string>();
  #oldest = 0;

  /** Sequence number of the first of them; 0 where there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  add(sequence: number, id: string): void {
    if (this.#ids.size >= MAX_IDS) {
      this.#before = this.#ids;
      this.#ids = new Map();
      [this.#oldest = 0] = this.#before.keys();
    }
    if (this.#oldest === 0) this.#oldest = sequence;
    this.#ids.set(sequence, id);
  }

  /** Whether the record of this number was the one with this id. */
  has(sequence: number, id: string): boolean {
    return (this.#ids.get(sequence) ?? this.#before.get(sequence)) === id;
  }

  clear(): void {
    this.#ids.clear();
    this.#before.clear();
    this.#oldest = 0;
  }
}

const MAX_IDS = 5_000;
