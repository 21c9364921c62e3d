import type { TransferChange } from '../../transfers/change.js';
import type { Transfer } from '../../transfers/transfer.js';

/** What was last told of a transfer since the rows were last looked at. */
export interface Told {
  readonly room: string;
  readonly transfer: Transfer;
  /** The last change of its status; `null` where it has only come further. */
  readonly change: TransferChange | null;
}

/**
 * What transfers have come to since the rows were last looked at: a busy Room tells of each several times between two
 * frames, and only the last is shown.
 */
export class Pending {
  readonly #rooms = new Map<string, Map<string, Told>>();
  #size = 0;

  /** Transfers told of. */
  get size(): number {
    return this.#size;
  }

  change(room: string, change: TransferChange): void {
    const { transfer } = change;
    this.#set({ room, transfer, change });
  }

  progress(room: string, transfer: Transfer): void {
    const change = this.#rooms.get(room)?.get(transfer.id)?.change ?? null;
    this.#set({ room, transfer, change });
  }

  /** Takes out what was told of one transfer; `null` where nothing was. */
  take(room: string, id: string): Told | null {
    const told = this.#rooms.get(room)?.get(id) ?? null;
    if (told !== null && this.#rooms.get(room)?.delete(id)) this.#size--;
    return told;
  }

  /** Takes out all, of each Room in the order in which its transfers were first told of. */
  *takeAll(): Generator<Told> {
    for (const transfers of this.#rooms.values()) {
      yield* transfers.values();
      transfers.clear();
    }
    this.#size = 0;
  }

  #set(told: Told): void {
    const { room, transfer } = told;
    const known = this.#rooms.get(room);
    const transfers = known ?? new Map<string, Told>();
    if (known === undefined) this.#rooms.set(room, transfers);
    const before = transfers.size;
    transfers.set(transfer.id, told);
    this.#size += transfers.size - before;
  }
}
