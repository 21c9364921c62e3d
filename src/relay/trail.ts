/** Sequence numbers by text: at least of the newest `limit`, and of as many before them at most. Pure. */
export class Newest {
  readonly #limit: number;
  #newer = new Map<string, number>();
  #older = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): number | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  set(key: string, sequence: number): void {
    this.#newer.set(key, sequence);
    if (this.#newer.size < this.#limit) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }

  /** Gives one that is there another number, and leaves its age. @returns whether it is there */
  renumber(key: string, sequence: number): boolean {
    const map = [this.#newer, this.#older].find((one) => one.has(key));
    map?.set(key, sequence);
    return map !== undefined;
  }

  /** The oldest first. */
  *entries(): IterableIterator<[key: string, sequence: number]> {
    yield* this.#older;
    yield* this.#newer;
  }

  clear(): void {
    this.#newer.clear();
    this.#older.clear();
  }
}

/**
 * Which records a reader took last, each by its id and number. Where a server has lost some of these and given their
 * numbers to others, it shows from which on the stream is another, and what of it is known all the same. Pure.
 */
export class Trail {
  readonly #sequences = new Newest(MAX_IDS);

  /** Sequence number of the first of them; 0 where there is none. */
  get oldest(): number {
    for (const [, sequence] of this.#sequences.entries()) return sequence;
    return 0;
  }

  /** One that is read again is no newer for that: others that are to be read again would be forgotten. */
  add(sequence: number, id: string): void {
    const key = keyOf(sequence, id);
    if (!this.#sequences.renumber(key, sequence)) this.#sequences.set(key, sequence);
  }

  /** Whether the record of this number was the one with this id. */
  has(sequence: number, id: string): boolean {
    return this.#sequences.get(keyOf(sequence, id)) === sequence;
  }

  /** Whether the record with this id was read, whatever its number was then. */
  knows(sequence: number, id: string): boolean {
    return this.#sequences.get(keyOf(sequence, id)) !== undefined;
  }

  clear(): void {
    this.#sequences.clear();
  }
}

/** Records of others have no id. */
function keyOf(sequence: number, id: string): string {
  return id === '' ? String(sequence) : id;
}

const MAX_IDS = 5_000;
