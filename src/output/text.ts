/** Longest text from outside that is shown to a person, in UTF-16 units before escaping. */
export const MAX_TEXT_UNITS = 1_024;

/**
 * Makes text from outside fit for a person's eyes: what a terminal would obey (C0, DEL, C1), what would forge a
 * line (CR, LF, U+2028), what reorders or hides text (bidi and zero-width controls, tags, lone surrogates) becomes
 * a visible escape such as `\x1b` or `\u202e`; emoji, and words of scripts that need them, keep the joiners inside
 * them. Of combining marks a letter keeps 8, the rest becomes `…`. Backslashes before such an escape, or before text
 * that looks like one, are doubled, so that no escape can be taken for text.
 *
 * @param maxUnits longer text is cut there and ends in `…`
 */
export function safeText(text: string, maxUnits: number = MAX_TEXT_UNITS): string {
  const kept = text.length > maxUnits ? `${cut(text, maxUnits)}…` : text;
  if (PLAIN.test(kept)) return kept;
  return kept.replace(unsafe(), escapeUnlessWhole).replace(PILED_MARKS, '$1…');
}

/** A file's name as a person reads it: one that is empty, or not known, must be seen to be so. */
export function shownName(name: string | null, text: (raw: string) => string = safeText): string {
  if (name === null) return UNKNOWN;
  return name === '' ? '(no name)' : text(name);
}

/** What is unknown, or makes no sense as a number or a duration. */
export const UNKNOWN = '-';

