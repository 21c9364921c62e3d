import { Duration } from '@marcbachmann/cel-js/evaluator';
import { jsonEscape } from '../encoding.js';
import { isoTime, wholeCharacters } from '../records/line.js';
import type { Look } from './look.js';
import { formatDuration, UNKNOWN } from './text.js';

/** A value for a person; `-` where it is not known. */
export function textOf(value: unknown, look: Pick<Look, 'text' | 'times'>): string {
  if (value === null) return UNKNOWN;
  if (typeof value === 'string') return look.text(value);
  if (value instanceof Date) return look.times.full(value.getTime());
  if (value instanceof Duration) return formatDuration(value.valueOf());
  return typeof value === 'object' ? jsonOf(value) : String(value);
}

export function peerText(value: unknown, look: Pick<Look, 'text'>): string {
  const { name = null, id = null } = typeof value === 'object' && value !== null ? (value as PeerValue) : {};
  const who = name || id;
  return who ? look.text(who) : UNKNOWN;
}

/** The field `peer`, as its type says. */
interface PeerValue {
  readonly name?: string | null;
  readonly id?: string | null;
}

export function numberOf(value: unknown): number | null {
  return value === null ? null : Number(value);
}

/**
 * A value as JSON on one line: texts as in records, with whatever can't be seen as escapes; times as in records, lengths
 * of time in seconds.
 */
export function jsonOf(value: unknown): string {
  // An integer beyond 2^53 keeps its digits only by itself.
  if (typeof value === 'bigint') return String(value);
  const json = wholeCharacters(JSON.stringify(plainValue(value)) ?? 'null');
  return json.replace(UNSEEN, (character) => character.split('').map(jsonEscape).join(''));
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return timeText(value);
  if (value instanceof Duration) return value.valueOf() / MS_PER_SECOND;
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Map) return plainValue(Object.fromEntries(value));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plainValue(one)]));
}

/** `null` for a time that no calendar knows. */
function timeText(date: Date): string | null {
  return Number.isNaN(date.getTime()) ? null : isoTime(date.getTime());
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const MS_PER_SECOND = 1_000;
