import { jsonEscape } from '../encoding.js';
import type { ProgressChange, TransferChange } from '../transfers/change.js';
import { etaSeconds } from '../transfers/rate.js';

/** Version of the records: fields may be added within a version, never changed. */
export const RECORD_VERSION = 1;

/**
 * The line of a change, as `toLine(toRecord(change, room))` writes it: a test holds them to be the same. Nearly all
 * records are of these two kinds, and text put together from parts costs half of an object and its JSON.
 * @param room the Room's address, as it was given
 */
export function changeLine(change: TransferChange | ProgressChange, room: string): string {
  const { at, kind, transfer } = change;
  const { id, size } = transfer;
  if (kind === 'progress') {
    const { progress, bytes, bytesPerSecond } = transfer;
    const eta = rounded(etaSeconds(transfer, size));
    return `${head(kind, at, room)}${quoted(id)},"percent":${progress},"bytes":${bytes},"bytesPerSecond":${rounded(bytesPerSecond)},"etaSeconds":${eta}}\n`;
  }
  const { direction, status, statusCode, name, peer, conferenceId, fileId, createdAt, progress } = transfer;
  const { previousStatus, origin, event } = change;
  const who = peer === null ? 'null' : `{"id":${quoted(peer.id)},"name":${quoted(peer.name)}}`;
  const created = createdAt === null ? 'null' : `"${isoCreated(createdAt)}"`;
  return `${head(kind, at, room)}${quoted(id)},"direction":"${direction}${state(status, statusCode, previousStatus)}${quoted(name)},"size":${size},"peer":${who},"conferenceId":${quoted(conferenceId)},"fileId":${quoted(fileId)},"createdAt":${created}${tail(progress, origin, event)}`;
}

const head = remembered((kind: string, at: number, room: string) => [
  `{"type":"${kind}","v":${RECORD_VERSION},"time":"${isoTime(at)}","room":`,
  quoted(room),
  ',"id":',
]);
const state = remembered((status: string, code: number | null, before: string | null) => [
  `","status":"${status}","statusCode":${code},"previousStatus":`,
  quoted(before),
  ',"name":',
]);
const tail = remembered((progress: number | null, origin: string, event: string | null) => [
  `,"progress":${progress},"origin":"${origin}","event":`,
  quoted(event),
  '}\n',
]);

/** Text that is made anew only where it differs from the last: of events that come together it mostly does not. */
function remembered<A, B, C>(make: (a: A, b: B, c: C) => readonly string[]): (a: A, b: B, c: C) => string {
  let last: { readonly a: A; readonly b: B; readonly c: C; readonly text: string } | null = null;
  return (a, b, c) => {
    if (last === null || last.a !== a || last.b !== b || last.c !== c)
      // Joined, it is one piece in memory and not a tree of them, which would be walked for each line.
      last = { a, b, c, text: make(a, b, c).join('') };
    return last.text;
  };
}

/** A text as JSON writes it, with the escapes of `toLine`. */
function quoted(text: string | null): string {
  if (text === null) return 'null';
  return MUST_ESCAPE.test(text) ? escaped(JSON.stringify(text)) : `"${text}"`;
}

/** What JSON escapes, lone surrogates among it, and what `toLine` does. */
const MUST_ESCAPE = /[^ !#-[\]-~\xa0-\ud7ff\ue000-\uffff]/;

/**
 * A value as one line of JSON. Strings stay the Room's own, exactly; control characters that `JSON.stringify` leaves
 * as they are (DEL and C1, which terminals obey) become JSON escapes too, and half characters U+FFFD.
 */
export function toLine(value: object): string {
  return `${escaped(JSON.stringify(value))}\n`;
}

/** The same with half characters as JSON escapes: a reader that takes them has all strings exactly. */
export function toExactLine(value: object): string {
  return `${withoutControls(JSON.stringify(value))}\n`;
}

/**
 * JSON without half characters: lone surrogates, which JSON may carry as escapes and no text in UTF-8 can, become U+FFFD.
 * Programs stop at them (jq 1.6), and a stranger may put one into a name.
 */
export function wholeCharacters(json: string): string {
  // What follows the backslash is looked for, as recordings are full of backslashes.
  return json.includes('ud')
    ? json.replace(ESCAPES, (whole, half) => (half === undefined ? whole : '\ufffd'))
    : json;
}

function escaped(json: string): string {
  return withoutControls(wholeCharacters(json));
}

/** Each escape, so that a backslash before `ud800` is one of its own; those of surrogates, as whole pairs need none. */
const ESCAPES = /\\(?:(ud[89a-f]..)|.)/g;

function withoutControls(json: string): string {
  return CONTROLS.test(json) ? json.replace(ALL_CONTROLS, jsonEscape) : json;
}

const CONTROLS = /[\x7f-\x9f]/;
const ALL_CONTROLS = /[\x7f-\x9f]/g;

export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

/** RFC 3339 with milliseconds, UTC. */
export const isoTime = isoWriter();
/** The same of when requests were made: a row of times of its own. */
export const isoCreated = isoWriter();

/** Times in a row mostly share their second: its text is made once. */
function isoWriter(): (at: number) => string {
  let lastSecond = Number.NaN;
  let text = '';
  return (at) => {
    const second = Math.floor(at / SECOND_MS);
    if (second !== lastSecond) {
      text = new Date(second * SECOND_MS).toISOString().slice(0, -'.000Z'.length);
      lastSecond = second;
    }
    return text + ENDS[Math.floor(at - second * SECOND_MS)];
  };
}

const SECOND_MS = 1_000;
/** `.000Z` to `.999Z`. */
const ENDS: readonly string[] = Array.from(
  { length: SECOND_MS },
  (_, ms) => `.${String(ms).padStart(3, '0')}Z`,
);
