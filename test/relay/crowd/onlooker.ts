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
  readonly #told = new Map<string, Missing>();
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
    const missing = new Map<string, Missing>();
    for (const [key, done] of steps) {
      let next = 0;
      let unseen = 0;
      let lacking = 0;
      let direct = 0;
      for (const { status, isResync } of this.#shown.get(key) ?? []) {
        const at = done.indexOf(status);
        const gap = at - next;
        next = at + 1;
        lacking += gap;
        if (isResync || gap > 0) unseen++;
        else if (at === 1 && status !== 'processing') direct++;
      }
      add(missing, roomOf(key), {
        transfers: Math.min(unseen, 1),
        records: unseen,
        steps: lacking,
        handover: direct,
        again: 0,
      });
    }
    const faults: string[] = [];
    for (const room of new Set([...missing.keys(), ...this.#told.keys()])) {
      const [is, told] = [missing.get(room) ?? NOTHING, this.#told.get(room) ?? NOTHING];
      // A relay that takes a Room can't know how many steps each transfer took, or whether it took one at all.
      const mostSteps = told.steps + (told.handover + told.again) * MOST_UNSEEN;
      const mostRecords = is.records + (told.handover > 0 ? is.handover : 0);
      const areSteps = told.steps <= is.steps && is.steps <= mostSteps;
      // What was lost and stored again is new only to one that had not read it.
      const mostTransfers = told.transfers + told.again;
      if (areSteps && is.transfers <= mostTransfers && told.transfers <= mostRecords) continue;
      faults.push(`${room}: missing are ${JSON.stringify(is)}, told ${JSON.stringify(told)}`);
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
    const [first = 0, second = 0] = (String(message).match(/\d+/g) ?? []).map(Number);
    if (code === 'handover') {
      add(this.#told, room, { ...NOTHING, transfers: first, records: first, handover: first });
    } else if (code === 'steps-left-out') {
      add(this.#told, room, { ...NOTHING, transfers: second, records: second, steps: first });
    } else if (code === 'stream-set-back') {
      add(this.#told, room, { ...NOTHING, again: first });
    }
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

/** A step as it is reported. */
interface Shown {
  readonly status: string;
  /** Whether it was found by comparing, not seen as it came. */
  readonly isResync: boolean;
}

/** What a watcher is not shown of a Room. */
interface Missing {
  /** Transfers that came into a status other than by the event of it. */
  readonly transfers: number;
  /** Records by which they did: of one transfer there may be several. */
  readonly records: number;
  /** Steps between those that are shown. */
  readonly steps: number;
  /** Told: transfers that changed between two relays. Shown: those that look like it, as they ended at once. */
  readonly handover: number;
  /** Told: transfers of which NATS had lost records. */
  readonly again: number;
}

function add(sums: Map<string, Missing>, room: unknown, more: Missing): void {
  const sum = sums.get(String(room)) ?? NOTHING;
  sums.set(String(room), {
    transfers: sum.transfers + more.transfers,
    records: sum.records + more.records,
    steps: sum.steps + more.steps,
    handover: sum.handover + more.handover,
    again: sum.again + more.again,
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
const NOTHING: Missing = { transfers: 0, records: 0, steps: 0, handover: 0, again: 0 };
const SHOWN = 20;
