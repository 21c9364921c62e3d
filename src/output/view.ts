import type { Notice } from '../monitor/notice.js';

/** Where notices go: a table, lines or records. A view never talks to a Room. */
export interface View {
  /** `room` is what the user gave as the Room's address. */
  show(notice: Notice, room: string): void;
  /** Writes what is left and gives the terminal back. Safe to call twice. */
  close(): Promise<void>;
}
