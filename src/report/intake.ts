import { Monitor, type Notice } from '../monitor/monitor.js';
import type { Item } from '../recording/source.js';
import { type NoRecord, readRecord, type WireRecord } from '../records/read.js';
import type { Rows } from './rows.js';

/**
 * Takes what recordings, records and streams hold into rows. The frames of a recording pass the same monitors as in a
 * watch, so that they become what its records say.
 */
export class Intake {
  readonly #rows: Rows;
  readonly #monitors = new Map<string, Monitor>();
  /** Lines and records that could not be read. */
  unread = 0;
  /** What was wrong with the first of them, a clause or a sentence; `null` where nothing was. */
  fault: string | null = null;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  item(item: Item): void {
    switch (item.kind) {
      case 'entry': {
        const { entry, room } = item;
        let monitor = this.#monitors.get(room);
        if (monitor === undefined) {
          monitor = new Monitor();
          this.#monitors.set(room, monitor);
        }
        for (const notice of monitor.feed(entry)) this.#rows.take(notice, room);
        return;
      }
      case 'message':
        this.record(readRecord(item.text));
        return;
      case 'fault':
        this.refuse(item.message);
        return;
    }
  }

  record(record: WireRecord | NoRecord): void {
    if (record.type === 'unreadable') {
      this.refuse(record.reason);
      return;
    }
    const notice = noticeOf(record);
    if (notice !== null) this.#rows.take(notice, record.room);
  }

  refuse(fault: string): void {
    this.unread++;
    this.fault ??= fault;
  }
}

/** What a report needs of a record, as the notice that it was made from. */
function noticeOf(record: WireRecord): Notice | null {
  const { at } = record;
  switch (record.type) {
    case 'transfer': {
      const { transfer, previousStatus, origin, event } = record;
      return { kind: 'transfer', at, transfer, previousStatus, origin, event };
    }
    case 'removed': {
      const { id, reason, removedFromDisk } = record;
      return { kind: 'removed', at, id, key: id, transfer: null, reason, removedFromDisk };
    }
    case 'connection':
      return { kind: 'link', at, link: record.link };
    case 'warning':
      return record.notice;
    case 'progress':
    case 'availability':
    case 'state':
      return null;
  }
}

/**
 * Whether a line of a recording, or a record, says nothing that a report needs. Told by its text alone, many times as
 * fast as by reading it: where that is not certain, the line is read.
 */
export function saysNothing(line: string): boolean {
  if (line.startsWith(TYPE)) return !RECORDS.some((type) => line.startsWith(type, TYPE.length));
  // Within the frame's text every quote has a backslash before it: this is the kind of the entry itself.
  const kind = line.indexOf(KIND) + KIND.length;
  if (kind < KIND.length) return false;
  if (line.startsWith('sent"', kind) || line.startsWith('heartbeat"', kind)) return true;
  // The names of all events about files have it, and those of the lists; an escape could hide it.
  return line.startsWith('received"', kind) && !line.includes('ile', kind) && !line.includes('\\\\u', kind);
}

const TYPE = '{"type":"';
const KIND = '"kind":"';
/** What a file may begin with as well, so that it is known for what it is. */
const RECORDS: readonly string[] = ['transfer"', 'removed"', 'connection"', 'warning"'];
