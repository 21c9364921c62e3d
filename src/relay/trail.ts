/**
 * Which records a reader took last, each by its id and number. Where a server has lost some of these and given their
 * numbers to others, it shows from which on the stream is another, and what of it is known all the same. Pure.
 */
export class Trail {
  /** Sequence numbers by id: of the newest 5,000, and as many before them. */
  #sequences = new Map<string, number>();
  #before = new Map<string, number>();

  /** Sequence number of the first of them; 0 where there is none. */
  get oldest(): number {
    for (const held of [this.#before, this.#sequences]) for (const [, sequence] of held) return sequence;
    return 0;
  }

  add(sequence: number, id: string): void {
    if (this.#sequences.size >= MAX_IDS) {
      this.#before = this.#sequences;
      this.#sequences = new Map();
    }
    this.#sequences.set(keyOf(sequence, id), sequence);
  }

  /** Whether the record of this number was the one with this id. */
  has(sequence: number, id: string): boolean {
    return this.#sequenceOf(keyOf(sequence, id)) === sequence;
  }

  /** Whether the record with this id was read, whatever its number was then. */
  knows(sequence: number, id: string): boolean {
    return this.#sequenceOf(keyOf(sequence, id)) !== undefined;
  }

  clear(): void {
    this.#sequences.clear();
    this.#before.clear();
  }

  #sequenceOf(key: string): number | undefined {
    return this.#sequences.get(key) ?? this.#before.get(key);
  }
}

/** Records of others have no id. */
function keyOf(sequence: number, id: string): string {
  return id === '' ? String(sequence) : id;
}

const MAX_IDS = 5_000;
