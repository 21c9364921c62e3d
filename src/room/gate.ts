/** Lets work pass while it is open. */
export class Gate {
  #onOpen: (() => void)[] = [];
  #isShut = false;

  get isShut(): boolean {
    return this.#isShut;
  }

  shut(): void {
    this.#isShut = true;
  }

  open(): void {
    this.#isShut = false;
    const waiting = this.#onOpen;
    this.#onOpen = [];
    for (const go of waiting) go();
  }

  /** Resolves as soon as it is open. */
  async passed(): Promise<void> {
    while (this.#isShut) await new Promise<void>((resolve) => this.#onOpen.push(resolve));
  }
}
