import type { Host } from '../host.js';
import type { Notice, Shown } from '../monitor/monitor.js';
import type { Look } from '../output/look.js';
import type { View } from '../output/sink.js';
import type { Decision } from '../protocol/requests.js';
import type { Player } from '../recording/player.js';
import { isServerAddress } from '../relay/server-address.js';
import type { Outcome } from '../room/ask.js';
import type { Status } from '../transfers/transfer.js';
import type { ColumnChoice } from './columns.js';
import { notification } from './notify.js';
import { ScreenView } from './screen.js';
import { warmUp } from './table.js';

export interface TableActions {
  quit(): void;
  decide(decision: Decision, room: string, id: string): Promise<Outcome>;
}

export interface TableViewOptions {
  readonly host: Host;
  readonly look: Look;
  /** Addresses of the Rooms, as the user gave them. */
  readonly labels: readonly string[];
  /** Ended transfers held at most. */
  readonly keep: number;
  readonly actions: TableActions;
  /** What plays the recording that is shown; `null` where it happens now. */
  readonly player: Player | null;
  /** Of which changes a person is notified; none by default. */
  readonly notify: readonly Status[] | undefined;
  readonly columns: ColumnChoice;
}

/**
 * The table. A live one takes the screen only once there is something to see: until then the terminal is left as it is,
 * so that a first connection that fails, or a question for credentials, is an ordinary line.
 */
export class TableView implements View {
  readonly #options: TableViewOptions;
  #screen: ScreenView | null = null;
  #takeBack: (() => void) | null = null;
  #isDue = false;
  #holders = 0;
  /** What came before there was a screen. */
  #held: { readonly notice: Notice; readonly room: string | null }[] = [];

  constructor(options: TableViewOptions) {
    this.#options = options;
    const { host, look, labels, player } = options;
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
    const names = labels.map((label) => look.text(label)).join(', ');
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
    const { host, look, labels, keep, actions, player, notify = [], columns } = this.#options;
    const screen = new ScreenView({
      stdout: host.stdout,
      stdin: host.stdin,
      look,
      now: () => player?.now() ?? Date.now(),
      rooms: labels,
      servers: labels.filter(isServerAddress),
      keepEnded: keep,
      columns,
      notify: { statuses: notify, sequence: (text) => notification(text, host.env) },
      ...(player !== null && { playback: player.playback }),
      actions: {
        ...actions,
        interrupt: () => host.interrupt(),
        togglePause: () => player?.togglePause(),
        step: () => player?.step(),
        pause: () => player?.pause(),
        changeSpeed: (by) => player?.changeSpeed(by),
      },
    });
    this.#takeBack = host.onLastResort(() => screen.restore());
    return screen;
  }
}

const OPENING: ReadonlySet<string> = new Set(['listing', 'live', 'waiting']);
