/** What a set of a glob holds, such as `[a-z[:digit:]]`. */
export type Member =
  | { readonly kind: 'range'; readonly from: string; readonly to: string }
  | { readonly kind: 'class'; readonly pattern: RegExp };

/** Whether a character is of a set, in a text that was folded. */
export function setTest(members: readonly Member[], isNegated: boolean, folding: (text: string) => string) {
  const tests = members.map((member): ((character: string) => boolean) => {
    if (member.kind === 'class') return (character) => member.pattern.test(character);
    const from = codeOf(member.from);
    const to = codeOf(member.to);
    if (from === to) {
      const wanted = folding(member.from);
      return (character) => character === wanted;
    }
    return (character) => isWithin(character, from, to) || isWithin(character.toUpperCase(), from, to);
  });
  return (character: string): boolean => tests.some((test) => test(character)) !== isNegated;
}

function isWithin(character: string, from: number, to: number): boolean {
  const code = codeOf(character);
  return code >= from && code <= to;
}

export function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** POSIX classes; upper and lower case are one, as everywhere in a glob. */
export const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ['alpha', /^\p{L}$/u],
  ['digit', /^[0-9]$/],
  ['alnum', /^[\p{L}\p{Nd}]$/u],
  ['upper', /^\p{L}$/u],
  ['lower', /^\p{L}$/u],
  ['space', /^\s$/u],
  ['blank', /^[ \t\p{Zs}]$/u],
  ['punct', /^[\p{P}\p{S}]$/u],
  ['cntrl', /^\p{Cc}$/u],
  ['print', /^[^\p{C}]$/u],
  ['graph', /^[^\p{C}\p{Z}]$/u],
  ['xdigit', /^[0-9a-f]$/i],
]);
