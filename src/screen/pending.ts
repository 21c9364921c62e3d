import type { TransferChange } from '../transfers/change.js';
import type { Transfer } from '../transfers/transfer.js';

/** The last that was reported of a transfer since the rows were last looked at. */
export interface LastReport {
  readonly room: string;
  readonly transfer: Transfer;
  /** The last change of its status; `null` where it has only come further. */
  readonly change: TransferChange | null;
  /** Counts up with each report: when the transfer was first reported, and when its status changed last. */
  readonly first: number;
  readonly last: number;
}

/**
 * Changes since the rows were last looked at: a busy Room reports each transfer several times between two frames, and
 * only the last report is shown.
 */
export class Pending {
  readonly #rooms = new Map<string, Map<string, LastReport>>();
  #size = 0;
  #count = 0;
  /** Characters of all names that came, also of reports that a later one replaced. */
  #units = 0;

  /** Transfers reported. */
  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= MAX_TRANSFERS || this.#units >= MAX_UNITS;
  }

  change(room: string, change: TransferChange): void {
    const { transfer } = change;
    const known = this.#rooms.get(room)?.get(transfer.key);
    const last = this.#count++;
    this.#set({ room, transfer, change, first: known?.change ? known.first : last, last });
  }

  progress(room: string, transfer: Transfer): void {
    const {
      change = null,
      first = this.#count++,
      last = first,
    } = this.#rooms.get(room)?.get(transfer.key) ?? {};
    this.#set({ room, transfer, change, first, last });
  }

  /** Takes out all, in the order in which their statuses changed last. */
  takeAll(): readonly LastReport[] {
    const all = [...this.#rooms.values()].flatMap((transfers) => [...transfers.values()]);
    for (const transfers of this.#rooms.values()) transfers.clear();
    this.#size = 0;
    this.#units = 0;
    return all.sort((a, b) => a.last - b.last);
  }

  #set(told: LastReport): void {
    const { room, transfer } = told;
    const known = this.#rooms.get(room);
    const transfers = known ?? new Map<string, LastReport>();
    if (known === undefined) this.#rooms.set(room, transfers);
    const before = transfers.size;
    transfers.set(transfer.key, told);
    this.#size += transfers.size - before;
    this.#units += (transfer.name?.length ?? 0) + (transfer.peer?.name?.length ?? 0);
  }
}

const MAX_TRANSFERS = 10_000;
/** Strangers choose names: what waits holds them whole. */
const MAX_UNITS = 4 * 1_024 * 1_024;
