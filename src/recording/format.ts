import { toLine } from '../output/json.js';
import { isoTime } from '../output/record.js';
import type { Redactor } from '../protocol/redactor.js';
import type { Entry } from '../room/entry.js';

/** Version of the format: fields and kinds may be added within a version, never changed. */
export const RECORDING_VERSION = 1;

/** What the first line says. */
export interface RecordingHeader {
  /** When recording began, milliseconds since 1970. */
  readonly time: number;
  /** What made it, for bug reports. */
  readonly program: string;
  /** The Rooms in it, as they were named. */
  readonly rooms: readonly string[];
}

export function headerLine({ time, program, rooms }: RecordingHeader): string {
  return toLine({ type: 'recording', v: RECORDING_VERSION, time: isoTime(time), program, rooms });
}

/** An entry as a line, without secrets. Of a received frame only the text: the message follows from it. */
export function entryLine(entry: Entry, room: string, redactor: Redactor): string {
  return toLine({ at: isoTime(entry.at), room, kind: entry.kind, ...fieldsOf(entry, redactor) });
}

function fieldsOf(entry: Entry, redactor: Redactor): object {
  switch (entry.kind) {
    case 'received':
      return { text: redactor.redactFrame(entry.text, true) };
    case 'sent':
      return { text: redactor.redact(entry.text) };
    case 'link':
      return { link: entry.link };
    case 'listing-asked':
      return { cause: entry.cause };
    case 'listing-answered':
      return { inbound: entry.inbound, outbound: entry.outbound };
    case 'warning':
      return { code: entry.code, message: entry.message };
    case 'heartbeat':
      return { connected: entry.connected };
  }
}
