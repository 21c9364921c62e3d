import { setMaxListeners } from 'node:events';
import { EXIT, exitCodeOf, Interrupted } from '../errors.js';
import { codeOf } from '../faults.js';
import type { Host } from '../host.js';
import { isChange, type Notice, type Shown } from '../monitor/monitor.js';
import { endingOf, linesLost, outputFault, Sink, type View } from '../output/sink.js';
import type { Template } from '../output/template.js';
import { safeText } from '../output/text.js';
import type { Stamp } from '../output/times.js';
import type { Decision } from '../protocol/requests.js';
import type { Player } from '../recording/player.js';
import type { Outcome } from '../room/ask.js';
import type { Selection } from '../rules/filter.js';
import type { Automation, MakeAutomation } from './automation.js';
import { Done, type Endings } from './endings.js';
import { type Feed, Flow } from './feed.js';
import { FORMATS, type FormatName, lookFor, noteFor, type OutputOptions, stampFor } from './formats.js';

export interface ShowOptions {
  readonly format: FormatName;
  readonly output: OutputOptions;
  /** What `--format` asks for. */
  readonly template: Template | null;
  readonly host: Host;
  readonly labels: readonly string[];
  /** Which changes are shown; `null` for all. */
  readonly selection: Selection | null;
  /** What ends it, besides a signal and the feeds; `null` if nothing was asked for. */
  readonly endings: Endings | null;
  readonly timeoutMs: number | null;
  /** Ended transfers held in the table at most. */
  readonly keep: number;
  /** Makes what acts on what is shown. */
  readonly automate: MakeAutomation | null;
  /** What plays the recording that is shown; without it, what is shown happens now. */
  readonly player?: Player;
}

/** Shows what feeds tell, as a table, lines or records, until there is a reason to end. */
export class Show {
  readonly out: Sink;
  /** Notes and frames for a person, on stderr. */
  readonly err: Sink;
  /** Holds the feeds back while something that they are written to is full. */
  readonly flow = new Flow({
    pause: () => this.#feeds.forEach((feed) => void feed.pause()),
    resume: () => this.#feeds.forEach((feed) => void feed.resume()),
  });
  readonly #options: ShowOptions;
  readonly #stamp: Stamp;
  /** The one way to end: its reason is `Done`, a signal's, or a fault. */
  readonly #stop = new AbortController();
  /** Every feed has ended by itself, before anything asked for an end. */
  #isOver = false;
  /** Nothing more can be written to stdout. */
  #isGone = false;
  #feeds: readonly Feed[] = [];
  readonly #begunFeeds = new Set<number>();
  /** Feeds of which something was written since their last heartbeat, by their labels. */
  readonly #heard = new Set<string>();
  /** Settles once the last question is answered. */
  #asked: Promise<void> = Promise.resolve();
  #view: View | null = null;
  readonly #automation: Automation | null;
  /** Aborted where the end must not wait for hooks. */
  readonly #hurry = new AbortController();
  /** It has done what was asked for, and waits for hooks and answers. */
  #isDone = false;

