import type { Host } from '../host.js';
import type { Notice, Shown } from '../monitor/monitor.js';
import type { Look } from '../output/look.js';
import type { View } from '../output/sink.js';
import type { Decision } from '../protocol/requests.js';
import type { Player } from '../recording/player.js';
import { isServerAddress } from '../relay/server-address.js';
import type { Outcome } from '../room/ask.js';
import type { Status } from '../transfers/transfer.js';
import { type ColumnChoice, USUAL_COLUMNS } from './columns.js';
import { notification } from './notify.js';
import { ScreenView } from './screen.js';
import { warmUp } from './table.js';

export interface TableActions {
  quit(): void;
  decide(decision: Decision, room: string, id: string): Promise<Outcome>;
}

/**
 * The table. A live one takes the screen only once there is something to see: until then the terminal is left as it is,
 * so that a first connection that fails, or a question for credentials, is an ordinary line.
 */
export class TableView implements View {
  readonly #host: Host;
  readonly #look: Look;
  readonly #actions: TableActions;
  readonly #rooms: readonly string[];
  readonly #keep: number;
  readonly #player: Player | null;
  readonly #notify: readonly Status[];
  readonly #columns: ColumnChoice;
  #screen: ScreenView | null = null;
  #takeBack: (() => void) | null = null;
  #isDue = false;
  #holders = 0;
  /** What came before there was a screen. */
  #held: { readonly notice: Notice; readonly room: string | null }[] = [];

  /**
   * @param keep ended transfers held at most
   * @param notify of which changes a person is notified
   * @param player what plays the recording that is shown; `null` where it happens now
   */
  constructor(
    host: Host,
    look: Look,
    rooms: readonly string[],
    keep: number,
    actions: TableActions,
    player: Player | null,
    notify: readonly Status[] = [],
    columns: ColumnChoice = USUAL_COLUMNS,
  ) {
    this.#columns = columns;
    this.#host = host;
    this.#look = look;
    this.#rooms = rooms;
    this.#keep = keep;
    this.#actions = actions;
    this.#player = player;
    this.#notify = notify;
    setImmediate(warmUp);
    if (player !== null) {
      // A replay asks for nothing: it opens with whatever comes first.
      this.#isDue = true;
      player.onPlayback = (playback) => {
        this.#openIfDue();
        this.#screen?.play(playback);
      };
      return;
    }
    const names = rooms.map((room) => look.text(room)).join(', ');
    host.stderr.write(`Connecting to ${names}${look.symbols.ellipsis}\n`);
  }

  hold(): (() => void) | null {
    if (this.#screen !== null) return null;
    this.#holders += 1;
    return () => {
      this.#holders -= 1;
      this.#openIfDue();
    };
  }

  show(notice: Shown, room: string | null): void {
    // What a rule or a hook does shows as the status that follows; where it failed, a warning comes with it.
    if (notice.kind === 'hook' || notice.kind === 'answer') return;
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
    const player = this.#player;
    const { stdout, stdin } = this.#host;
    const screen = new ScreenView({
      stdout,
      stdin,
      look: this.#look,
      now: () => player?.now() ?? Date.now(),
      rooms: this.#rooms,
      servers: this.#rooms.filter(isServerAddress),
      keepEnded: this.#keep,
      columns: this.#columns,
      notify: { statuses: this.#notify, sequence: (text) => notification(text, this.#host.env) },
      ...(player !== null && { playback: player.playback }),
      actions: {
        ...this.#actions,
        interrupt: () => this.#host.interrupt(),
        togglePause: () => player?.togglePause(),
        step: () => player?.step(),
        pause: () => player?.pause(),
        changeSpeed: (by) => player?.changeSpeed(by),
      },
    });
    this.#takeBack = this.#host.onLastResort(() => screen.restore());
    return screen;
  }
}

const OPENING: ReadonlySet<string> = new Set(['listing', 'live', 'waiting']);
