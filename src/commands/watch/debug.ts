import { isoTime } from '../../output/record.js';
import type { Sink } from '../../output/sink.js';
import { safeText } from '../../output/text.js';
import type { Redactor } from '../../protocol/redactor.js';
import type { Entry } from '../../room/entry.js';

/** Writes a frame, either way, with its time and without secrets. */
export function writeDebug(entry: Entry, room: string, redactor: Redactor, sink: Sink): void {
  if (entry.kind !== 'received' && entry.kind !== 'sent') return;
  const arrow = entry.kind === 'sent' ? '>' : '<';
  const frame = safeText(redactor.redact(entry.text), MAX_FRAME_UNITS);
  sink.write(`${isoTime(entry.at)} ${safeText(room)} ${arrow} ${frame}\n`);
}

/** More of a frame than this helps nobody to read it. */
const MAX_FRAME_UNITS = 16_384;
