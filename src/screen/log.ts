import type { Notice } from '../monitor/notice.js';
import { describe, noteOf } from '../output/lines.js';
import { type Look, makeStyle } from '../output/look.js';
import { wrap } from '../output/width.js';
import { clockText } from './cell-text.js';

/** What happened, newest last; of more than `MAX_EVENTS` the latest are kept. Grows in place, as rows do. */
export class EventLog {
  #events: { readonly notice: Notice; readonly room: string }[] = [];

  add(notice: Notice, room: string): void {
    if (notice.kind === 'progress' || notice.kind === 'heartbeat') return;
    this.#events.push({ notice, room });
    if (this.#events.length >= 2 * MAX_EVENTS) this.#events = this.#events.slice(-MAX_EVENTS);
  }

  /** One or more lines for each event, the newest first, with the time of day. */
  lines(width: number, now: number, look: Look, namesRooms: boolean): string[] {
    const lines = this.#events
      .slice(-MAX_EVENTS)
      .reverse()
      .flatMap(({ notice, room }) => {
        const change = describe(notice, PLAIN);
        const where = namesRooms ? `${look.text(room)}: ` : '';
        const text = change === null ? noteOf(notice, room) : `${where}${change}`;
        if (text === null) return [];
        const space = Math.max(1, width - TIME_COLUMNS);
        return wrap(text, space).map((part, at) => {
          const time = at === 0 ? clockText(notice.at, now, 'seconds') : '';
          return ` ${time.padEnd(TIME_COLUMNS - 1)}${part}`;
        });
      });
    return lines.length > 0 ? lines : [' Nothing has happened yet.'];
  }
}

const MAX_EVENTS = 500;
const PLAIN = makeStyle(false);
const TIME_COLUMNS = ' HH:MM:SS  '.length;
