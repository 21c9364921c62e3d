import { PlacedError } from '../errors.js';
import { CLASSES, codeOf, type Member, setTest } from './character-set.js';

/**
 * A shell's glob over whole texts: `*`, `?`, `[a-z]`, `[!a]`, `[[:digit:]]`, `{a,b}`, `\` before a character that
 * stands for itself, and a leading `!` for all that does not match. A slash and a line break are characters like any
 * other, and parentheses are themselves, as in `report (1).pdf`. A text that equals the pattern matches, too.
 *
 * Case and Unicode composition make no difference. One match takes time in proportion to the length of the text,
 * whatever the pattern: texts come from strangers.
 * @throws PlacedError
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  if (pattern === '')
    throw fault(pattern, 'the glob is empty', 0, 0, 'Leave it out, or write * for every text.');
  const isNegated = pattern.startsWith('!') && pattern.length > 1;
  const tree = parse(pattern, isNegated ? 1 : 0);
  const full = assemble(tree, fold, pattern);
  const simple = assemble(tree, foldSimply, pattern);
  const itself = fold(pattern);
  return (text) => {
    const folded = fold(text);
    if (folded === itself) return true;
    const single = foldSimply(text);
    // `?` takes a whole ß, and a literal "ss" takes it as well.
    const matches = run(full, folded) || (single !== folded && run(simple, single));
    return matches !== isNegated;
  };
}

/** Text for comparison without regard to case (`ß` equals `SS`) and to composition (`é` equals `e` and its accent). */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text.normalize('NFC')) folded += character.toUpperCase().toLowerCase();
  return folded.normalize('NFC');
}

/** The same, where each character stays one character. */
function foldSimply(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text.normalize('NFC')) {
    const [first = '', ...more] = character.toUpperCase().toLowerCase().normalize('NFC');
    folded += more.length === 0 ? first : character;
  }
  return folded;
}

const ASCII = /^[\0-\x7f]*$/;

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly isNegated: boolean; readonly members: readonly Member[] }
  | { readonly kind: 'either'; readonly branches: readonly (readonly Part[])[] };

function parse(pattern: string, start: number): readonly Part[] {
  let at = start;

  const readCharacter = (): string => {
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    at += character.length;
    return character;
  };

  const readEscaped = (): string => {
    if (at === pattern.length) {
      const hint = 'Write \\\\ for a backslash itself.';
      throw fault(pattern, 'nothing follows the last backslash', at - 1, at, hint);
    }
    return readCharacter();
  };

  const readSet = (): Part => {
    const open = at - 1;
    const isNegated = pattern[at] === '!' || pattern[at] === '^';
    if (isNegated) at++;
    const members: Member[] = [];
    for (let isFirst = true; ; isFirst = false) {
      if (at >= pattern.length) throw fault(pattern, '"[" is never closed', open, open + 1, BRACKET);
      const from = readCharacter();
      if (from === ']' && !isFirst) return { kind: 'set', isNegated, members };
      if (from === '[' && pattern[at] === ':') {
        const close = pattern.indexOf(':]', at + 1);
        const name = close < 0 ? '' : pattern.slice(at + 1, close);
        const found = CLASSES.get(name);
        if (close >= 0 && found === undefined) {
          throw fault(pattern, `"[:${name}:]" is not a class of characters`, at - 1, close + 2, CLASS);
        }
        if (found !== undefined) {
          members.push({ kind: 'class', pattern: found });
          at = close + 2;
          continue;
        }
      }
      const begin = at - from.length;
      const first = from === '\\' ? readEscaped() : from;
      if (pattern[at] !== '-' || at + 1 >= pattern.length || pattern[at + 1] === ']') {
        members.push({ kind: 'range', from: first, to: first });
        continue;
      }
      at++;
      const to = readCharacter();
      const last = to === '\\' ? readEscaped() : to;
      if (codeOf(first) > codeOf(last)) {
        const hint = `Write ${last}-${first}.`;
        throw fault(pattern, `the range "${first}-${last}" goes backwards`, begin, at, hint);
      }
      members.push({ kind: 'range', from: first, to: last });
    }
  };

  const readBranches = (depth: number): Part => {
    const open = at - 1;
    const branches: (readonly Part[])[] = [];
    for (;;) {
      branches.push(readParts(depth + 1));
      if (at >= pattern.length) throw fault(pattern, '"{" is never closed', open, open + 1, BRACE);
      if (readCharacter() === ',') continue;
      const text = pattern.slice(open, at);
      if (branches.length === 1 && /^\{[^{}]+\.\.[^{}]+\}$/.test(text)) {
        throw fault(pattern, `"${text}" is not supported`, open, at, MEMBERS);
      }
      // As in a shell, braces without a comma are themselves.
      if (branches.length > 1) return { kind: 'either', branches };
      return { kind: 'either', branches: [[literal('{'), ...(branches[0] ?? []), literal('}')]] };
    }
  };

  const readParts = (depth: number): readonly Part[] => {
    const parts: Part[] = [];
    while (at < pattern.length) {
      if (depth > 0 && (pattern[at] === ',' || pattern[at] === '}')) return parts;
      const begin = at;
      const character = readCharacter();
      if (character === '*') parts.push({ kind: 'star' });
      else if (character === '?') parts.push({ kind: 'any' });
      else if (character === '[') parts.push(readSet());
      else if (character === '{') {
        if (depth >= MAX_DEPTH) throw fault(pattern, 'braces are nested too deeply', begin, at, SHORTER);
        parts.push(readBranches(depth));
      } else parts.push(literal(character === '\\' ? readEscaped() : character));
    }
    return parts;
  };

  return joinTexts(readParts(0));
}

