/** A JSON object as it came: nothing about its fields is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * `JSON.parse`, but integers that a number can't hold exactly become text with all their digits; a byte order mark before
 * and NULs after it are ignored.
 * @throws SyntaxError, RangeError
 */
export function parseExact(frame: string): unknown {
  const text = frame.replace(/^\ufeff/, '').replace(/\0+$/, '');
  const value: unknown = JSON.parse(text);
  if (!LONG_NUMBER.test(text)) return value;
  return JSON.parse(
    text.replace(STRINGS_AND_NUMBERS, (token) =>
      token.startsWith('"') || !isInexact(token) ? token : `"${token}"`,
    ),
  );
}

function isInexact(token: string): boolean {
  const value = Number(token);
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

const LONG_NUMBER = /\d{16}|\d[eE]/;
const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
