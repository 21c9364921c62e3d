import type { Program, ProgramRecord } from '../../support/program.js';

/** Reads along what a watcher tells: what is the last of each transfer, and what should not have been told. */
export class Onlooker {
  readonly watcher: Program;
  /** The last status of each transfer that was not removed. */
  readonly table = new Map<string, string>();
  /** Records that say nothing new or go back, a sentence each. */
  readonly faults: string[] = [];
  readonly #last = new Map<string, string>();
  /** Of each transfer, oldest first. */
  readonly #shown = new Map<string, Shown[]>();
  /** What relays say was left out, by Room. */
  readonly #leftOut = new Map<string, LeftOut>();
  #read = 0;

  constructor(watcher: Program) {
    this.watcher = watcher;
  }

  /** Resolves once it shows what is held, and nothing else. */
  async shows(held: ReadonlyMap<string, string>): Promise<void> {
    this.#readOn(() => {});
    const wrong = new Set(differing(this.table, held));
    const look = (key: string) => {
      if (this.table.get(key) === held.get(key)) wrong.delete(key);
      else wrong.add(key);
    };
    await this.watcher.until(() => {
      this.#readOn(look);
      return wrong.size === 0 || undefined;
    });
  }

  /**
   * Compares the steps that it was not shown with those that relays said were left out: a sentence for each Room or
   * transfer that differs. Only for one that has looked on since before the first of these steps.
   */
  unaccounted(steps: ReadonlyMap<string, readonly string[]>): readonly string[] {
    this.#readOn(() => {});
    const faults: string[] = [];
    const missing = new Map<string, LeftOut>();
    for (const [key, done] of steps) {
      let next = 0;
      for (const { status, isResync } of this.#shown.get(key) ?? []) {
        const at = done.indexOf(status);
        const lacking = done.slice(next, at);
        next = at + 1;
        if (lacking.length > 0 && !isResync)
          faults.push(`${key} lacks ${lacking} before an event, ${status}`);
        if (isResync) add(missing, roomOf(key), { resynced: 1, steps: lacking.length, handedOver: 0 });
      }
    }
    for (const room of new Set([...missing.keys(), ...this.#leftOut.keys()])) {
      const [is, told] = [missing.get(room) ?? NOTHING, this.#leftOut.get(room) ?? NOTHING];
      // A relay that takes a Room can't know how many steps each transfer took.
      const most = told.steps + told.handedOver * MOST_UNSEEN;
      if (is.resynced === told.resynced && is.steps >= told.steps && is.steps <= most) continue;
      faults.push(`${room} lacks ${JSON.stringify(is)}, and is told to lack ${JSON.stringify(told)}`);
    }
    return faults;
  }

  /** Where it stands, for a person who wonders why it does not end. */
  report(held: ReadonlyMap<string, string>): string {
    this.#readOn(() => {});
    const wrong = differing(this.table, held).map(
      (key) => `${key} is ${held.get(key) ?? 'gone'}, and shown as ${this.table.get(key) ?? 'gone'}`,
    );
    const others = this.watcher.records.filter(({ type }) => type !== 'transfer' && type !== 'removed');
    return [
      `${this.#read} records; ${wrong.length} transfers differ:`,
      ...wrong.slice(0, SHOWN),
      ...this.faults.slice(0, SHOWN),
      ...others.slice(-SHOWN).map((record) => JSON.stringify(record)),
    ].join('\n');
  }

  #readOn(each: (key: string) => void): void {
    const { records } = this.watcher;
    while (this.#read < records.length) {
      const record = records[this.#read++];
      if (record?.type === 'transfer' || record?.type === 'removed') each(this.#take(record));
      if (record?.type === 'warning') this.#warned(record);
    }
  }

  #warned({ room, code, message }: ProgramRecord): void {
    const [transfers = 0, steps = 0] = (String(message).match(/\d+/g) ?? []).map(Number);
    if (code === 'handover')
      add(this.#leftOut, room, { resynced: transfers, steps: 0, handedOver: transfers });
    if (code === 'steps-left-out') add(this.#leftOut, room, { resynced: transfers, steps, handedOver: 0 });
  }

  #take({ type, room, id, status, origin, reason }: ProgramRecord): string {
    const key = `${room} ${id}`;
    const is = type === 'removed' ? 'removed' : String(status);
    const was = this.#last.get(key) ?? '';
    if (STEPS.indexOf(is) <= STEPS.indexOf(was)) this.faults.push(`${key} was ${was}, and is told as ${is}`);
    this.#last.set(key, is);
    const shown = this.#shown.get(key) ?? [];
    this.#shown.set(key, [...shown, { status: is, isResync: origin === 'resync' || reason === 'gone' }]);
    if (is === 'removed') this.table.delete(key);
    else this.table.set(key, is);
    return key;
  }
}

/** A step as it is told. */
interface Shown {
  readonly status: string;
  /** Whether it was found by comparing, not seen as it came. */
  readonly isResync: boolean;
}

interface LeftOut {
  /** Transfers told by their last state alone. */
  readonly resynced: number;
  /** Steps of them that are not told. */
  readonly steps: number;
  /** Those of the transfers that changed between two relays. */
  readonly handedOver: number;
}

function add(sums: Map<string, LeftOut>, room: unknown, { resynced, steps, handedOver }: LeftOut): void {
  const sum = sums.get(String(room)) ?? NOTHING;
  sums.set(String(room), {
    resynced: sum.resynced + resynced,
    steps: sum.steps + steps,
    handedOver: sum.handedOver + handedOver,
  });
}

function roomOf(key: string): string {
  return key.slice(0, key.indexOf(' '));
}

function differing(table: ReadonlyMap<string, string>, held: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...table.keys(), ...held.keys()])].filter((key) => table.get(key) !== held.get(key));
}

/** A transfer goes from left to right; none both fails and completes. */
const STEPS = ['', 'waiting', 'processing', 'failed', 'complete', 'removed'];
/** Waiting and processing. */
const MOST_UNSEEN = 2;
const NOTHING: LeftOut = { resynced: 0, steps: 0, handedOver: 0 };
const SHOWN = 20;
