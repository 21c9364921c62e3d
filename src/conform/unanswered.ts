import { isObject, parseJson, unpadded } from '../protocol/json.js';

interface Asked {
  readonly method: string;
  readonly requestId: unknown;
  readonly at: number;
}

/** Requests that got no answer, by their frames. What was asked just before a link ended is not blamed. */
export class Unanswered {
  readonly #open = new Map<string, Asked[]>();
  readonly #counts = new Map<string, number>();

  sent(text: string, at: number, room: string): void {
    const request = parseFrame(text);
    if (!isObject(request) || typeof request['method'] !== 'string') return;
    const { method, requestId } = request;
    const open = [...(this.#open.get(room) ?? []), { method, requestId, at }];
    // A Room that answers nothing for months.
    const forgotten = open.length > MAX_OPEN ? open.shift() : undefined;
    if (forgotten !== undefined) this.#count(forgotten.method, 1);
    this.#open.set(room, open);
  }

  /** An answer without an id is one to the oldest request of its method. */
  answered(method: string, requestId: unknown, room: string): void {
    const open = this.#open.get(room) ?? [];
    const isAnswered = (asked: Asked) =>
      asked.method === method &&
      (requestId === '' || requestId === undefined || String(asked.requestId) === String(requestId));
    const nth = open.findIndex(isAnswered);
    if (nth === -1) return;
    this.#open.set(
      room,
      open.filter((_, at) => at !== nth),
    );
  }

  /** The link ended. */
  lost(room: string, at: number): void {
    for (const [method, count] of late(this.#open.get(room) ?? [], at)) this.#count(method, count);
    this.#open.delete(room);
  }

  /** How often each method was not answered, as of a moment. */
  until(at: number): ReadonlyMap<string, number> {
    const all = new Map(this.#counts);
    for (const open of this.#open.values()) {
      for (const [method, count] of late(open, at)) all.set(method, (all.get(method) ?? 0) + count);
    }
    return all;
  }

  #count(method: string, count: number): void {
    this.#counts.set(method, (this.#counts.get(method) ?? 0) + count);
  }
}

function late(open: readonly Asked[], at: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const asked of open) {
    if (at - asked.at >= LATE_MS) counts.set(asked.method, (counts.get(asked.method) ?? 0) + 1);
  }
  return counts;
}

/** The JSON in a frame, padded or not; `undefined` if it is none. */
export function parseFrame(text: string): unknown {
  return parseJson(unpadded(text));
}

/** A Room answers at once. */
const LATE_MS = 5_000;
const MAX_OPEN = 1_000;
