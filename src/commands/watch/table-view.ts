import type { Notice } from '../../monitor/notice.js';
import { makeLook } from '../../output/screen/look.js';
import { ScreenView } from '../../output/screen/screen-view.js';
import { warmUp } from '../../output/screen/warm-up.js';
import { supportsUnicode } from '../../output/symbols.js';
import type { View } from '../../output/view.js';
import type { Host } from '../host.js';

export interface TableActions {
  quit(): void;
  accept(room: string, id: string): Promise<string>;
  reject(room: string, id: string): Promise<string>;
}

/**
 * The live table. It takes the screen only once there is something to see: until then the terminal is left as it is,
 * so that a first connection that fails, or a question for credentials, is an ordinary line.
 */
export class TableView implements View {
  readonly #host: Host;
  readonly #color: boolean;
  readonly #unicode: boolean;
  readonly #actions: TableActions;
  readonly #rooms: readonly string[];
  #screen: ScreenView | null = null;
  #takeBack: (() => void) | null = null;
  #isDue = false;
  #holders = 0;
  /** What came before there was a screen. */
  #held: { readonly notice: Notice; readonly room: string }[] = [];

  constructor(host: Host, color: boolean, rooms: readonly string[], actions: TableActions) {
    this.#host = host;
    this.#color = color;
    this.#rooms = rooms;
    this.#actions = actions;
    this.#unicode = supportsUnicode(host.env, host.platform);
    setImmediate(warmUp);
    const look = makeLook({ color: false, unicode: this.#unicode });
    const names = rooms.map((room) => look.text(room)).join(', ');
    host.stderr.write(`Connecting to ${names}${look.symbols.ellipsis}\n`);
  }

  get isOpen(): boolean {
    return this.#screen !== null;
  }

  /** Leaves the terminal to somebody else, where it is not taken yet, until what is given is called. */
  hold(): () => void {
    this.#holders += 1;
    return () => {
      this.#holders -= 1;
      this.#openIfDue();
    };
  }

  show(notice: Notice, room: string): void {
    if (this.#screen !== null) {
      this.#screen.show(notice, room);
      return;
    }
    this.#held.push({ notice, room });
    this.#isDue ||= notice.kind === 'link' && OPENING.has(notice.link.state);
    this.#openIfDue();
  }

  async close(): Promise<void> {
    await this.#screen?.close();
    this.#takeBack?.();
  }

  #openIfDue(): void {
    if (!this.#isDue || this.#holders > 0 || this.#screen !== null) return;
    this.#screen = this.#open();
    for (const { notice, room } of this.#held) this.#screen.show(notice, room);
    this.#held = [];
  }

  #open(): ScreenView {
    const { stdout, stdin } = this.#host;
    const screen = new ScreenView({
      stdout,
      stdin,
      color: this.#color,
      unicode: this.#unicode,
      now: Date.now,
      rooms: this.#rooms,
      actions: { ...this.#actions, interrupt: () => this.#host.interrupt() },
    });
    this.#takeBack = this.#host.onLastResort(() => screen.restore());
    return screen;
  }
}

const OPENING: ReadonlySet<string> = new Set(['listing', 'live', 'waiting']);
