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