  constructor(options: ShowOptions) {
    this.#options = options;
    const { host, output } = options;
    this.#stamp = stampFor(output, host);
    // Every Room listens to it.
    setMaxListeners(0, this.#stop.signal);
    const onGone = () => {
      this.#isGone = true;
      this.#endNow(EXIT.done);
    };
    const onError = (error: Error) => {
      this.#isGone = true;
      // A terminal whose window was closed. Its SIGHUP may come later, or not at all.
      const isHangUp = host.stdout.isTTY && codeOf(error) === 'EIO';
      this.#end(isHangUp ? new Interrupted('SIGHUP') : outputFault(error));
    };
    this.out = new Sink(host.stdout, { ...this.flow.gate(), onGone, onError });
    // A reader of stderr that goes away ends nothing: only the reader of the data does.
    this.err = new Sink(host.stderr, output.debug ? this.flow.gate() : {});
    this.#automation =
      options.automate?.({
        ...this.flow.gate(),
        decide: (decision, room, id) => this.#decide(decision, room, id),
        show: (shown, room) => this.#report(shown, room),
      }) ?? null;
  }

  /**
   * Asks a person something. Questions come one after the other, and the table after the last of them: all want the
   * same keys. Once it has the screen it can no longer ask.
   * @returns the answer, `null` if it did not ask
   */
  ask<T>(question: () => Promise<T>): Promise<T | null> {
    const release = this.#view?.hold?.();
    if (release === null) return Promise.resolve(null);
    const answer = this.#asked.then(async () => {
      await this.err.flush(this.#stop.signal);
      return question();
    });
    const done = () => (this.#stop.signal.aborted ? undefined : release?.());
    this.#asked = answer.then(done, done);
    return answer;
  }

  /**
   * @returns the exit code
   * @throws TrueConfFilesError where the only feed, or the first of all, ended with one; the signal's reason
   */
  async run(feeds: readonly Feed[]): Promise<number> {
    const { host, timeoutMs } = this.#options;
    const { signal } = host;
    const answered = this.#automation?.afterAnswers(signal) ?? signal;
    const onSignal = () => this.#end(signal.reason);
    answered.addEventListener('abort', onSignal, { once: true });
    if (answered.aborted) onSignal();
    const cancel =
      timeoutMs === null ? () => {} : host.clock.after(timeoutMs, () => this.#endNow(EXIT.timeout));
    try {
      this.#view = await this.#openView();
      this.#feeds = feeds;
      await this.#runFeeds();
    } finally {
      cancel();
      answered.removeEventListener('abort', onSignal);
      await this.#closeAutomation(signal);
      await this.#view?.close();
      // What ends by itself may take the time that its reader takes, until a signal comes.
      const hurry = this.#isOver ? signal : this.#stop.signal;
      await Promise.all([this.out.flush(hurry), this.err.flush(hurry)]);
      this.out.dispose();
      this.err.dispose();
    }
    if (this.out.left > 0 && !this.#isGone) throw linesLost(this.out.left);
    const { reason } = this.#stop.signal;
    if (reason instanceof Done) return reason.exitCode;
    throw reason;
  }

  /** Reports trouble that concerns no Room. */
  warn(code: string, message: string): void {
    this.#show({ kind: 'warning', at: Date.now(), code, message, count: 1, id: null }, null);
  }

  /** A note after all else. Where records are written, stderr only has problems. */
  async sayLast(text: string, isTrouble: boolean): Promise<void> {
    if (this.#format.notes !== 'trouble' || isTrouble) this.#note(text, undefined, isTrouble);
    await this.err.flush(this.#stop.signal);
  }

  async #openView(): Promise<View> {
    const { output, host, labels, player = null } = this.#options;
    return this.#format.open({
      ...this.#options,
      out: this.out,
      look: lookFor(output, host),
      nameRooms: labels.length > 1,
      isListing: output.once === true,
      isWide: output.wide === true,
      actions: { quit: () => this.#endNow(EXIT.done), decide: this.#decide.bind(this) },
      player,
    });
  }

  /** One feed that fails never stops the others; the first fault is the show's once all have ended. */
  async #runFeeds(): Promise<void> {
    const faults: unknown[] = [];
    await Promise.all(
      this.#feeds.map(async (feed, at) => {
        try {
          const handlers = {
            onNotice: (notice: Notice, room: string) => this.#take(notice, room, feed.label),
            onListed: (isWhole: boolean) => this.#begun(at, isWhole ? EXIT.done : EXIT.rejected),
          };
          await feed.run(handlers, this.#stop.signal);
        } catch (error) {
          faults.push(error);
          if (this.#feeds.length === 1 || this.#stop.signal.aborted) return;
          this.err.write(`${this.#stamp(`${safeText(feed.label)}: ${endingOf(error)}`)}\n`);
          this.#begun(at, exitCodeOf(error));
        }
      }),
    );
    this.#isOver = !this.#stop.signal.aborted;
    this.#end(faults[0] ?? new Done(EXIT.done));
  }

  /** A feed's start is complete, or will never be. */
  #begun(feed: number, exitCode: number): void {
    if (this.#begunFeeds.has(feed)) return;
    this.#begunFeeds.add(feed);
    const { endings } = this.#options;
    if (endings === null) return;
    endings.listed(exitCode);
    if (this.#begunFeeds.size === this.#feeds.length) this.#reportUnseen(endings.unseen);
    this.#checkEndings();
  }

  /** Says which of the ids asked for nothing has that was listed: one mistyped would be waited for in silence. */
  #reportUnseen(ids: readonly string[]): void {
    if (ids.length === 0 || this.#stop.signal.aborted) return;
    const message = `nothing listed at the start has the id ${ids.map((id) => `"${safeText(id)}"`).join(', ')}`;
    if (this.#format.notes === 'none') this.warn('no-such-id', message);
    else this.#note(message);
  }

  #take(notice: Notice, room: string, feed: string): void {
    // Once it has done what was asked for, only the end of the link is still told, and warnings held until then.
    const isOver = this.#isDone || this.#stop.signal.aborted || this.#options.host.signal.aborted;
    if (isOver && notice.kind !== 'link' && notice.kind !== 'warning') return;
    // A heartbeat is shown only if nothing else of its feed was written since the last one.
    const isUnwanted = this.#options.output.quiet === true && !this.#format.hasHeartbeats;
    if (notice.kind === 'heartbeat' && (this.#heard.delete(feed) || isUnwanted)) return;
    const { selection, endings } = this.#options;
    if (isChange(notice)) {
      if (selection?.watches(notice, room) === false) return;
      endings?.saw(notice, room);
      if (selection?.writes(notice, room) === false) {
        this.#automation?.take(notice, room, false);
        this.#hide(notice, room);
        this.#checkEndings();
        return;
      }
    }
    this.#report(notice, room, feed);
    if (notice.kind === 'transfer') endings?.wrote();
    this.#automation?.take(notice, room, true);
    this.#checkEndings();
  }

  #report(shown: Shown, room: string, feed = room): void {
    const before = this.out.taken;
    this.#show(shown, room);
    if (shown.kind !== 'heartbeat' && this.out.taken > before) this.#heard.add(feed);
  }

  /** Hooks and answers that are under way may end, unless a signal, a time limit or a person ended the show. */
  async #closeAutomation(signal: AbortSignal): Promise<void> {
    const dropped = await this.#automation?.close(AbortSignal.any([signal, this.#hurry.signal]));
    if (dropped) this.warn('hooks-dropped', `${dropped} hooks were not run, as the program was stopped`);
  }

  /** A transfer that left the statuses asked for leaves the table. */
  #hide(notice: Notice, room: string): void {
    if (!this.#format.isRedrawn || notice.kind !== 'transfer' || notice.previousStatus === null) return;
    const { at, transfer } = notice;
    const { id, key } = transfer;
    this.#view?.show({ kind: 'removed', at, id, key, transfer, reason: 'gone', removedFromDisk: null }, room);
  }

  get #format() {
    return FORMATS[this.#options.format];
  }

  #checkEndings(): void {
    const exitCode = this.#options.endings?.exitCode ?? null;
    if (exitCode === null || this.#isDone) return;
    this.#isDone = true;
    const end = () => this.#end(new Done(exitCode));
    // A request can only be answered while the link is live.
    if (this.#automation === null) end();
    else void this.#automation.idle().then(end);
  }

  #show(notice: Shown, room: string | null): void {
    this.#view?.show(notice, room);
    if (notice.kind !== 'link' && notice.kind !== 'warning') return;
    const note = noteFor(this.#format, notice, room);
    if (note !== null) this.#note(note.text, notice.at, note.isError);
  }

  #note(text: string, at?: number, isLoud = false): void {
    if (isLoud || this.#options.output.quiet !== true) this.err.write(`${this.#stamp(text, at)}\n`);
  }

  async #decide(decision: Decision, room: string, id: string): Promise<Outcome> {
    const feed = this.#feeds.find((one) => one.covers?.(room) ?? one.label === room) ?? this.#feeds[0];
    return (await feed?.decide(decision, room, id)) ?? { ok: false, reason: 'that Room is not watched' };
  }

  /** Ends without waiting for hooks. */
  #endNow(exitCode: number): void {
    this.#hurry.abort();
    this.#end(new Done(exitCode));
  }

  /** The first cause of an ending is the one that counts. */
  #end(reason: unknown): void {
    if (!this.#stop.signal.aborted) this.#stop.abort(reason);
  }
}