/** IEC units, at most 8 characters up to 1 ZiB: `512 B`, `3.1 KiB`, `31.2 MiB`, `312 GiB`. */
export function formatBytes(bytes: number | null): string {
  if (!isAmount(bytes)) return UNKNOWN;
  let value = bytes;
  let unit = 0;
  while (unit < BYTE_UNITS.length - 1 && roundedAsShown(value, unit) >= 1_024) {
    value /= 1_024;
    unit += 1;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? ''}`;
}

/** Bytes a second, at most 10 characters: `3.1 KiB/s`. */
export function formatRate(bytesPerSecond: number | null): string {
  return isAmount(bytesPerSecond) ? `${formatBytes(bytesPerSecond)}/s` : UNKNOWN;
}

/** A length of time in at most two units: `450ms`, `3s`, `2m 5s`, `1h 12m`, `3d 4h`, `>1y`. */
export function formatDuration(milliseconds: number | null): string {
  if (!isAmount(milliseconds)) return UNKNOWN;
  const ms = Math.floor(milliseconds);
  if (ms >= MS_PER_YEAR) return OVER_A_YEAR;
  if (ms >= MS_PER_DAY) return twoUnits(ms, MS_PER_DAY, 'd', MS_PER_HOUR, 'h');
  if (ms >= MS_PER_HOUR) return twoUnits(ms, MS_PER_HOUR, 'h', MS_PER_MINUTE, 'm');
  if (ms >= MS_PER_MINUTE) return twoUnits(ms, MS_PER_MINUTE, 'm', MS_PER_SECOND, 's');
  if (ms >= MS_PER_SECOND || ms === 0) return `${Math.floor(ms / MS_PER_SECOND)}s`;
  return `${ms}ms`;
}

/** Time left, rounded up to whole seconds and at most 7 characters: `12s`, `1h 12m`. */
export function formatEta(seconds: number | null): string {
  return isAmount(seconds) ? formatDuration(Math.ceil(seconds) * MS_PER_SECOND) : UNKNOWN;
}

/** How long ago, in one unit so that it changes seldom, at most 4 characters: `12s`, `5m`, `3h`, `9d`. */
export function formatAge(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return UNKNOWN;
  // A Room's clock that runs ahead of ours makes an age negative.
  const ms = Math.max(0, milliseconds);
  if (ms >= MS_PER_YEAR) return OVER_A_YEAR;
  if (ms >= MS_PER_DAY) return `${Math.floor(ms / MS_PER_DAY)}d`;
  if (ms >= MS_PER_HOUR) return `${Math.floor(ms / MS_PER_HOUR)}h`;
  if (ms >= MS_PER_MINUTE) return `${Math.floor(ms / MS_PER_MINUTE)}m`;
  return `${Math.floor(ms / MS_PER_SECOND)}s`;
}

function isAmount(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && value >= 0;
}

/** 1023.99 KiB would be shown as 1024 KiB, so it belongs to the next unit. */
function roundedAsShown(value: number, unit: number): number {
  return unit === 0 ? value : Math.round(value);
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const first = Math.floor(ms / large);
  const second = Math.floor((ms % large) / small);
  return second === 0 ? `${first}${largeName}` : `${first}${largeName} ${second}${smallName}`;
}

const MS_PER_SECOND = 1_000;
const MS_PER_MINUTE = 60 * MS_PER_SECOND;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;
const MS_PER_DAY = 24 * MS_PER_HOUR;
const MS_PER_YEAR = 365 * MS_PER_DAY;
const OVER_A_YEAR = '>1y';

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** Printable ASCII without the backslash: most text, and nothing to do. */
const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;

/**
 * First what keeps its invisible characters, consumed whole: emoji with the joiners and selectors inside them, and
 * joiners where a script needs them (RFC 5892, A.1 and A.2). Then single unsafe characters: controls, formats, lone
 * surrogates, line separators, and all else that is invisible. Made where it is needed: to look up all emoji takes a
 * quarter of the program's start.
 */
function unsafe(): RegExp {
  unsafeParts ??= new RegExp(
    [
      `(?:\\p{RGI_Emoji}|${PICTOGRAPH})(?:\\u200d${PICTOGRAPH})*`,
      String.raw`[${VIRAMAS}][\u200c\u200d]`,
      `${JOINS_NEXT}${ARABIC_MARKS}\\u200c(?=${ARABIC_MARKS}${JOINS_LAST})`,
      `[${INVISIBLE}]`,
      String.raw`\\(?=\\*(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{|[${INVISIBLE}]))`,
    ].join('|'),
    'gv',
  );
  return unsafeParts;
}

let unsafeParts: RegExp | undefined;

const INVISIBLE = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}`;
/** A pictograph with its skin colour and its selector: phones leave out the selectors that the full form has. */
const PICTOGRAPH = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}?[\ufe0e\ufe0f]?`;
/** Signs that take a consonant's vowel away (combining class 9): after them a joiner chooses the form of a cluster. */
const VIRAMAS =
  '\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b\\u0d3c\\u0d4d\\u0dca\\u0e3a\\u0eba\\u0f84\\u1039\\u103a\\u1714\\u1734\\u17d2\\u1a60\\u1b44\\u1baa\\u1bab\\u1bf2\\u1bf3\\ua806\\ua8c4\\ua953\\ua9c0\\uaaf6\\uabed';
const ARABIC_MARKS = String.raw`[\u064b-\u065f\u0670]*`;
/** Letters of Arabic script that join the next one: all but those that join the last one alone, or none. */
const JOINS_LAST = String.raw`[[\p{Script=Arabic}&&\p{L}]--[\u0621\u0674\u06d5]]`;
const JOINS_NEXT = String.raw`[[\p{Script=Arabic}&&\p{L}]--[\u0621-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06cd\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef]]`;

function escapeUnlessWhole(match: string): string {
  const code = match.codePointAt(0) ?? 0;
  if (match === '\\') return '\\\\';
  if (code < 0x100 && match.length === 1 && !isSafeLatin(code)) return `\\x${hex(code, 2)}`;
  if (!SINGLE_UNSAFE.test(match)) return match;
  return code > 0xffff ? `\\u{${hex(code, 1)}}` : `\\u${hex(code, 4)}`;
}

/** More combining marks on one letter than any script has: they would run over the lines above and below. */
const PILED_MARKS = /(\p{M}{8})\p{M}+/gu;
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
