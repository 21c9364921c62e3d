/**
 * Where in the stream the records stand that tell what is true of a Room now. A stream lets go of its oldest records:
 * what is true must not go with them. Pure.
 */
export class Standing {
  /** By subject. */
  readonly #records = new Map<string, { readonly sequence: number; readonly transfer: string }>();

  /** @param transfer the transfer it is about, `''` for the Room itself; `null` where it tells of an end */
  stored(subject: string, sequence: number, transfer: string | null): void {
    if (transfer === null) this.#records.delete(subject);
    else this.#records.set(subject, { sequence, transfer });
  }

  /** Takes out what stands before a sequence number: it has to be told again. Gives subjects and transfers. */
  takeBefore(sequence: number): ReadonlyMap<string, string> {
    const old = new Map<string, string>();
    for (const [subject, record] of this.#records) {
      if (record.sequence < sequence) old.set(subject, record.transfer);
    }
    for (const subject of old.keys()) this.#records.delete(subject);
    return old;
  }

  /** The stream is another one: nothing stands in it. */
  clear(): void {
    this.#records.clear();
  }
}

/**
 * What one relay has told of a Room's link, by the ids of the records. What stands beside them in the stream was told by
 * another relay. Pure.
 */
export class OwnLinks {
  /** Sequence numbers by id, in the order in which they were told; 0 of those not known to be stored. */
  readonly #told = new Map<string, number>();
  #behind = 0;

  /** The sequence number behind which every record of this relay's is known. */
  get behind(): number {
    return this.#behind;
  }

  /** @param sequence of the last that was told before this relay */
  begin(sequence: number): void {
    this.#behind = sequence;
  }

  told(id: string): void {
    this.#told.set(id, 0);
    const [oldest] = this.#told;
    if (this.#told.size <= MAX_KNOWN || oldest === undefined) return;
    const [oldId, sequence] = oldest;
    this.#told.delete(oldId);
    this.#behind = Math.max(this.#behind, sequence);
  }

  stored(id: string, sequence: number): void {
    if (this.#told.has(id)) this.#told.set(id, sequence);
  }

  /** Whether all of these are this relay's. */
  are(ids: readonly string[]): boolean {
    return ids.every((id) => this.#told.has(id));
  }
}

/** A Room that is away for long is tried again and again. */
const MAX_KNOWN = 100;

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
