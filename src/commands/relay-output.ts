import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../file-fault.js';
import type { Notice } from '../monitor/notice.js';
import { JsonView } from '../output/json.js';
import { noteOf } from '../output/notes.js';
import { Sink } from '../output/sink.js';
import { safeText } from '../output/text.js';
import type { Host } from './host.js';

export interface RelayOutputOptions {
  readonly host: Host;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  /** How often silence is told, milliseconds. */
  readonly heartbeatMs: number;
  /** stdout is full: nothing more may come until `onDrain`. */
  readonly onFull: () => void;
  readonly onDrain: () => void;
  /** stdout takes nothing more: its reader went away, or there is a fault. */
  readonly onEnd: (fault: TrueConfFilesError | null) => void;
}

/** What a relay says: notes on stderr and, where asked for, the records of the Rooms it holds on stdout. */
export class RelayOutput {
  readonly #err: Sink;
  readonly #out: Sink;
  readonly #json: JsonView | null;
  readonly #isQuiet: boolean;
  readonly #beat: NodeJS.Timeout;
  /** Whether each Room that is held is connected, and whether something was written of it since its last heartbeat. */
  readonly #rooms = new Map<string, { isConnected: boolean; wasHeard: boolean }>();

  constructor({ host, json, quiet, heartbeatMs, onFull, onDrain, onEnd }: RelayOutputOptions) {
    this.#err = new Sink(host.stderr);
    const onError = (error: Error) =>
      onEnd(new TrueConfFilesError('output', `stdout can't be written: ${fileFault(error)}.`));
    this.#out = new Sink(host.stdout, { onFull, onDrain, onError, onGone: () => onEnd(null) });
    this.#json = json === true ? new JsonView(this.#out) : null;
    this.#isQuiet = quiet === true;
    this.#beat = setInterval(() => this.#tellSilence(), heartbeatMs);
  }

  notice(notice: Notice, room: string): void {
    this.#write(notice, room);
    const text = noteOf(notice, room);
    if (text !== null && !this.#isQuiet) this.#err.write(`${text}\n`);
    if (notice.kind !== 'link') return;
    const { state } = notice.link;
    if (state === 'closed') this.#rooms.delete(room);
    else this.#rooms.set(room, { isConnected: state === 'live', wasHeard: true });
  }

  note(text: string): void {
    if (!this.#isQuiet) this.#err.write(`${safeText(text)}\n`);
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    await Promise.all([this.#out.flush(), this.#err.flush()]);
    this.#out.dispose();
    this.#err.dispose();
  }

  #write(notice: Notice, room: string): void {
    if (this.#json === null) return;
    const before = this.#out.taken;
    this.#json.show(notice, room);
    const known = this.#rooms.get(room);
    if (known !== undefined && this.#out.taken > before) known.wasHeard = true;
  }

  #tellSilence(): void {
    for (const [room, known] of this.#rooms) {
      const { isConnected: connected, wasHeard } = known;
      if (!wasHeard) this.#write({ kind: 'heartbeat', at: Date.now(), connected }, room);
      known.wasHeard = false;
    }
  }
}
