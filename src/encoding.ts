/**
 * Text as editors and shells write it: a byte order mark decides the encoding and is left out, without one it is UTF-8.
 * PowerShell writes UTF-16.
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** What the first bytes show the encoding to be. */
export function encodingOf([first, second]: Uint8Array): Encoding {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

/** Text to be added to a file of that encoding: without a byte order mark. */
export function encodeAs(encoding: Encoding, text: string): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

/** Text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A UTF-16 unit as an escape of JSON's. */
export function jsonEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
