import { TrueConfFilesError } from '../../errors.js';
import { EXIT } from '../../exit-codes.js';
import type { Notice } from '../../monitor/notice.js';
import { noteOf } from '../../output/notes.js';
import { Sink } from '../../output/sink.js';
import { safeText } from '../../output/text.js';
import type { View } from '../../output/view.js';
import type { Secret } from '../../protocol/secret.js';
import type { RoomAddress } from '../../room/address.js';
import { readCredentials } from '../credentials.js';
import type { Host } from '../host.js';
import { askSecret, canAsk } from '../prompt.js';
import { type Response, respond } from '../respond.js';
import { chooseMode, type Mode, streamView, usesColor } from './choose-view.js';
import { writeDebug } from './debug.js';
import { Endings } from './endings.js';
import type { WatchOptions } from './options.js';
import { isChange, Selection } from './selection.js';
import type { TableView } from './table-view.js';
import { openTargets } from './targets.js';
import { WatchedRoom } from './watched-room.js';

/**
 * Watches Rooms until it has done what was asked for, a signal comes, or no Room is left to watch.
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function watch(given: readonly string[], options: WatchOptions, host: Host): Promise<number> {
  const credentials = await readCredentials(options, host);
  const targets = await openTargets(given, options.demo === true, host);
  try {
    // The table is a large part of the program, which records and lines do without.
    const mode = chooseMode(options, host);
    const table = mode === 'table' ? await import('./table-view.js') : null;
    return await new Watch(
      targets.addresses,
      credentials,
      options,
      host,
      mode,
      table?.TableView ?? null,
    ).run();
  } finally {
    await targets.close();
  }
}

/** Ends a watch that has done what was asked for. */
class Done extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('done');
    this.exitCode = exitCode;
  }
}

class Watch {
  readonly #options: WatchOptions;
  readonly #host: Host;
  readonly #mode: Mode;
  readonly #rooms: readonly WatchedRoom[];
  readonly #view: View;
  readonly #table: TableView | null;
  readonly #out: Sink;
  readonly #err: Sink;
  readonly #selection: Selection;
  readonly #endings: Endings;
  readonly #listed = new Set<WatchedRoom>();
  /** The one way to end: its reason is `Done`, a signal's, or a fault. */
  readonly #stop = new AbortController();

