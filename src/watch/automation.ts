import { setMaxListeners } from 'node:events';
import { type HookRun, type HookSubject, Hooks, type HooksOptions } from '../hooks/hooks.js';
import type { HookEvent } from '../hooks/spec.js';
import { type AnswerNotice, type LinkNotice, type Notice, type Shown, Warnings } from '../monitor/monitor.js';
import type { Decision } from '../protocol/requests.js';
import { toLine } from '../records/line.js';
import { toRecord } from '../records/record.js';
import type { Outcome } from '../room/ask.js';
import { within } from '../room/timers.js';
import type { AnswerRules } from '../rules/answers.js';
import type { Change, TransferChange } from '../transfers/change.js';
import { keyAmongRooms, type Transfer } from '../transfers/transfer.js';

export interface AutomationOptions extends Omit<HooksOptions, 'onRun'> {
  /** Whether hooks are run for what was there at the start, too. */
  readonly withSnapshot: boolean;
  readonly rules: AnswerRules;
  /** Whether answers are reported instead of sent. */
  readonly dryRun: boolean;
  readonly decide: (decision: Decision, room: string, id: string) => Promise<Outcome>;
  /** Shows what was done. */
  readonly show: (shown: Shown, room: string) => void;
}

/** Makes an automation from what it acts with. */
export type MakeAutomation = (
  tools: Pick<AutomationOptions, 'decide' | 'show' | 'onFull' | 'onDrain'>,
) => Automation;

/** Acts on what a watch reports: runs hooks, and answers requests by rule. */
export class Automation {
  readonly #options: AutomationOptions;
  readonly #hooks: Hooks;
  readonly #warnings = new Warnings();
  /** Rooms whose link is live. */
  readonly #live = new Set<string>();
  /** Decisions on requests that still wait, by Room and key: each is sent once, or again after the link was lost. */
  readonly #decided = new Map<string, Decided>();
  readonly #answering = new Set<Promise<void>>();

  constructor(options: AutomationOptions) {
    this.#options = options;
    this.#hooks = new Hooks({ ...options, onRun: (run) => this.#ran(run) });
  }

  /**
   * Takes what happened, in order.
   * @param isReported whether it was chosen: what was not is not acted on
   */
  take(notice: Notice, room: string, isReported: boolean): void {
    if (notice.kind === 'link') this.#takeLink(notice, room);
    else if (notice.kind === 'removed') {
      this.#decided.delete(keyAmongRooms(room, notice.key));
      if (isReported) this.#runHooks('removed', notice, room);
    } else if (notice.kind === 'transfer') {
      const { key, status } = notice.transfer;
      if (status !== 'waiting') this.#decided.delete(keyAmongRooms(room, key));
      if (isReported) this.#takeTransfer(notice, room);
    }
  }

