import type { TypeCheckResult } from '@marcbachmann/cel-js';
import { type Place, PlacedError } from '../errors.js';
import { FIELDS, UNITS } from './fields.js';

/** The parser's or checker's fault in plain words, with its place and what to write instead. */
export function explain(error: Fault, source: string): PlacedError {
  const place = error.range ?? { start: 0, end: source.length };
  const at = source.slice(place.start, place.end);
  const [message, hint] = wordsFor(error.code, error.summary, at, place, source);
  return new PlacedError(message, hint, source, place);
}

type Fault = NonNullable<TypeCheckResult['error']>;
type Words = readonly [message: string, hint: string];

function wordsFor(code: string, summary: string, at: string, place: Place, source: string): Words {
  switch (code) {
    case 'unknown_variable':
      return unknownName(at, source, place);
    case 'no_such_key':
      return [`A peer has no "${at}".`, 'It has id and name.'];
    case 'no_such_overload': {
      const [, types = ''] = /^no such overload: (.*)$/.exec(summary) ?? [];
      return [`These types don't go together: ${plainTypes(types)}.`, hintOnTypes(types)];
    }
    case 'no_matching_overload': {
      const [, call = at] = /'(.*)'$/.exec(summary) ?? [];
      return [`There is no function ${plainTypes(call)}.`, FUNCTIONS_HINT];
    }
    case 'unterminated_string':
      return ['The text is never closed.', 'End it with the quote that it begins with.'];
    case 'unexpected_token':
    case 'expected_token':
      return place.start >= source.trimEnd().length
        ? ['The expression ends too early.', EXAMPLE]
        : [plain(summary), EXAMPLE];
    case 'unexpected_character':
      return unexpected(at, source, place);
    case 'limit_exceeded': {
      const [, most = ''] = /\((\d+)\)/.exec(summary) ?? [];
      return summary.includes('maxDepth')
        ? [`The expression has more than ${most} levels.`, 'Write it with fewer parentheses.']
        : ['The expression is too long.', 'Write it shorter.'];
    }
    case 'invalid_logical_operand':
      return [`&& and || take true or false${afterComma(summary)}.`, EXAMPLE];
    default:
      return [plain(summary), EXAMPLE];
  }
}

function unknownName(name: string, source: string, place: Place): Words {
  const message = `"${name}" is not a field.`;
  if (/[=!]=\s*$|\bin\s*\[[^\]]*$/.test(source.slice(0, place.start))) {
    return [message, `If it is a text, put it into quotes: "${name}".`];
  }
  const near = nearest(name);
  const fields = `The fields are ${NAMES.join(', ')}.`;
  return [message, near === null ? fields : `Did you mean ${near}? ${fields}`];
}

function nearest(name: string): string | null {
  const scored = NAMES.map((known) => ({ known, off: distance(known.toLowerCase(), name.toLowerCase()) }));
  const best = scored.reduce((one, other) => (other.off < one.off ? other : one));
  return best.off <= Math.min(MAX_OFF, Math.max(1, Math.floor(name.length / 3))) ? best.known : null;
}

function unexpected(at: string, source: string, { start }: Place): Words {
  const word = /^[\w]*/.exec(source.slice(start))?.[0] ?? '';
  if (word === 'and' || word === 'AND') return ['"and" is written &&.', EXAMPLE];
  if (word === 'or' || word === 'OR') return ['"or" is written ||.', EXAMPLE];
  if (/\bnot\s*$/i.test(source.slice(0, start))) return ['"not" is written !.', EXAMPLE];
  if (source.startsWith('=~', start)) return ['"=~" is not available.', 'Use glob(text, pattern).'];
  if (at.startsWith('=')) return ['"=" is not a comparison.', 'Write == for "equals".'];
  return [`"${at}" is not expected here.`, EXAMPLE];
}

function hintOnTypes(types: string): string {
  if (types.includes('Duration')) return 'Write a duration as duration("90s"), with h, m, s or ms.';
  if (types.includes('Timestamp')) return 'Write a time as timestamp("2026-01-31T08:00:00Z").';
  return 'A text goes with a text, a number with a number, and && || ! with true or false.';
}

function plainTypes(text: string): string {
  return text
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replaceAll('google.protobuf.Duration', 'duration')
    .replaceAll('Peer', 'peer');
}

function afterComma(summary: string): string {
  const at = summary.indexOf(', got');
  return at < 0 ? '' : plainTypes(summary.slice(at).replace("'", '').replace(/'$/, ''));
}

function plain(summary: string): string {
  return `${summary.replace(/\.$/, '')}.`;
}

/** Characters to add, drop, change or swap with their neighbour. */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 2) return 3;
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isSwap) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 3;
}

const EXAMPLE = 'An example: status == "failed" || size > 5 * MB && !ended.';
const NAMES: readonly string[] = [...FIELDS.map(({ name }) => name), ...UNITS.map(([name]) => name)];
/** `distance` counts no further. */
const MAX_OFF = 2;
const FUNCTIONS_HINT =
  'There are glob(text, "pattern"), fold(text), contains, startsWith, endsWith, size, duration("10s"), timestamp("…") and the rest of CEL.';
