/** A JSON object as it came: nothing about its fields is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON in a text; `undefined` if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * `JSON.parse`, but integers that a number can't hold exactly become text with all their digits; a byte order mark before
 * and NULs after it are ignored.
 * @throws SyntaxError, RangeError
 */
export function parseExact(frame: string): unknown {
  const text = unpadded(frame);
  const value: unknown = JSON.parse(text);
  if (!mayHoldInexact(value, MAX_LEVELS)) return value;
  return JSON.parse(
    text.replace(STRINGS_AND_NUMBERS, (token) =>
      token.startsWith('"') || !isInexact(token) ? token : `"${token}"`,
    ),
  );
}

/** Without a byte order mark before it and NULs after it. */
export function unpadded(frame: string): string {
  const isPadded = frame.charCodeAt(0) === BYTE_ORDER_MARK || frame.endsWith('\0');
  return isPadded ? frame.replace(/^\ufeff/, '').replace(/\0+$/, '') : frame;
}

/** Looking at what was read costs a fifth of searching the text, in which most UUIDs look like a number with an exponent. */
function mayHoldInexact(value: unknown, levels: number): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const field in value) {
    // What JSON.parse gives has no inherited fields.
    if (mayHoldInexact((value as JsonObject)[field], levels - 1)) return true;
  }
  return false;
}

/** What is nested deeper is not looked at, and read twice. */
const MAX_LEVELS = 100;

function isInexact(token: string): boolean {
  const value = Number(token);
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

const BYTE_ORDER_MARK = 0xfeff;
const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