  /** Resolves once all hooks have ended and all answers have been given. */
  async idle(): Promise<void> {
    await this.#hooks.idle();
    while (this.#answering.size > 0) await Promise.all(this.#answering);
  }

  /**
   * Waits for hooks and answers; once the signal is aborted, not for long, and hooks that wait are dropped.
   * @returns how many were dropped
   */
  async close(signal: AbortSignal): Promise<number> {
    const dropped = await this.#hooks.close(signal);
    if (!signal.aborted) await this.idle();
    return dropped;
  }

  /**
   * A signal that is aborted with the reason of the one given once answers that are under way have come, `ANSWERS_MS`
   * later at most: the link must not close before, or the Room's answer could not be reported.
   */
  afterAnswers(signal: AbortSignal): AbortSignal {
    const later = new AbortController();
    setMaxListeners(0, later.signal);
    const onAbort = async () => {
      await within(Promise.all(this.#answering), ANSWERS_MS);
      later.abort(signal.reason);
    };
    if (signal.aborted) void onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    return later.signal;
  }

  #takeTransfer(change: TransferChange, room: string): void {
    const { rules, withSnapshot } = this.#options;
    const { id, key, status } = change.transfer;
    const result = rules.judge(change, room);
    if (result.kind === 'answer') this.#answer(result.decision, { id, key }, room, { rule: result.rule });
    else if (result.kind === 'unclear') {
      const missing = result.missing.length > 0 ? `: its ${result.missing.join(', ')} is not known` : '';
      const message = `a rule can't judge a request, which is left waiting${missing} (${result.rule})`;
      this.#warn('rule-unclear', message, room, id);
    }
    if (change.origin !== 'snapshot' || withSnapshot) this.#runHooks(status, change, room);
  }

  #takeLink(notice: LinkNotice, room: string): void {
    const { link } = notice;
    if (link.state === 'live') {
      if (this.#live.has(room)) return;
      this.#live.add(room);
      this.#runHooks('connected', notice, room);
      for (const decided of this.#decided.values()) {
        if (decided.room === room && decided.isDue) this.#send(decided);
      }
    } else if (link.state === 'waiting' || link.state === 'closed') {
      if (this.#live.delete(room)) this.#runHooks('disconnected', notice, room);
      if (link.wasTaken === true) this.#runHooks('taken-over', notice, room);
    }
  }

  #runHooks(
    event: HookEvent,
    notice: Exclude<Change, { kind: 'progress' }> | LinkNotice,
    room: string,
  ): void {
    if (!this.#hooks.wants(event)) return;
    const record = toRecord(notice, room);
    if (record === null) return;
    const about = notice.kind === 'transfer' ? notice.transfer : notice.kind === 'removed' ? notice : null;
    const { id = null, key = null } = about ?? {};
    this.#hooks.add(event, { room, id, key, line: toLine(record), fields: fieldsOf(notice, record) });
  }

  #ran(run: HookRun): void {
    const { room, key, ...how } = run;
    this.#options.show({ kind: 'hook', at: Date.now(), ...how }, room);
    const { event, id, command, exitCode, signal, decision, fault } = how;
    if (exitCode !== 0) {
      const why = fault ?? (signal === null ? `it ended with code ${exitCode}` : `${signal} ended it`);
      this.#warn('hook-failed', `the hook "${command}" for ${event} failed: ${why}`, room, id);
    }
    if (decision !== null && id !== null && key !== null) {
      this.#answer(decision, { id, key }, room, { hook: command });
    }
  }

  /** The first decision on a request counts. */
  #answer(
    decision: Decision,
    { id, key }: Pick<Transfer, 'id' | 'key'>,
    room: string,
    by: AnswerNotice['by'],
  ): void {
    const place = keyAmongRooms(room, key);
    if (this.#decided.has(place)) return;
    const decided: Decided = { decision, id, room, by, isDue: false };
    this.#decided.set(place, decided);
    if (this.#options.dryRun) this.#tell(decided, null);
    else this.#send(decided);
  }

  #send(decided: Decided): void {
    decided.isDue = false;
    const { decision, room, id } = decided;
    const sending = this.#options.decide(decision, room, id).then((outcome) => {
      this.#tell(decided, outcome);
      if (outcome.ok) return;
      // Where the link was lost, the request may still wait once it is back.
      decided.isDue = !this.#live.has(room);
      this.#warn('answer-failed', `a request could not be answered: ${outcome.reason}`, room, id);
    });
    this.#answering.add(sending);
    void sending.finally(() => this.#answering.delete(sending));
  }

  #tell({ decision, id, room, by }: Decided, outcome: Outcome | null): void {
    this.#options.show({ kind: 'answer', at: Date.now(), decision, id, outcome, by }, room);
  }

  #warn(code: string, message: string, room: string, id: string | null = null): void {
    const notice = this.#warnings.admit(Date.now(), code, message, id);
    if (notice !== null) this.#options.show(notice, room);
  }
}

/** A Room answers at once, if it does. */
const ANSWERS_MS = 1_000;

interface Decided {
  readonly decision: Decision;
  readonly id: string;
  readonly room: string;
  readonly by: AnswerNotice['by'];
  /** Whether it is to be sent once the link is live. */
  isDue: boolean;
}

/** What a hook's environment holds: the record's fields, and of a removed transfer what was known of it. */
function fieldsOf(notice: Notice, record: object): HookSubject['fields'] {
  const known =
    notice.kind === 'removed' && notice.transfer !== null
      ? flat(toRecord(removedFacts(notice.at, notice.transfer), ''))
      : {};
  return { ...known, ...flat(record) };
}

function removedFacts(at: number, transfer: TransferChange['transfer']): TransferChange {
  return { kind: 'transfer', at, transfer, previousStatus: null, origin: 'event', event: null };
}

/** A record without its type and version, `peer` as `peerId` and `peerName`. */
function flat(record: object): HookSubject['fields'] {
  const fields: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(record)) {
    if (name === 'type' || name === 'v') continue;
    if (name === 'peer' && typeof value === 'object' && value !== null) {
      for (const [part, text] of Object.entries(value)) {
        if (typeof text === 'string') fields[`peer${part === 'id' ? 'Id' : 'Name'}`] = text;
      }
    } else if (['string', 'number', 'boolean'].includes(typeof value)) fields[name] = value;
  }
  return fields;
}