/** Neighbours are composed and folded together: the pattern may have `e` and its accent as two characters. */
function joinTexts(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = literal(last.text + part.text);
    else if (part.kind === 'either') {
      joined.push({ kind: 'either', branches: part.branches.map(joinTexts) });
    } else if (part.kind !== 'star' || last?.kind !== 'star') joined.push(part);
  }
  return joined;
}

function fault(pattern: string, message: string, start: number, end: number, hint: string): PlacedError {
  return new PlacedError(`The glob can't be used: ${message}.`, hint, pattern, { start, end });
}

function literal(text: string): Part {
  return { kind: 'text', text };
}

/** One step of a program: take a character, or go on at one or two other steps without taking any. */
type Step =
  | { readonly kind: 'take'; readonly takes: (character: string) => boolean }
  | { readonly kind: 'fork'; readonly to: number[] };

/** The parts as a program, whose last step is one past its end. */
function assemble(
  parts: readonly Part[],
  folding: (text: string) => string,
  pattern: string,
): readonly Step[] {
  const steps: Step[] = [];
  const add = (part: Part): void => {
    switch (part.kind) {
      case 'text':
        for (const wanted of folding(part.text)) {
          steps.push({ kind: 'take', takes: (character) => character === wanted });
        }
        return;
      case 'any':
        steps.push({ kind: 'take', takes: () => true });
        return;
      case 'set':
        steps.push({ kind: 'take', takes: setTest(part.members, part.isNegated, folding) });
        return;
      case 'star': {
        const loop = steps.length;
        steps.push({ kind: 'fork', to: [loop + 1, loop + 3] });
        steps.push({ kind: 'take', takes: () => true });
        steps.push({ kind: 'fork', to: [loop] });
        return;
      }
      case 'either': {
        const fork: number[] = [];
        const ends: number[][] = [];
        steps.push({ kind: 'fork', to: fork });
        for (const branch of part.branches) {
          fork.push(steps.length);
          for (const inner of branch) add(inner);
          const end: number[] = [];
          ends.push(end);
          steps.push({ kind: 'fork', to: end });
        }
        for (const end of ends) end.push(steps.length);
        return;
      }
    }
  };
  for (const part of parts) add(part);
  if (steps.length > MAX_STEPS)
    throw fault(pattern, `the glob is longer than ${MAX_STEPS} steps`, 0, 0, SHORTER);
  return steps;
}

/** Follows all ways through the program at once: no way is tried twice for the same character. */
function run(steps: readonly Step[], text: string): boolean {
  const end = steps.length;
  const marks = new Uint32Array(end + 1);
  let round = 1;
  let now: number[] = [];
  let next: number[] = [];
  const reach = (at: number, into: number[]): void => {
    if (marks[at] === round) return;
    marks[at] = round;
    const step = steps[at];
    if (step?.kind === 'fork') for (const to of step.to) reach(to, into);
    else into.push(at);
  };
  reach(0, now);
  for (const character of text) {
    round++;
    for (const at of now) {
      const step = steps[at];
      if (step?.kind === 'take' && step.takes(character)) reach(at + 1, next);
    }
    if (next.length === 0) return false;
    [now, next] = [next, now];
    next.length = 0;
  }
  return now.includes(end);
}

const MAX_DEPTH = 20;
const MAX_STEPS = 4_000;
const BRACKET = 'Close it with ], or write \\[ for the bracket itself.';
const BRACE = 'Close it with }, or write \\{ for the brace itself.';
const MEMBERS = 'Write its members with commas between, as in {1,2,3}.';
const SHORTER = 'Write a simpler one, or several conditions in --where.';
const CLASS = `The classes are ${[...CLASSES.keys()].map((name) => `[:${name}:]`).join(', ')}.`;
