import { setMaxListeners } from 'node:events';
import type { HookNotice } from '../monitor/monitor.js';
import { keyAmongRooms } from '../transfers/transfer.js';
import { runProcess } from './process.js';
import { JobQueue, type QueueOptions } from './queue.js';
import type { HookEvent, HookSpec } from './spec.js';

export interface HooksOptions extends QueueOptions {
  readonly specs: readonly HookSpec[];
  readonly timeoutMs: number;
  /** The environment that hooks inherit, but for credentials. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the first word that a hook of `waiting` writes to stdout may answer the request. */
  readonly allowDecisions: boolean;
  /** Called once for each run, after its end. */
  readonly onRun: (run: HookRun) => void;
}

/** What a hook is run for. */
export interface HookSubject {
  readonly room: string;
  /** The transfer's; `null` for an event of the link. */
  readonly id: string | null;
  /** The transfer's, which tells it from all others of its Room. */
  readonly key: string | null;
  /** Written to the hook's stdin as one line of JSON. */
  readonly line: string;
  /** What the environment holds of it; `null` is left out. */
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** How one run of a hook went; its last line of stderr as it stands. */
export interface HookRun extends Omit<HookNotice, 'kind' | 'at'> {
  readonly room: string;
  /** The subject's. */
  readonly key: string | null;
}

/** Runs commands for what happens: each once, in order for each transfer, and never more than a few at once. */
export class Hooks {
  readonly #options: HooksOptions;
  readonly #queue: JobQueue;
  readonly #env: Readonly<Record<string, string>>;
  readonly #stop = new AbortController();

  constructor(options: HooksOptions) {
    this.#options = options;
    this.#queue = new JobQueue(options);
    this.#env = inherited(options.env);
    setMaxListeners(0, this.#stop.signal);
  }

  /** Whether any hook is for this event: what it would be given need not be made else. */
  wants(event: HookEvent): boolean {
    return this.#options.specs.some((spec) => spec.event === event);
  }

  /** Runs the hooks of an event, in the order in which they were given. */
  add(event: HookEvent, subject: HookSubject): void {
    for (const spec of this.#options.specs) {
      if (spec.event !== event) continue;
      const key = keyAmongRooms(subject.room, subject.key ?? '');
      this.#queue.add(key, () => this.#run(spec, subject));
    }
  }

  /** Resolves once all hooks have ended. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /**
   * Waits for all hooks to end. Once the signal is aborted, those that wait are dropped, and those that run get a short
   * time.
   * @returns how many were dropped
   */
  async close(signal: AbortSignal): Promise<number> {
    let dropped = 0;
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      dropped = this.#queue.size;
      this.#queue.clear();
      timer = setTimeout(() => this.#stop.abort(), LAST_CHANCE_MS);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    await this.#queue.idle();
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
    return dropped;
  }

  async #run(spec: HookSpec, subject: HookSubject): Promise<void> {
    const { timeoutMs, allowDecisions, onRun } = this.#options;
    const { event, command, args } = spec;
    const { room, id, key, line } = subject;
    // An outbound request is for its receiver to answer; before 4.1 an inbound one may have its number.
    const mayDecide = allowDecisions && event === 'waiting' && subject.fields['direction'] !== 'outbound';
    const startedAt = performance.now();
    const result = await runProcess({
      command,
      args,
      env: { ...this.#env, ...variablesOf({ ...subject.fields, event, room }) },
      input: line,
      timeoutMs,
      readsStdout: mayDecide,
      signal: this.#stop.signal,
    });
    const { exitCode, signal, stderr, firstWord, fault } = result;
    const isDecision = mayDecide && exitCode === 0 && fault === null;
    onRun({
      room,
      event,
      id,
      key,
      command,
      exitCode,
      signal,
      durationMs: Math.round(performance.now() - startedAt),
      stderr,
      decision: isDecision && (firstWord === 'accept' || firstWord === 'reject') ? firstWord : null,
      fault,
    });
  }
}

/** A hook is another program: it gets no credentials of this one, and no variables of a hook that runs this one. */
function inherited(env: HooksOptions['env']): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || name.startsWith(PREFIX) || name === 'TRUECONF_FILES_CREDENTIALS') continue;
    kept[name] = value;
  }
  return kept;
}

/** `previousStatus` as `TCF_PREVIOUS_STATUS`. */
function variablesOf(fields: HookSubject['fields']): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) continue;
    const words = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    variables[`${PREFIX}${words}`] = shortened(String(value));
  }
  return variables;
}

/** No variable holds a NUL, and the system bounds their length; stdin has the whole. */
function shortened(text: string): string {
  return text.slice(0, MAX_VARIABLE_UNITS).replaceAll('\0', '\ufffd');
}

const PREFIX = 'TCF_';
const MAX_VARIABLE_UNITS = 8_192;
const LAST_CHANCE_MS = 1_500;
