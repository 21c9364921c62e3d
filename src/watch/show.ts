import { EXIT, exitCodeOf, TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { isChange, type Notice } from '../monitor/notice.js';
import { noteOf } from '../output/lines.js';
import { lookOf } from '../output/look.js';
import { Sink } from '../output/sink.js';
import { safeText } from '../output/text.js';
import type { View } from '../output/view.js';
import type { Decision } from '../protocol/requests.js';
import type { Player } from '../recording/player.js';
import type { Outcome } from '../room/ask.js';
import type { TableView } from '../screen/table-view.js';
import type { Selection } from '../transfers/filter.js';
import { type Mode, type OutputOptions, streamView, usesColor } from './choose-view.js';
import type { Endings } from './endings.js';
import { type Feed, type FeedHandlers, Flow } from './feed.js';

export interface ShowOptions {
  readonly mode: Mode;
  readonly output: OutputOptions;
  readonly host: Host;
  readonly labels: readonly string[];
  readonly selection: Selection;
  readonly endings: Endings;
  readonly timeoutMs: number | null;
  /** Ended transfers held in the table at most. */
  readonly keep: number;
  /** What plays the recording that is shown; without it, what is shown happens now. */
  readonly player?: Player;
}

/** Ends a show that has done what was asked for. */
class Done extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('done');
    this.exitCode = exitCode;
  }
}

/** Shows what feeds tell, as a table, lines or records, until there is a reason to end. */
export class Show {
  /** Notes and frames for a person, on stderr. */
  readonly err: Sink;
  /** Holds the feeds back while something that they are written to is full. */
  readonly flow = new Flow({
    pause: () => this.#eachFeed((feed) => feed.pause()),
    resume: () => this.#eachFeed((feed) => feed.resume()),
  });
  readonly #options: ShowOptions;
  readonly #out: Sink;
  /** The one way to end: its reason is `Done`, a signal's, or a fault. */
  readonly #stop = new AbortController();
  #feeds: readonly Feed[] = [];
  readonly #begunFeeds = new Set<number>();
  /** Rooms of which something was written since their last heartbeat. */
  readonly #heard = new Set<string>();
  /** Settles once the last question is answered. */
  #asked: Promise<void> = Promise.resolve();
  #table: TableView | null = null;
  #view: View | null = null;

  constructor(options: ShowOptions) {
    this.#options = options;
    const { host, output } = options;
    const onGone = () => this.#end(new Done(EXIT.done));
    const onError = (error: Error) =>
      this.#end(new TrueConfFilesError('output', `stdout can't be written: ${fileFault(error)}.`));
    this.#out = new Sink(host.stdout, { ...this.flow.gate(), onGone, onError });
    this.err = new Sink(host.stderr, output.debug ? { ...this.flow.gate(), onGone } : { onGone });
  }

  /**
   * Asks a person something. Questions come one after the other, and the table after the last of them: all want the
   * same keys. Once it has the screen nobody can be asked any more.
   * @returns the answer, `null` where nobody was asked
   */
  ask<T>(question: () => Promise<T>): Promise<T | null> {
    if (this.#table?.isOpen) return Promise.resolve(null);
    const release = this.#table?.hold();
    const answer = this.#asked.then(async () => {
      await this.err.flush();
      return question();
    });
    const done = () => {
      if (!this.#stop.signal.aborted) release?.();
    };
    this.#asked = answer.then(done, done);
    return answer;
  }

