import type { Notice } from '../monitor/monitor.js';
import { type Look, withPlainSigns } from '../output/look.js';
import type { View } from '../output/sink.js';
import { setAmbiguousWidth } from '../output/width.js';
import type { Decision } from '../protocol/requests.js';
import type { Playback } from '../recording/player.js';
import type { Outcome } from '../room/ask.js';
import { type Guards, guardTerminal } from '../terminal/guards.js';
import type { Input } from '../terminal/input.js';
import type { InputSource } from '../terminal/reader.js';
import type { Status } from '../transfers/transfer.js';
import type { ColumnChoice } from './columns.js';
import { titleText } from './header.js';
import { History } from './history.js';
import { applyNotice, type Flash, initialModel, type Model } from './model.js';
import { Notifier } from './notify.js';
import { FramePacer } from './patch.js';
import { summaryLines } from './summary.js';
import { AMBIGUOUS, type ScreenOutput, Terminal } from './terminal.js';
import { type Effect, pressKey } from './update.js';
import { cursorOf, notShown, prepare, reachOf, view, wasShown } from './view.js';

/** What keys ask of the program around the screen. */
export interface ScreenActions {
  /** `q` was pressed. */
  quit(): void;
  /** Ctrl-C was pressed: in raw mode the terminal sends no SIGINT. */
  interrupt(): void;
  /** Accepts a waiting inbound request; gives a sentence that says what came of it. */
  decide(decision: Decision, room: string, id: string): Promise<Outcome>;
  /** Plays a recording on, or pauses it. */
  togglePause?(): void;
  /** Plays a recording to its next change, and pauses it there. */
  step?(): void;
  /** Pauses a recording, where it is not paused. */
  pause?(): void;
  changeSpeed?(by: 1 | -1): void;
}

export interface ScreenOptions {
  readonly stdout: ScreenOutput;
  readonly stdin: InputSource;
  readonly look: Look;
  /** Milliseconds since 1970: by the clock of what is shown, which a recording has of its own. */
  now(): number;
  /** Rooms known from the start; others are added with their first notice. */
  readonly rooms?: readonly string[];
  /** Those of them that are servers which report Rooms. */
  readonly servers?: readonly string[];
  readonly columns?: ColumnChoice;
  /** Ended transfers kept in the table, 10,000 if not given; active ones are always kept. */
  readonly keepEnded?: number;
  /** How the recording is being played, if it is one that is shown. */
  readonly playback?: Playback;
  /** What a person is notified of, and the sequence that notifies of a text. */
  readonly notify?: { readonly statuses: readonly Status[]; readonly sequence: (text: string) => string };
  readonly actions: ScreenActions;
  /** Stops the process until SIGCONT; called after the terminal was given back. */
  readonly suspend?: () => void;
}

/** A clock moves ages and countdowns. */
const TICK_MS = 1_000;
/** All is drawn anew this often. */
const REPAINT_TICKS = 15;
/** A window being dragged sends many resizes: a frame follows the last, and one comes this often until then. */
const RESIZE_SETTLE_MS = 50;
const RESIZING_FRAME_MS = 200;

/** The live table on a terminal: alternate screen, keys, and a summary on the normal screen afterwards. */
export class ScreenView implements View {
  readonly #options: ScreenOptions;
  #look: Look;
  readonly #terminal: Terminal;
  readonly #guards: Guards;
  readonly #pacer: FramePacer;
  readonly #tick: NodeJS.Timeout;
  #model: Model;
  #frameTimer: NodeJS.Timeout | undefined;
  #resizeTimer: NodeJS.Timeout | undefined;
  readonly #notifier: Notifier;
  /** What a recording has shown, and while it is looked at as it was: how far, and the model of what is now. */
  readonly #history = new History();
  #past: { readonly count: number; readonly present: Model } | null = null;
  /** When the first of the resizes that wait for a frame came. */
  #resizedAt: number | null = null;
  /** What was drawn last, which a busy terminal may not show yet. */
  #drawn: Model | null = null;
  #ticks = 0;
  #closed: Promise<void> | undefined;

