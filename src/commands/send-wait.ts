import { TrueConfFilesError } from '../errors.js';
import { isChange, type Notice } from '../monitor/monitor.js';
import { noteOf } from '../output/lines.js';
import { formatBytes } from '../output/text.js';
import { toRecord } from '../records/record.js';
import type { Change } from '../transfers/change.js';
import { hasEnded } from '../transfers/transfer.js';
import { endOf, type OfferEnd } from '../visit/offer.js';
import type { AtRoom } from './at-room.js';
import { nameAndFacts, type ProgressLine } from './send-progress.js';

/** An offer that was made. */
export interface Awaited {
  /** The request's; `null` where the Room gave none, so that its end can't be seen. */
  readonly id: string | null;
  /** The file's name, and to whom it was offered. */
  readonly title: string;
  readonly to: string;
  /** As a person reads it, made safe already. */
  readonly line: string;
}

/** Follows offers to their ends, and reports each step as it comes. */
export class OfferWatch {
  readonly #offers = new Map<string, Awaited>();
  /** Without an id. */
  readonly #unseen: Awaited[] = [];
  /** Changes of requests that may turn out to be ours: an event may come before the answer that tells the id. */
  #early: Change[] = [];
  #at: AtRoom | null = null;
  #line: ProgressLine | null = null;
  #isWaiting = false;

  /** Called once the Room has listed what it held before. */
  begin(at: AtRoom, line: ProgressLine): void {
    this.#at = at;
    this.#line = line;
  }

  take(notice: Notice): void {
    if (this.#at === null) return;
    if (notice.kind === 'link') this.#noteLink(notice);
    if (!isChange(notice) || notice.kind === 'availability') return;
    if (this.#offers.has(idOf(notice))) this.#report(notice);
    else if (!this.#isWaiting) this.#early.push(notice);
  }

  follow(offer: Awaited): void {
    const { id } = offer;
    if (id === null) {
      this.#unseen.push(offer);
      return;
    }
    this.#offers.set(id, offer);
    const [ours, others] = [true, false].map((isOurs) =>
      this.#early.filter((change) => (idOf(change) === id) === isOurs),
    );
    this.#early = others ?? [];
    for (const change of ours ?? []) this.#report(change);
  }

  /**
   * Waits until each has ended.
   * @returns what went wrong, if anything did
   */
  async untilEnded(): Promise<TrueConfFilesError | null> {
    const at = this.#at;
    if (at === null) return null;
    this.#isWaiting = true;
    this.#early = [];
    await at.sees(() => (this.left === 0 ? true : null));
    const failures = [...this.#offers].flatMap(([id, { title, to }]) => {
      const end = endOf(id, at);
      return end === null || end === 'complete' ? [] : [`"${title}" to ${to} ${WORDS[end]}`];
    });
    if (failures.length > 0) {
      const message = `Not everything arrived: ${failures.join('; ')}.`;
      return new TrueConfFilesError('failed', message, 'The log of the Room may say more.');
    }
    const [blind] = this.#unseen;
    if (blind === undefined) return null;
    const message = `The Room ${at.label} gave no id for "${blind.title}" to ${blind.to}: its end can't be seen.`;
    return new TrueConfFilesError('rejected', message, 'The file was offered. Watch the Room for its end.');
  }

  /** How many have not ended. */
  get left(): number {
    const at = this.#at;
    return at === null ? 0 : [...this.#offers.keys()].filter((id) => endOf(id, at) === null).length;
  }

  #report(change: Change): void {
    const { printer, label } = this.#at ?? {};
    const offer = this.#offers.get(idOf(change));
    if (printer === undefined || label === undefined || offer === undefined) return;
    if (printer.isJson) printer.record(toRecord(change, label));
    else if (change.kind === 'progress') this.#draw(change, offer);
    else if (change.kind === 'removed' || (change.kind === 'transfer' && hasEnded(change.transfer.status))) {
      this.#line?.clear();
      printer.line(`${change.kind === 'removed' ? 'removed' : change.transfer.status}  ${offer.line}`);
    }
  }

  #draw({ transfer }: Extract<Change, { kind: 'progress' }>, { title, to }: Awaited): void {
    if (!this.#isWaiting) return;
    const all = this.#offers.size;
    const place = all === 1 ? '' : `${all - this.left} of ${all} ended  `;
    const facts = `${place}${transfer.progress ?? 0}%  of ${formatBytes(transfer.size)}`;
    this.#line?.draw((columns) => nameAndFacts(`${title} to ${to}`, facts, columns));
  }

  /** A link that is lost while waiting is dialled again. */
  #noteLink(notice: Extract<Notice, { kind: 'link' }>): void {
    const { state } = notice.link;
    const note = state === 'waiting' || state === 'live' ? noteOf(notice, this.#at?.label ?? null) : null;
    if (!this.#isWaiting || note === null) return;
    this.#line?.clear();
    this.#at?.printer.note(note);
  }
}

function idOf(change: Change): string {
  if (change.kind === 'availability') return '';
  return change.kind === 'removed' ? change.id : change.transfer.id;
}

const WORDS: Readonly<Record<Exclude<OfferEnd, 'complete'>, string>> = {
  failed: 'failed',
  rejected: 'was rejected',
  removed: 'was removed from the Room before it ended',
};