  constructor(
    addresses: readonly RoomAddress[],
    credentials: Secret | null,
    options: WatchOptions,
    host: Host,
    mode: Mode,
    Table: typeof TableView | null,
  ) {
    this.#options = options;
    this.#host = host;
    this.#mode = mode;
    this.#selection = new Selection(options);
    this.#endings = new Endings({
      once: options.once === true,
      count: options.count ?? null,
      until: options.until ?? null,
      ids: options.id ?? [],
      rooms: addresses.length,
    });
    const onGone = () => this.#end(new Done(EXIT.done));
    const flow = {
      onFull: () => this.#eachRoom(({ watcher }) => watcher.pause()),
      onDrain: () => this.#eachRoom(({ watcher }) => watcher.resume()),
      onGone,
    };
    this.#out = new Sink(host.stdout, { ...flow, onError: (error) => this.#end(error) });
    this.#err = new Sink(host.stderr, options.debug ? flow : { onGone });
    this.#rooms = addresses.map((address) => this.#makeRoom(address, credentials, addresses.length > 1));
    const color = usesColor(options, host);
    const labels = addresses.map(({ label }) => label);
    this.#table = Table === null ? null : new Table(host, color, labels, this.#actions());
    this.#view =
      this.#table ?? streamView(mode === 'json' ? mode : 'lines', this.#out, color, labels.length > 1);
  }

  async run(): Promise<number> {
    const { timeout, heartbeat } = this.#options;
    const { signal } = this.#host;
    const onSignal = () => this.#end(signal.reason);
    signal.addEventListener('abort', onSignal, { once: true });
    if (signal.aborted) onSignal();
    const deadline =
      timeout === undefined ? undefined : setTimeout(() => this.#end(new Done(EXIT.timeout)), timeout);
    const beat = setInterval(() => this.#eachRoom((room) => room.beat(heartbeat)), heartbeat);
    try {
      await this.#runRooms();
    } finally {
      clearTimeout(deadline);
      clearInterval(beat);
      signal.removeEventListener('abort', onSignal);
      await this.#view.close();
      await Promise.all([this.#out.flush(), this.#err.flush()]);
      this.#out.dispose();
      this.#err.dispose();
    }
    const { reason } = this.#stop.signal;
    if (reason instanceof Done) return reason.exitCode;
    throw reason;
  }

  /** One Room that can't be watched never stops the others; the first fault is the watch's once all have ended. */
  async #runRooms(): Promise<void> {
    const faults: unknown[] = [];
    await Promise.all(
      this.#rooms.map(async ({ watcher, label }) => {
        try {
          await watcher.run(this.#stop.signal);
        } catch (error) {
          faults.push(error);
          if (!(error instanceof TrueConfFilesError)) this.#end(error);
          else if (this.#rooms.length > 1) this.#note(`${safeText(label)}: ${safeText(error.message)}`);
        }
      }),
    );
    this.#end(faults[0] ?? new Done(EXIT.done));
  }

  #eachRoom(act: (room: WatchedRoom) => void): void {
    for (const room of this.#rooms) act(room);
  }

  #makeRoom(address: RoomAddress, credentials: Secret | null, isOneOfMany: boolean): WatchedRoom {
    const { heartbeat, wait, reconnect, takeover, role } = this.#options;
    const ask = (signal: AbortSignal) => this.#ask(address.label, signal);
    return new WatchedRoom(
      {
        address,
        credentials,
        role: role ?? null,
        heartbeatMs: heartbeat,
        wait: wait === true || isOneOfMany,
        reconnect,
        takeover: takeover === true,
        askCredentials: canAsk(this.#host) ? ask : undefined,
      },
      {
        onEntry: (entry, { label, watcher }) => {
          if (this.#options.debug) writeDebug(entry, label, watcher.redactor, this.#err);
        },
        onNotice: (notice, room) => this.#take(notice, room),
        onSettled: (room) => this.#settle(room),
      },
    );
  }

  #take(notice: Notice, room: WatchedRoom): void {
    // Once it has done what was asked for, only the end of the link is still told.
    if (this.#stop.signal.aborted && notice.kind !== 'link') return;
    const { label } = room;
    if (isChange(notice)) {
      if (!this.#selection.watches(notice)) return;
      this.#endings.saw(notice, label);
      if (!this.#selection.writes(notice)) {
        this.#hide(notice, label);
        return;
      }
    }
    this.#view.show(notice, label);
    room.lastShownAt = performance.now();
    this.#tell(notice, label);
    if (notice.kind !== 'transfer') return;
    this.#endings.wrote();
    this.#checkEndings();
  }

  /** A transfer that left the statuses asked for leaves the table. */
  #hide(notice: Notice, label: string): void {
    if (this.#table === null || notice.kind !== 'transfer' || notice.previousStatus === null) return;
    const { at, transfer } = notice;
    const { id } = transfer;
    this.#table.show({ kind: 'removed', at, id, transfer, reason: 'gone', removedFromDisk: null }, label);
  }

  #settle(room: WatchedRoom): void {
    if (room.isListed && !this.#listed.has(room)) {
      this.#listed.add(room);
      this.#endings.listed();
    }
    this.#checkEndings();
  }

  #checkEndings(): void {
    const { exitCode } = this.#endings;
    if (exitCode !== null) this.#end(new Done(exitCode));
  }

  #tell(notice: Notice, label: string): void {
    if (this.#table !== null) return;
    // Under --json the records tell of the link; a person at stderr only needs to know of trouble.
    const isTrouble =
      notice.kind === 'warning' || (notice.kind === 'link' && notice.link.state === 'waiting');
    if (this.#mode === 'json' && !isTrouble) return;
    const note = noteOf(notice, label);
    if (note !== null) this.#note(note);
  }

  #note(text: string): void {
    if (this.#options.quiet !== true) this.#err.write(`${text}\n`);
  }

  #actions() {
    const send = async (response: Response, label: string, id: string) => {
      const room = this.#rooms.find((one) => one.label === label);
      if (room === undefined) return 'That Room is not watched.';
      try {
        const answer = await respond((request) => room.watcher.request(request), response, id);
        if (answer.result) return response === 'accept' ? 'Accepted.' : 'Rejected.';
        return `The Room refused: ${room.watcher.redactor.redact(answer.error ?? 'no reason given')}.`;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    };
    return {
      quit: () => this.#end(new Done(EXIT.done)),
      accept: (label: string, id: string) => send('accept', label, id),
      reject: (label: string, id: string) => send('reject', label, id),
    };
  }

  /** Nobody can be asked once the table has the screen. */
  async #ask(label: string, signal: AbortSignal): Promise<Secret | null> {
    if (this.#table?.isOpen) return null;
    await this.#err.flush();
    return askSecret(`PIN or password of ${safeText(label)}: `, this.#host, signal);
  }

  /** The first cause of an ending is the one that counts. */
  #end(reason: unknown): void {
    if (!this.#stop.signal.aborted) this.#stop.abort(reason);
  }
}
