import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { makeStyle, type Style } from '../output/look.js';
import { Sink } from '../output/sink.js';
import { safeText } from '../output/text.js';
import type { Redactor } from '../protocol/secrets.js';
import { isoTime, toLine } from '../records/record.js';
import type { Entry } from '../room/entry.js';
import { type OutputOptions, usesColor } from '../watch/choose-view.js';

/** Where a command that is soon done writes: data to stdout, all else to stderr. */
export class Printer {
  readonly out: Sink;
  readonly err: Sink;
  readonly isJson: boolean;
  readonly style: Style;
  readonly #isQuiet: boolean;
  #fault: Error | null = null;

  constructor(options: OutputOptions, host: Host) {
    this.isJson = options.json === true;
    this.style = makeStyle(usesColor(options, host));
    this.#isQuiet = options.quiet === true;
    // A reader that goes away takes nothing back of what was asked for: that is still done.
    this.out = new Sink(host.stdout, {
      onError: (error) => {
        this.#fault = error;
      },
    });
    this.err = new Sink(host.stderr);
  }

  /** A line of data for a person, made safe already. */
  line(text: string): void {
    this.out.write(`${text}\n`);
  }

  record(value: object): void {
    this.out.write(toLine(value));
  }

  /** A line on stderr, made safe already. */
  note(text: string): void {
    if (!this.#isQuiet) this.err.write(`${text}\n`);
  }

  flush(): Promise<unknown> {
    return Promise.all([this.out.flush(), this.err.flush()]);
  }

  /** @throws TrueConfFilesError `output` where not everything could be written */
  async close(): Promise<void> {
    await this.flush();
    this.out.dispose();
    this.err.dispose();
    if (this.#fault === null) return;
    throw new TrueConfFilesError('output', `stdout can't be written: ${fileFault(this.#fault)}.`);
  }
}

/** Writes a frame, either way, with its time and without secrets. */
export function writeDebug(entry: Entry, room: string, redactor: Redactor, sink: Sink): void {
  if (entry.kind !== 'received' && entry.kind !== 'sent') return;
  const arrow = entry.kind === 'sent' ? '>' : '<';
  const frame = safeText(redactor.redact(entry.text), MAX_FRAME_UNITS);
  sink.write(`${isoTime(entry.at)} ${safeText(room)} ${arrow} ${frame}\n`);
}

/** More of a frame than this helps nobody to read it. */
const MAX_FRAME_UNITS = 16_384;
