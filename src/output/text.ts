/** Longest text from outside that is shown to a person, in UTF-16 units before escaping. */
export const MAX_TEXT_UNITS = 1_024;

/**
 * Makes text from outside fit for a person's eyes: what a terminal would obey (C0, DEL, C1), what would forge a
 * line (CR, LF, U+2028), what reorders or hides text (bidi and zero-width controls, tags, lone surrogates) becomes
 * a visible escape such as `\x1b` or `\u202e`; whole emoji keep the joiners inside them. Backslashes before such an
 * escape, or before text that looks like one, are doubled, so no two texts are shown alike.
 *
 * @param maxUnits longer text is cut there and ends in `…`
 */
export function safeText(text: string, maxUnits: number = MAX_TEXT_UNITS): string {
  const kept = text.length > maxUnits ? `${cut(text, maxUnits)}…` : text;
  return PLAIN.test(kept) ? kept : kept.replace(unsafe(), escapeUnlessEmoji);
}

/** Printable ASCII without the backslash: most text, and nothing to do. */
const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;

/**
 * An emoji first, so that the joiners and selectors inside it are consumed with it; then single unsafe characters:
 * controls, formats, lone surrogates, line separators, and all else that is invisible. Made where it is needed: to
 * look up all emoji takes a quarter of the program's start.
 */
const unsafe = (): RegExp =>
  /\p{RGI_Emoji}|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|\\(?=\\*(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]))/gv;

function escapeUnlessEmoji(match: string): string {
  const code = match.codePointAt(0) ?? 0;
  if (match === '\\') return '\\\\';
  if (code < 0x100 && match.length === 1 && !isSafeLatin(code)) return `\\x${hex(code, 2)}`;
  if (!SINGLE_UNSAFE.test(match)) return match;
  return code > 0xffff ? `\\u{${hex(code, 1)}}` : `\\u${hex(code, 4)}`;
}

const SINGLE_UNSAFE = /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$/u;

/** `©` and `®` are emoji that lie among the first 256 characters. */
function isSafeLatin(code: number): boolean {
  return code === 0xa9 || code === 0xae;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

function cut(text: string, units: number): string {
  const last = text.charCodeAt(units - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? units - 1 : units);
}
