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
  // By way of capitals: only so `ß` and `SS`, or the two small sigmas, become the same.
  return text
    .normalize('NFD')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFD')
    .replace(ACCENTS, '')
    .normalize('NFC');
}

/** Parts of a text in their order, those that a query found marked as such. */
export function splitByMatch(
  text: string,
  { wanted }: Query,
): readonly { readonly text: string; readonly isMatch: boolean }[] {
  const marked = marksOf(text, wanted);
  const parts: { text: string; isMatch: boolean }[] = [];
  for (const [index, { segment }] of marked.segments.entries()) {
    const isMatch = marked.isMarked[index] ?? false;
    const last = parts.at(-1);
    if (last !== undefined && last.isMatch === isMatch) last.text += segment;
    else parts.push({ text: segment, isMatch });
  }
  return parts;
}

/** Which graphemes of a text belong to a match: folding may change how long a text is, so each is folded on its own. */
function marksOf(
  text: string,
  words: readonly string[],
): { segments: readonly { segment: string }[]; isMarked: readonly boolean[] } {
  const segments = [...SEGMENTER.segment(text)];
  const isMarked = segments.map(() => false);
  const folded = segments.map(({ segment }) => foldText(segment));
  const whole = folded.join('');
  const starts: number[] = [];
  let length = 0;
  for (const part of folded) {
    starts.push(length);
    length += part.length;
  }
  for (const word of words) {
    for (let from = whole.indexOf(word); from >= 0; from = whole.indexOf(word, from + word.length)) {
      for (const [index, start] of starts.entries()) {
        if (start < from + word.length && start + (folded[index]?.length ?? 0) > from) isMarked[index] = true;
      }
    }
  }
  return { segments, isMarked };
}

const ASCII = /^[^\u0080-\uffff]*$/;
/** Combining marks of Latin, Greek and Cyrillic letters; those of other scripts are more than accents. */
const ACCENTS = /[\u0300-\u036f]/g;
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
