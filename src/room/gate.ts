/** Lets work pass while it is open, as it is at first. */
export class Gate {
  readonly #waiting = new Set<() => void>();
  #isShut = false;

  get isShut(): boolean {
    return this.#isShut;
  }

  shut(): void {
    this.#isShut = true;
  }

  open(): void {
    this.#isShut = false;
    for (const go of this.#waiting) go();
  }

  /** Resolves as soon as it is open; rejects with the signal's reason as soon as that is aborted. */
  async passed(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (this.#isShut) await this.#opening(signal);
  }

  #opening(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(go);
        signal?.removeEventListener('abort', onAbort);
      };
      const go = () => {
        end();
        resolve();
      };
      const onAbort = () => {
        end();
        reject(signal?.reason);
      };
      this.#waiting.add(go);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
