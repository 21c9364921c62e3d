import type { RoomSimulator } from '../../../src/simulator/index.js';
import { createRandom, type Random } from '../../../src/simulator/names.js';

/** A Room in which one thing happens after the other, by chance from a seed: each is news, and none goes back. */
export class BusyRoom {
  readonly room: RoomSimulator;
  readonly #random: Random;
  readonly #deletes: boolean;
  readonly #active: { readonly id: string; isWaiting: boolean }[] = [];
  readonly #ended: string[] = [];
  /** The steps of each transfer, oldest first, in the words of records. */
  readonly steps = new Map<string, string[]>();
  /** Things that happened so far. */
  told = 0;

  /** @param deletes whether what has ended may be deleted */
  constructor(room: RoomSimulator, seed: number, deletes: boolean) {
    this.room = room;
    this.#deletes = deletes;
    this.#random = createRandom(seed);
  }

  step(): void {
    this.told++;
    const random = this.#random;
    if (this.#deletes && this.#ended.length > 0 && random.chance(0.05)) this.#delete();
    else if (this.#active.length < FEW_ACTIVE || random.chance(0.25)) this.#begin();
    else this.#advance();
  }

  /** What the Room holds now: the status of each transfer, in the words of records. */
  get held(): ReadonlyMap<string, string> {
    const { transfers, webSocketUrl } = this.room;
    return new Map(transfers.map(({ id, status }) => [`${webSocketUrl} ${id}`, WORDS[status]]));
  }

  #did(id: string, step: string): void {
    const key = `${this.room.webSocketUrl} ${id}`;
    this.steps.set(key, [...(this.steps.get(key) ?? []), step]);
  }

  #begin(): void {
    const { id } = this.#random.chance(0.5) ? this.room.receive() : this.room.send();
    this.#active.push({ id, isWaiting: true });
    this.#did(id, 'waiting');
  }

  #advance(): void {
    const at = this.#random.int(0, this.#active.length - 1);
    const one = this.#active[at];
    if (one === undefined) return;
    const isProcessing = one.isWaiting && this.#random.chance(0.9);
    const status = isProcessing ? 2 : this.#random.chance(0.1) ? 0 : 3;
    this.room.setStatus(one.id, status);
    this.#did(one.id, WORDS[status]);
    one.isWaiting = false;
    if (isProcessing) return;
    this.#active.splice(at, 1);
    this.#ended.push(one.id);
  }

  #delete(): void {
    const at = this.#random.int(0, this.#ended.length - 1);
    for (const id of this.#ended.splice(at, 1)) {
      this.room.delete(id);
      this.#did(id, 'removed');
    }
  }
}

const FEW_ACTIVE = 10;
const WORDS = ['failed', 'waiting', 'processing', 'complete'] as const;
