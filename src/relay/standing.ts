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
