import type { Part } from './format.js';
import type { Item, Source } from './source.js';

/** A file of a recording, which is opened when its turn has come. */
export interface RecordedFile {
  /** When its first entry was seen, milliseconds since 1970. */
  readonly time: number;
  readonly part: Part | null;
  /** @throws TrueConfFilesError if it can't be read any more */
  open(): Promise<Source>;
}

/**
 * Recordings as one: in order of time, and the parts of each in their order. What a part repeats of the parts before it
 * is left out where those were read.
 */
export class MergedSource {
  /** Those that have not begun, in the order in which they begin. */
  readonly #later: Chain[];
  readonly #begun: Chain[] = [];

  /** @param files in the order in which they begin */
  constructor(files: readonly RecordedFile[]) {
    const parts = new Map<string, RecordedFile[]>();
    const chains: RecordedFile[][] = [];
    for (const file of files) {
      const before = file.part === null ? undefined : parts.get(file.part.id);
      if (before !== undefined) before.push(file);
      else {
        const chain = [file];
        chains.push(chain);
        if (file.part !== null) parts.set(file.part.id, chain);
      }
    }
    this.#later = chains.map((chain) => new Chain(chain));
  }

  /** What comes next of what has been read; `undefined` where more must be read first. */
  take(): Item | undefined {
    const next = this.#next();
    return next === null || next.isEmpty ? undefined : next.take();
  }

  /** Reads more, once `take` gave nothing. Gives whether there was any. */
  async more(): Promise<boolean> {
    for (let next = this.#next(); next !== null; next = this.#next()) {
      if (!next.isEmpty || (await next.more())) return true;
      this.#begun.splice(this.#begun.indexOf(next), 1);
    }
    return false;
  }

  /** The one whose next item was seen first, or could be. */
  #next(): Chain | null {
    let first: Chain | null = null;
    for (const chain of this.#begun) {
      if (first === null || chain.at < first.at) first = chain;
    }
    const [later] = this.#later;
    if (later === undefined || (first !== null && first.at <= later.at)) return first;
    this.#later.shift();
    this.#begun.push(later);
    return later;
  }
}

/** The parts of one recording, one after the other. */
class Chain {
  /** When its next item was seen, or no earlier than then where it has not been read; never less than before. */
  at: number;
  readonly #files: RecordedFile[];
  #source: Source | null = null;
  #next: Item | undefined;
  /** The part that was read last. */
  #part: Part | null = null;
  /** Lines to leave out. */
  #repeated = 0;

  constructor(files: readonly RecordedFile[]) {
    const numberOf = ({ part }: RecordedFile) => part?.number ?? 0;
    this.#files = [...files].sort((a, b) => numberOf(a) - numberOf(b));
    this.at = this.#files[0]?.time ?? 0;
  }

  /** Whether more must be read to know what comes next. */
  get isEmpty(): boolean {
    return this.#next === undefined;
  }

  take(): Item | undefined {
    const item = this.#next;
    this.#advance();
    return item;
  }

  async more(): Promise<boolean> {
    for (;;) {
      if (this.#source !== null) {
        while (await this.#source.more()) {
          if (this.#advance()) return true;
        }
      }
      const file = this.#files.shift();
      if (file === undefined) return false;
      const { part } = file;
      const follows = part !== null && this.#part !== null && part.number === this.#part.number + 1;
      this.#repeated = follows ? part.held : 0;
      this.#part = part;
      this.#source = await file.open();
      if (this.#advance()) return true;
    }
  }

  /** Gives whether there is a next item among what was read. */
  #advance(): boolean {
    do this.#next = this.#source?.take();
    while (this.#next !== undefined && this.#repeated-- > 0);
    if (this.#next?.kind === 'entry') this.at = Math.max(this.at, this.#next.entry.at);
    return this.#next !== undefined;
  }
}
