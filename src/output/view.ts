import type { Shown } from '../monitor/notice.js';
import { shownRecord, toLine } from '../records/record.js';
import type { Sink } from './sink.js';

/** Where notices go: a table, lines or records. A view never talks to a Room. */
export interface View {
  /** `room` is what the user gave as the Room's address; `null` for a warning that concerns no Room. */
  show(notice: Shown, room: string | null): void;
  /**
   * Keeps the terminal free for a question, until the function that it gives is called; `null` where the view has
   * the terminal already. Views without it never take the terminal.
   */
  hold?(): (() => void) | null;
  /** Gives the terminal back. Safe to call twice. */
  close(): Promise<void>;
}

/** One record per line (NDJSON). */
export class JsonView implements View {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  show(...[notice, room]: Parameters<View['show']>): void {
    const record = shownRecord(notice, room);
    if (record !== null) this.#sink.write(toLine(record));
  }

  async close(): Promise<void> {}
}
