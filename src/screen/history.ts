import type { Notice } from '../monitor/monitor.js';
import { keyAmongRooms } from '../transfers/transfer.js';
import { applyNotice, initialModel, type Model } from './model.js';

interface Shown {
  readonly notice: Notice;
  readonly room: string;
}

/** What a recording has shown so far, so that it can be looked at as it was some changes ago. */
export class History {
  #shown: Shown[] = [];

  get length(): number {
    return this.#shown.length;
  }

  add(notice: Notice, room: string): void {
    this.#shown.push({ notice, room });
    if (this.#shown.length > MAX_NOTICES) {
      const half = Math.floor(MAX_NOTICES / 2);
      this.#shown = [...compacted(this.#shown.slice(0, half)), ...this.#shown.slice(half)];
    }
  }

  /** How many notices there were before the last change among the first `count`; `null` where there is none. */
  before(count: number): number | null {
    const at = this.#shown.findLastIndex((shown, index) => index < count && isChange(shown));
    return at < 0 ? null : at;
  }

  /** How many notices there were after the next change. */
  after(count: number): number {
    const at = this.#shown.findIndex((shown, index) => index >= count && isChange(shown));
    return at < 0 ? this.#shown.length : at + 1;
  }

  /** The model after the first `count` notices, looked at as `present` is. */
  modelAt(count: number, present: Model): Model {
    const { startedAt, rooms, servers } = present;
    const start = initialModel(startedAt, [...rooms.keys()], MAX_NOTICES, [...servers]);
    const past = this.#shown
      .slice(0, count)
      .reduce((model, { notice, room }) => applyNotice(model, notice, room), start);
    past.rows.arrange(present.rows.arrangement);
    const { selected, chosen, selectedAt, top, columns, held, mode, playback } = present;
    return { ...past, selected, chosen, selectedAt, top, columns, held, mode, playback, flash: null };
  }

  /** When the last of the first `count` notices was seen, milliseconds since 1970. */
  timeAt(count: number): number | null {
    return this.#shown[count - 1]?.notice.at ?? null;
  }
}

/** Of more than this the older half is kept as what it came to. */
const MAX_NOTICES = 20_000;

function isChange({ notice: { kind } }: Shown): boolean {
  return kind !== 'progress' && kind !== 'heartbeat';
}

/** What each transfer and each link came to. */
function compacted(shown: readonly Shown[]): readonly Shown[] {
  const last = new Map<string, Shown>();
  for (const { notice, room } of shown) {
    if (notice.kind === 'transfer') last.set(keyAmongRooms(room, notice.transfer.key), { notice, room });
    else if (notice.kind === 'progress') {
      const key = keyAmongRooms(room, notice.transfer.key);
      const known = last.get(key)?.notice;
      if (known?.kind === 'transfer')
        last.set(key, { notice: { ...known, transfer: notice.transfer }, room });
    } else if (notice.kind === 'removed') last.delete(keyAmongRooms(room, notice.key));
    else if (notice.kind === 'link' || notice.kind === 'availability') {
      last.set(`${notice.kind} ${room}`, { notice, room });
    }
  }
  return [...last.values()];
}