  /** Takes the terminal at once. */
  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#look = options.look;
    this.#notifier = new Notifier(options.notify?.statuses ?? []);
    const { rooms, keepEnded, servers, columns } = options;
    const start = initialModel(options.now(), rooms, keepEnded, servers, columns);
    this.#model = { ...start, playback: options.playback ?? null };
    const { stdout, stdin, look } = options;
    const onWide = look.text(AMBIGUOUS) === AMBIGUOUS ? this.#onWide : null;
    this.#terminal = new Terminal(stdout, stdin, this.#onInputs, this.#onDrain, onWide);
    const { width, height } = this.#terminal.size;
    this.#pacer = new FramePacer(width * height);
    const guarded = {
      restore: () => this.restore(),
      resume: () => {
        this.#model = notShown(this.#model);
        this.#terminal.enter();
        this.#request(true);
      },
    };
    this.#guards = guardTerminal(guarded, options.suspend);
    this.#tick = setInterval(this.#onTick, TICK_MS);
    options.stdout.on('resize', this.#onResize);
    this.#terminal.enter();
    this.#request(true);
  }

  show(notice: Notice, room: string | null): void {
    if (room !== null && this.#model.playback !== null) this.#history.add(notice, room);
    else if (notice.kind === 'transfer') this.#notifier.add(notice);
    if (this.#past === null) this.#model = applyNotice(this.#model, notice, room);
    else this.#past = { ...this.#past, present: applyNotice(this.#past.present, notice, room) };
    this.#request(false);
  }

  /** Shows that a recording is played differently now. */
  play(playback: Playback): void {
    this.#model = { ...this.#model, playback };
    this.#request(true);
  }

  /** Gives the terminal back and prints the summary on the normal screen. Safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  /** Gives the terminal back at once, without a summary: for where nothing can be awaited. */
  restore(): void {
    this.#terminal.restore();
  }

  async #finish(): Promise<void> {
    const { stdout, now } = this.#options;
    clearInterval(this.#tick);
    for (const timer of [this.#frameTimer, this.#resizeTimer]) clearTimeout(timer);
    stdout.off('resize', this.#onResize);
    this.restore();
    this.#guards.dispose();
    const lines = summaryLines(this.#past?.present ?? this.#model, now(), this.#look);
    // A terminal that was closed never drains; that it can't be written ends the wait as well.
    await new Promise<void>((resolve) => stdout.write(`${lines.join('\n')}\n`, resolve));
  }

  readonly #onTick = (): void => {
    this.#ticks += 1;
    // Another program may have written over the picture.
    if (this.#ticks % REPAINT_TICKS === 0) this.#terminal.invalidate();
    this.#request(false);
  };

  readonly #onResize = (): void => {
    const now = Date.now();
    this.#resizedAt ??= now;
    clearTimeout(this.#resizeTimer);
    const longest = Math.max(0, this.#resizedAt + RESIZING_FRAME_MS - now);
    this.#resizeTimer = setTimeout(
      () => {
        this.#resizeTimer = undefined;
        this.#resizedAt = null;
        this.#terminal.invalidate();
        this.#frame();
      },
      Math.min(RESIZE_SETTLE_MS, longest),
    );
  };

  readonly #onDrain = (): void => {
    this.#shown();
    this.#request(false);
  };

  readonly #onWide = (): void => {
    setAmbiguousWidth(2);
    this.#look = withPlainSigns(this.#look);
    this.#terminal.invalidate();
    this.#request(true);
  };

  readonly #onInputs = (inputs: readonly Input[]): void => {
    for (const input of inputs) {
      if (this.#closed !== undefined) return;
      const now = this.#options.now();
      const reach = reachOf(this.#model, this.#terminal.size, now, this.#look);
      const { model, effect } = pressKey(this.#model, input, reach, now);
      this.#model = model;
      if (effect !== null) this.#perform(effect);
    }
    if (inputs.every(({ kind }) => kind === 'focus' || kind === 'mouse' || kind === 'report')) return;
    this.#terminal.invalidate();
    this.#request(true);
  };

  #perform(effect: Effect): void {
    const { actions } = this.#options;
    if (effect.kind === 'quit') actions.quit();
    else if (effect.kind === 'interrupt') actions.interrupt();
    else if (effect.kind === 'suspend') this.#guards.suspend();
    else if (effect.kind === 'redraw') this.#terminal.invalidate();
    else if (effect.kind === 'copy') this.#terminal.copy(effect.text);
    else if (effect.kind === 'play') {
      this.#lookAtPast(this.#history.length);
      actions.togglePause?.();
    } else if (effect.kind === 'step') {
      if (this.#past === null) actions.step?.();
      else this.#lookAtPast(this.#history.after(this.#past.count));
    } else if (effect.kind === 'back') {
      actions.pause?.();
      this.#lookAtPast(this.#history.before(this.#past?.count ?? this.#history.length));
    } else if (effect.kind === 'speed') actions.changeSpeed?.(effect.by);
    else void this.#decide(effect.decision, effect.room, effect.id);
  }

  /** Shows a recording as it was after its first `count` notices; all of them are the present. */
  #lookAtPast(count: number | null): void {
    if (count === null) return;
    const present = this.#past?.present ?? this.#model;
    if (count >= this.#history.length) {
      if (this.#past === null) return;
      this.#past = null;
      present.rows.arrange(this.#model.rows.arrangement);
      const { selected, chosen, selectedAt, top, columns, mode, playback } = this.#model;
      this.#model = { ...present, selected, chosen, selectedAt, top, columns, mode, playback };
      return;
    }
    const past = this.#history.modelAt(count, { ...this.#model, rooms: present.rooms });
    this.#past = { count, present };
    this.#model = past;
  }

  /** The time of what is shown. */
  #now(): number {
    const past = this.#past === null ? null : this.#history.timeAt(this.#past.count);
    return past ?? this.#options.now();
  }

  async #decide(decision: Decision, room: string, id: string): Promise<void> {
    this.#say(decision === 'accept' ? 'Accepting.' : 'Rejecting.', 'plain');
    const outcome = await this.#options.actions.decide(decision, room, id);
    if (outcome.ok) this.#say(decision === 'accept' ? 'Accepted.' : 'Rejected.', 'plain');
    else this.#say(`Not ${decision}ed: ${outcome.reason}.`, 'alarm');
  }

  #say(text: string, tone: Flash['tone']): void {
    this.#model = { ...this.#model, flash: { text, tone, at: this.#options.now() } };
    this.#request(true);
  }

  /** Asks for a frame; many in a row give one. */
  #request(urgent: boolean): void {
    if (this.#closed !== undefined || (this.#frameTimer !== undefined && !urgent)) return;
    clearTimeout(this.#frameTimer);
    const delay = this.#pacer.delay(Date.now(), urgent);
    this.#frameTimer = setTimeout(() => this.#frame(), delay);
  }

  #frame(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    // Where the terminal is busy, its drain asks again; where its size is changing, the end of that does.
    if (!this.#terminal.isReady || this.#resizeTimer !== undefined) return;
    const { size } = this.#terminal;
    const now = this.#now();
    this.#model = prepare(this.#model, size, now, this.#look);
    const lines = view(this.#model, size, now, this.#look);
    const bytes = this.#terminal.draw(lines, cursorOf(this.#model, size, this.#look));
    this.#terminal.setTitle(titleText(this.#model, this.#look));
    const news = this.#notifier.take(now);
    if (news !== null) this.#terminal.signal(this.#options.notify?.sequence(news) ?? '');
    this.#pacer.drawn(Date.now(), bytes, size.width * size.height);
    this.#drawn = this.#model;
    if (this.#terminal.isReady) this.#shown();
  }

  /** What was drawn last has left for the terminal. */
  #shown(): void {
    if (this.#drawn?.mode === this.#model.mode) this.#model = wasShown(this.#model, this.#options.now());
  }
}
