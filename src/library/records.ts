import { isChange, type Notice } from '../monitor/monitor.js';
import { toRecord } from '../records/record.js';
import type { RoomRecord } from '../records/types.js';
import type { Selection } from '../rules/filter.js';

/** Makes the records of one Room from its notices. */
export class RecordMaker {
  readonly #room: string;
  readonly #selection: Selection;
  /** Whether a record was made since the last heartbeat. */
  #hasMade = false;

  constructor(room: string, selection: Selection) {
    this.#room = room;
    this.#selection = selection;
  }

  /** `null` where the selection leaves the notice out, and for a heartbeat after other records. */
  make(notice: Notice): RoomRecord | null {
    if (isChange(notice) && !this.#selection.takes(notice, this.#room)) return null;
    const isHeartbeat = notice.kind === 'heartbeat';
    const isDue = !(isHeartbeat && this.#hasMade);
    const record = isDue ? toRecord(notice, this.#room) : null;
    this.#hasMade = !isHeartbeat && (this.#hasMade || record !== null);
    return record;
  }
}
