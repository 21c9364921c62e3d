import { graphemes } from '../output/width.js';

/** What a person searches for: words that must occur, and words that must not. */
export interface Query {
  readonly wanted: readonly string[];
  readonly unwanted: readonly string[];
  /** Whether it leaves out nothing. */
  readonly isEmpty: boolean;
}

/** Words are combined with "and"; one after `!` must not occur. */
export function parseQuery(text: string): Query {
  const words = text.split(/\s+/);
  const unwanted = foldedWords(words.filter((word) => word.startsWith('!')).map((word) => word.slice(1)));
  const wanted = foldedWords(words.filter((word) => !word.startsWith('!')));
  return { wanted, unwanted, isEmpty: wanted.length === 0 && unwanted.length === 0 };
}

/** Without those of which nothing is left, as of an accent alone: every text holds an empty one. */
function foldedWords(words: readonly string[]): readonly string[] {
  return words.map(foldText).filter((word) => word !== '');
}

export function matches(query: Query, text: string): boolean {
  const folded = foldText(text);
  return (
    query.wanted.every((word) => folded.includes(word)) &&
    !query.unwanted.some((word) => folded.includes(word))
  );
}

/**
 * Text as it is compared: without the difference of cases, of composed and decomposed letters, and of accents, so that
 * `strasse` finds `STRAßE` and `елка` finds `ёлка`.
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  // By way of capitals: only so `ß` and `SS` become the same. Which small sigma a capital becomes depends on what follows.
  return text
    .normalize('NFD')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFD')
    .replace(ACCENTS, '')
    .normalize('NFC');
}

/**
 * Parts of a text in their order, those that a query found marked as such. Folding may change how long a text is, so each
 * grapheme is folded on its own.
 */
export function splitByMatch(
  text: string,
  { wanted }: Query,
): readonly { readonly text: string; readonly isMatch: boolean }[] {
  const segments = graphemes(text);
  const folded = segments.map(foldText);
  const isFound = foundIn(folded.join(''), wanted);
  const parts: { text: string; isMatch: boolean }[] = [];
  let start = 0;
  for (const [at, segment] of segments.entries()) {
    const end = start + (folded[at]?.length ?? 0);
    const isMatch = isFound.slice(start, end).includes(true);
    const last = parts.at(-1);
    if (last?.isMatch === isMatch) last.text += segment;
    else parts.push({ text: segment, isMatch });
    start = end;
  }
  return parts;
}

/** Which units of a text belong to one of the words. */
function foundIn(text: string, words: readonly string[]): readonly boolean[] {
  const isFound = Array<boolean>(text.length).fill(false);
  for (const word of words) {
    for (let from = text.indexOf(word); from >= 0; from = text.indexOf(word, from + word.length)) {
      isFound.fill(true, from, from + word.length);
    }
  }
  return isFound;
}

const ASCII = /^[^\u0080-\uffff]*$/;
/** Combining marks of Latin, Greek and Cyrillic letters; those of other scripts are more than accents. */
const ACCENTS = /[\u0300-\u036f]/g;
