import { EXIT } from '../errors.js';
import type { Host } from '../host.js';
import type { Style } from '../output/look.js';
import { linesLost, outputFault, Sink } from '../output/sink.js';
import { safeText } from '../output/text.js';
import type { Recordings } from '../recording/open.js';
import { isoTime, toLine } from '../records/line.js';
import type { Tap } from '../watch/feed.js';
import { lookFor } from '../watch/formats.js';
import type { PrintOptions } from './command-options.js';

/** Where a command that ends soon writes: data to stdout, all else to stderr. */
export class Printer {
  readonly out: Sink;
  readonly err: Sink;
  readonly isJson: boolean;
  readonly style: Style;
  readonly #isQuiet: boolean;
  readonly #signal: AbortSignal;
  #isGone = false;
  #fault: Error | null = null;

  constructor(options: PrintOptions, host: Host) {
    this.isJson = options.json === true;
    this.style = lookFor(options, host).style;
    this.#isQuiet = options.quiet === true;
    this.#signal = host.signal;
    // When a reader goes away, what was asked for has still been done.
    this.out = new Sink(host.stdout, {
      onGone: () => {
        this.#isGone = true;
      },
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

  /** Once the signal has come, a reader that takes nothing holds it up for no more than a few seconds. */
  flush(): Promise<unknown> {
    return Promise.all([this.out.flush(this.#signal), this.err.flush(this.#signal)]);
  }

  /** @throws TrueConfFilesError `output` where not everything could be written */
  async close(): Promise<void> {
    await this.flush();
    this.out.dispose();
    this.err.dispose();
    if (this.#fault !== null) throw outputFault(this.#fault);
    if (this.out.left > 0 && !this.#isGone) throw linesLost(this.out.left);
  }
}

/**
 * Prints a text that a command is about: a script, a schema, help.
 * @returns the exit code
 * @throws TrueConfFilesError `output` where it can't be written
 */
export async function print(text: string, host: Host): Promise<number> {
  const printer = new Printer({ color: 'never' }, host);
  printer.out.write(text);
  await printer.close();
  return EXIT.done;
}

/** Writes each frame, both ways, with its time and without secrets. */
export function debugTap(sink: Sink): Required<Pick<Tap, 'entry'>> {
  return {
    entry: (entry, room, redactor) => {
      if (entry.kind !== 'received' && entry.kind !== 'sent') return;
      const arrow = entry.kind === 'sent' ? '>' : '<';
      const frame = safeText(redactor.redact(entry.text), MAX_FRAME_UNITS);
      sink.write(`${isoTime(entry.at)} ${safeText(room)} ${arrow} ${frame}\n`);
    },
  };
}

/** Longer frames are cut: no one reads more of them. */
const MAX_FRAME_UNITS = 16_384;

/** Which files of a folder were left out; `null` where none was. */
export function skippedNote(
  { skipped }: Pick<Recordings, 'skipped'>,
  why = 'not a recording',
): string | null {
  const [first] = skipped;
  if (first === undefined) return null;
  const others = skipped.length === 1 ? '' : ` and ${skipped.length - 1} more`;
  return `Skipped "${safeText(first)}"${others}: ${why}.`;
}
