import type { Program, ProgramRecord } from '../../support/program.js';

/** Reads along what a watcher tells: what is the last of each transfer, and what should not have been told. */
export class Onlooker {
  readonly watcher: Program;
  /** The last status of each transfer that was not removed. */
  readonly table = new Map<string, string>();
  /** Records that say nothing new or go back, a sentence each. */
  readonly faults: string[] = [];
  readonly #last = new Map<string, string>();
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
    }
  }

  #take({ type, room, id, status }: ProgramRecord): string {
    const key = `${room} ${id}`;
    const is = type === 'removed' ? 'removed' : String(status);
    const was = this.#last.get(key) ?? '';
    if (STEPS.indexOf(is) <= STEPS.indexOf(was)) this.faults.push(`${key} was ${was}, and is told as ${is}`);
    this.#last.set(key, is);
    if (is === 'removed') this.table.delete(key);
    else this.table.set(key, is);
    return key;
  }
}

function differing(table: ReadonlyMap<string, string>, held: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...table.keys(), ...held.keys()])].filter((key) => table.get(key) !== held.get(key));
}

/** A transfer goes from left to right; none both fails and completes. */
const STEPS = ['', 'waiting', 'processing', 'failed', 'complete', 'removed'];
const SHOWN = 20;
