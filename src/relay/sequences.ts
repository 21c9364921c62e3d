/** Sequence numbers of the last record under each subject, of the newest some 20,000. Pure. */
export class Sequences {
  #newer = new Map<string, number>();
  #older = new Map<string, number>();

  /** 0 where none is known. */
  get(subject: string): number {
    return this.#newer.get(subject) ?? this.#older.get(subject) ?? 0;
  }

  set(subject: string, sequence: number): void {
    this.#newer.set(subject, sequence);
    if (this.#newer.size <= MAX_SUBJECTS) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }

  /** Knows these, and no others. */
  reset(sequences: ReadonlyMap<string, number>): void {
    this.#newer = new Map();
    this.#older = new Map(sequences);
  }
}

const MAX_SUBJECTS = 10_000;
