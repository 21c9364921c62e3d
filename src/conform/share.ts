import type { Shape } from '../protocol/shape.js';
import { WIRE } from '../protocol/wire.js';
import { FURTHER } from './census.js';

/** How names, words and numbers that came from a Room are written into a report. */
export interface Wording {
  /** The name of an event, a method or a field. */
  name(name: string): string;
  /** The Room's words on a refusal. */
  words(words: string): string;
  /** A number that is not documented. */
  number(value: number): string;
}

/** For the user who ran it: as they came. */
export const PLAIN: Wording = { name: (name) => name, words: (words) => words, number: String };

/**
 * For everybody: nothing that a person, a file or a Room could be known by. A name or a sentence is written only where
 * it is of the API itself, else how long it is. A name that no page has may be the API's, or a person's whose TrueConf
 * ID is a key: it is written only where it is made of nothing but words that the API's own names are made of. Numbers
 * above 99 may be ids or PINs, and become the number of their digits.
 */
export const SHARED: Wording = {
  name: (name) => (isOfApi(name) ? name : counted(name.length, 'character')),
  words: (words) => (KNOWN_WORDS.has(words) ? words : counted(words.length, 'character')),
  number: (value) =>
    Number.isInteger(value) && Math.abs(value) < 100
      ? String(value)
      : counted(String(Math.trunc(Math.abs(value))).length, 'digit'),
};

function counted(count: number, what: string): string {
  return `(${count} ${what}${count === 1 ? '' : 's'})`;
}

function isOfApi(name: string): boolean {
  vocabulary ??= makeVocabulary();
  if (vocabulary.names.has(name)) return true;
  if (name.length > MAX_NAME_UNITS || !/^[A-Za-z]+$/.test(name)) return false;
  return wordsOf(name).every((word) => vocabulary?.words.has(word));
}

/** The words of a name in camel case or with underscores, in lower case. */
function wordsOf(name: string): readonly string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
}

interface Vocabulary {
  readonly names: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

function makeVocabulary(): Vocabulary {
  const names = new Set([FURTHER]);
  const addFields = ({ fields }: Shape): void => {
    for (const [field, { kind }] of fields) {
      names.add(field);
      if (kind.is === 'row' || kind.is === 'rows') addFields(kind.shape);
    }
  };
  for (const [name, shapes] of [...WIRE.events, ...WIRE.answers]) {
    names.add(name);
    for (const shape of shapes) addFields(shape);
  }
  const words = [...names].flatMap(wordsOf).filter(({ length }) => length > 1);
  return { names, words: new Set(words) };
}

let vocabulary: Vocabulary | undefined;
const MAX_NAME_UNITS = 60;
/** What Rooms were seen to say. */
const KNOWN_WORDS: ReadonlySet<string> = new Set(['access denied', 'unknown method', FURTHER]);
