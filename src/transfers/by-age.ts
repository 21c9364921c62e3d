/** Items in the order in which they came, of which the oldest is found without a search. */
export class ByAge<Item> implements Iterable<Item> {
  readonly #items = new Set<Item>();
  /** Goes along with the set: each new iterator would have to pass by all that was taken out. */
  readonly #oldest = this.#items.values();

  get size(): number {
    return this.#items.size;
  }

  /** An item that is there already keeps its place. */
  add(item: Item): void {
    this.#items.add(item);
  }

  delete(item: Item): void {
    this.#items.delete(item);
  }

  /** Takes out the oldest; `null` where there is none. */
  takeOldest(): Item | null {
    if (this.#items.size === 0) return null;
    const { value } = this.#oldest.next();
    if (value === undefined) return null;
    this.#items.delete(value);
    return value;
  }

  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items.values();
  }
}
