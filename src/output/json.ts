import { toRecord } from './record.js';
import type { Sink } from './sink.js';
import type { View } from './view.js';

/** One record per line (NDJSON). */
export class JsonView implements View {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  show(...[notice, room]: Parameters<View['show']>): void {
    const record = toRecord(notice, room);
    if (record !== null) this.#sink.write(toLine(record));
  }

  async close(): Promise<void> {
    await this.#sink.flush();
  }
}

/**
 * A value as one line of JSON. Strings stay the Room's own, exactly; control characters that `JSON.stringify` leaves
 * as they are (DEL and C1, which terminals obey) become JSON escapes too.
 */
export function toLine(value: object): string {
  const json = JSON.stringify(value);
  return `${CONTROLS.test(json) ? json.replace(ALL_CONTROLS, escapeControl) : json}\n`;
}

const CONTROLS = /[\x7f-\x9f]/;
const ALL_CONTROLS = /[\x7f-\x9f]/g;

function escapeControl(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