  /**
   * @returns the exit code
   * @throws TrueConfFilesError where the only feed, or the first of all, ended with one; the signal's reason
   */
  async run(makeFeeds: readonly ((handlers: FeedHandlers) => Feed)[]): Promise<number> {
    const { host, timeoutMs } = this.#options;
    const { signal } = host;
    const onSignal = () => this.#end(signal.reason);
    signal.addEventListener('abort', onSignal, { once: true });
    if (signal.aborted) onSignal();
    const deadline =
      timeoutMs === null ? undefined : setTimeout(() => this.#end(new Done(EXIT.timeout)), timeoutMs);
    try {
      this.#view = await this.#openView();
      this.#feeds = makeFeeds.map((make, at) =>
        make({
          onNotice: (notice, room) => this.#take(notice, room),
          onListed: (isWhole) => this.#begun(at, isWhole ? EXIT.done : EXIT.rejected),
        }),
      );
      await this.#runFeeds();
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener('abort', onSignal);
      await this.#view?.close();
      await Promise.all([this.#out.flush(), this.err.flush()]);
      this.#out.dispose();
      this.err.dispose();
    }
    const { reason } = this.#stop.signal;
    if (reason instanceof Done) return reason.exitCode;
    throw reason;
  }

  /** Tells of trouble that is not a Room's: under the first Room's name. */
  warn(code: string, message: string): void {
    const room = this.#options.labels[0] ?? '';
    this.#take({ kind: 'warning', at: Date.now(), code, message, count: 1, id: null }, room);
  }

  /** A note after all else. Where records are written, stderr only tells of trouble. */
  async sayLast(text: string, isTrouble: boolean): Promise<void> {
    if (this.#options.mode !== 'json' || isTrouble) this.#note(text);
    await this.err.flush();
  }

  async #openView(): Promise<View> {
    const { mode, output, host, labels, keep, player = null } = this.#options;
    const color = usesColor(output, host);
    if (mode !== 'table') return streamView(mode, this.#out, color, labels.length > 1);
    const look = lookOf({ color, ascii: output.ascii }, host);
    // The table is a large part of the program, which records and lines do without.
    const { TableView } = await import('../screen/table-view.js');
    const actions = {
      quit: () => this.#end(new Done(EXIT.done)),
      decide: (decision: Decision, room: string, id: string) => this.#decide(decision, room, id),
    };
    this.#table = new TableView(host, look, labels, keep, actions, player, output.notify);
    return this.#table;
  }

  /** One feed that fails never stops the others; the first fault is the show's once all have ended. */
  async #runFeeds(): Promise<void> {
    const faults: unknown[] = [];
    await Promise.all(
      this.#feeds.map(async (feed, at) => {
        try {
          await feed.run(this.#stop.signal);
        } catch (error) {
          faults.push(error);
          if (!(error instanceof TrueConfFilesError)) this.#end(error);
          else if (this.#feeds.length > 1) {
            this.err.write(`${safeText(feed.label)}: ${safeText(error.message)}\n`);
            this.#begun(at, exitCodeOf(error));
          }
        }
      }),
    );
    this.#end(faults[0] ?? new Done(EXIT.done));
  }

  /** A feed's start is complete, or will never be. */
  #begun(feed: number, exitCode: number): void {
    if (this.#begunFeeds.has(feed)) return;
    this.#begunFeeds.add(feed);
    this.#options.endings.listed(exitCode);
    this.#checkEndings();
  }

  #take(notice: Notice, room: string): void {
    // Once it has done what was asked for, only the end of the link is still told, and warnings held until then.
    if (this.#stop.signal.aborted && notice.kind !== 'link' && notice.kind !== 'warning') return;
    // Silence must be known to be silence: only where nothing was written, a heartbeat is.
    if (notice.kind === 'heartbeat' && (this.#heard.delete(room) || this.#isQuiet)) return;
    const { selection, endings } = this.#options;
    if (isChange(notice)) {
      if (!selection.watches(notice)) return;
      endings.saw(notice, room);
      if (!selection.writes(notice)) {
        this.#hide(notice, room);
        this.#checkEndings();
        return;
      }
    }
    const before = this.#out.taken;
    this.#view?.show(notice, room);
    if (notice.kind !== 'heartbeat' && this.#out.taken > before) this.#heard.add(room);
    this.#tell(notice, room);
    if (notice.kind === 'transfer') endings.wrote();
    this.#checkEndings();
  }

  /** A transfer that left the statuses asked for leaves the table. */
  #hide(notice: Notice, room: string): void {
    if (this.#table === null || notice.kind !== 'transfer' || notice.previousStatus === null) return;
    const { at, transfer } = notice;
    const { id } = transfer;
    this.#table.show({ kind: 'removed', at, id, transfer, reason: 'gone', removedFromDisk: null }, room);
  }

  /** Among lines a sign of life is a note; among records it is data. */
  get #isQuiet(): boolean {
    const { mode, output } = this.#options;
    return mode === 'lines' && output.quiet === true;
  }

  #checkEndings(): void {
    const { exitCode } = this.#options.endings;
    if (exitCode !== null) this.#end(new Done(exitCode));
  }

  #tell(notice: Notice, room: string): void {
    if (this.#table !== null) return;
    // Under --json the records tell of the link; a person at stderr only needs to know of trouble.
    const isTrouble =
      notice.kind === 'warning' || (notice.kind === 'link' && notice.link.state === 'waiting');
    if (this.#options.mode === 'json' && !isTrouble) return;
    const note = noteOf(notice, room);
    if (note !== null) this.#note(note);
  }

  #note(text: string): void {
    if (this.#options.output.quiet !== true) this.err.write(`${text}\n`);
  }

  async #decide(decision: Decision, room: string, id: string): Promise<Outcome> {
    const feed = this.#feeds.find((one) => one.tells?.(room) ?? one.label === room) ?? this.#feeds[0];
    return (await feed?.decide(decision, room, id)) ?? { ok: false, reason: 'that Room is not watched' };
  }

  #eachFeed(act: (feed: Feed) => void): void {
    for (const feed of this.#feeds) act(feed);
  }

  /** The first cause of an ending is the one that counts. */
  #end(reason: unknown): void {
    if (!this.#stop.signal.aborted) this.#stop.abort(reason);
  }
}
