import { Monitor } from '../monitor/monitor.js';
import { isChange, type Notice } from '../monitor/notice.js';
import { toRecord } from '../output/record.js';
import type { RoomRecord } from '../output/room-record.js';
import type { Entry } from '../room/entry.js';
import type { Selection } from '../transfers/selection.js';

/** Turns what happens at one Room into the records to tell. */
export class Teller {
  readonly #room: string;
  readonly #selection: Selection;
  readonly #monitor = new Monitor();
  /** Whether anything was told since the last heartbeat. */
  #hasTold = false;

  constructor(room: string, selection: Selection) {
    this.#room = room;
    this.#selection = selection;
  }

  tell(entry: Entry): readonly RoomRecord[] {
    const isHeartbeat = entry.kind === 'heartbeat';
    // Silence must be known to be silence: only where nothing was told, a heartbeat is.
    if (isHeartbeat && this.#hasTold) {
      this.#hasTold = false;
      return [];
    }
    const records: RoomRecord[] = [];
    for (const notice of this.#monitor.feed(entry)) {
      const record = this.#isTold(notice) ? toRecord(notice, this.#room) : null;
      if (record !== null) records.push(record);
    }
    if (records.length > 0 && !isHeartbeat) this.#hasTold = true;
    return records;
  }

  #isTold(notice: Notice): boolean {
    return !isChange(notice) || (this.#selection.watches(notice) && this.#selection.writes(notice));
  }
}
