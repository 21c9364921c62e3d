import { randomUUID } from 'node:crypto';
import type { Standing } from '../monitor/monitor.js';
import type { Redactor } from '../protocol/secrets.js';
import type { Entry } from '../room/entry.js';
import { entryLine, headerLine } from './format.js';
import { heldEntries } from './held.js';
import type { LineWriter } from './line-file.js';

/** Where the parts of a recording go. */
export interface Parts {
  /** Whether a new part is due before something seen at `at`; sizes are in bytes. */
  isDue(at: number, sizes: { readonly held: number; readonly own: number }): boolean;
  /**
   * Begins a part; the one before is closed.
   * @throws the system's error; then the part before goes on
   */
  begin(at: number): LineWriter;
  /** A part could not be begun, and the one before goes on for now. */
  onFault(error: unknown): void;
}

/** Writes what happens at Rooms into the parts of a recording, as it happens and without secrets. */
export class Recorder {
  readonly #parts: Parts;
  readonly #program: string;
  readonly #rooms: readonly string[];
  readonly #id = randomUUID();
  readonly #standings = new Map<string, { readonly standing: () => Standing; redactor: Redactor | null }>();
  /** Rooms whose lists are on their way: no part begins amid them. */
  readonly #listing = new Set<string>();
  #writer: LineWriter;
  #number = 0;
  #sizes = { held: 0, own: 0 };
  #notBefore = -Infinity;

  /** @throws the system's error where the first part can't be made */
  constructor(parts: Parts, program: string, rooms: readonly string[], at: number) {
    this.#parts = parts;
    this.#program = program;
    this.#rooms = rooms;
    this.#writer = parts.begin(at);
    this.#writeBeginning(at);
  }

  /** @param standing what is known of the Room: before an entry, while that is taken */
  room(room: string, standing: () => Standing): void {
    this.#standings.set(room, { standing, redactor: null });
  }

  take(entry: Entry, room: string, redactor: Redactor): void {
    const known = this.#standings.get(room);
    if (known !== undefined) known.redactor = redactor;
    const { at } = entry;
    if (this.#listing.size === 0 && at >= this.#notBefore && this.#parts.isDue(at, this.#sizes))
      this.#turn(at);
    if (entry.kind === 'listing-asked') this.#listing.add(room);
    else if (entry.kind === 'listing-answered' || entry.kind === 'link') this.#listing.delete(room);
    const line = entryLine(entry, room, redactor);
    this.#writer.write(line);
    this.#sizes.own += Buffer.byteLength(line);
  }

  /** Writes what is left. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  /** Writes what is left before the process ends at once. */
  flushNow(): void {
    this.#writer.flushNow();
  }

  #turn(at: number): void {
    const before = this.#writer;
    try {
      this.#writer = this.#parts.begin(at);
    } catch (error) {
      this.#notBefore = at + RETRY_MS;
      this.#parts.onFault(error);
      return;
    }
    // A part that follows one with lines missing does not only repeat what was there: its number says so.
    if (before.isBroken) this.#number++;
    this.#writeBeginning(at);
  }

  #writeBeginning(at: number): void {
    const held = [...this.#standings].flatMap(([room, { standing, redactor }]) =>
      redactor === null ? [] : heldEntries(standing(), at).map((entry) => entryLine(entry, room, redactor)),
    );
    const part = { id: this.#id, number: ++this.#number, held: held.length };
    const header = headerLine({ time: at, program: this.#program, rooms: this.#rooms, part });
    const lines = header + held.join('');
    this.#writer.write(lines);
    this.#sizes = { held: Buffer.byteLength(lines), own: 0 };
  }
}

/** How long a part goes on that should have ended, before the next is tried again. */
const RETRY_MS = 60_000;
