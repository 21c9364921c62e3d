import { dirname } from 'node:path';
import { TrueConfFilesError } from '../errors.js';

/**
 * The name of a recording, in which codes stand for the time, as `strftime` has them, by the machine's own clock and
 * zone.
 */
export class NamePattern {
  /** Whether the name depends on the time. */
  readonly hasCodes: boolean;
  /** The folder that holds all files of this name, whatever the time. */
  readonly root: string;
  /** What names below that folder look like, folder by folder; the last are its files', numbered or not, packed or not. */
  readonly segments: readonly RegExp[];
  readonly #pieces: readonly Piece[];
  readonly #ending: string;
  #second = Number.NaN;
  #name = '';

  /** @throws TrueConfFilesError `usage` for an unknown code */
  constructor(pattern: string) {
    // What follows the last dot is an ending only where it looks like one: `%Y.%m.%d` has none.
    this.#ending = /(?<=[^\\/])\.[a-z]\w*$/i.exec(pattern)?.[0] ?? '';
    this.#pieces = readPieces(pattern.slice(0, pattern.length - this.#ending.length), pattern);
    this.hasCodes = this.#pieces.some((piece) => typeof piece !== 'string');
    const [first] = this.#pieces;
    const [above = ''] = (typeof first === 'string' ? /^.*[\\/]/s.exec(first) : null) ?? [];
    this.root = dirname(`${above}x`);
    const names = pattern.slice(above.length, pattern.length - this.#ending.length).split(SEPARATOR);
    this.segments = names.map((name, nth) => {
      const pieces = readPieces(name, pattern);
      const text = pieces
        .map((piece) => (typeof piece === 'string' ? literally(piece) : piece.matches))
        .join('');
      const file = nth === names.length - 1 ? `(?:\\.\\d+)?${literally(this.#ending)}(?:\\.gz)?` : '';
      return new RegExp(`^${text}${file}$`, 'su');
    });
  }

  /** The name at a time, milliseconds since 1970. */
  at(time: number): string {
    const second = Math.floor(time / 1_000);
    if (second !== this.#second) {
      const date = new Date(time);
      this.#second = second;
      this.#name = this.#pieces
        .map((piece) => (typeof piece === 'string' ? piece : piece.write(date)))
        .join('');
    }
    return this.#name + this.#ending;
  }

  /** The `nth` file of one name: from the second on the number stands before the ending. */
  numbered(name: string, nth: number): string {
    if (nth === 1) return name;
    return `${name.slice(0, name.length - this.#ending.length)}.${nth}${this.#ending}`;
  }
}

function readPieces(text: string, pattern: string): readonly Piece[] {
  return [...text.matchAll(/%(.?)|[^%]+/gsu)].map(([plain, code]) =>
    code === undefined ? plain : pieceOf(code, pattern),
  );
}

interface Code {
  write(date: Date): string;
  /** An expression for what it writes. */
  readonly matches: string;
}

type Piece = string | Code;

function pieceOf(code: string, pattern: string): Piece {
  if (code === '%') return '%';
  const known = CODES.get(code);
  if (known !== undefined) return known;
  const what = code === '' ? 'a single % at its end' : `the unknown code %${code}`;
  throw new TrueConfFilesError(
    'usage',
    `The name "${pattern}" of --record has ${what}.`,
    `The codes are ${[...CODES.keys()].map((name) => `%${name}`).join(' ')}; %% is a percent sign.`,
  );
}

const digits = (count: number, read: (date: Date) => number): Code => ({
  write: (date) => String(read(date)).padStart(count, '0'),
  matches: `\\d{${count}}`,
});

const year = digits(4, (date) => date.getFullYear());
const month = digits(2, (date) => date.getMonth() + 1);
const day = digits(2, (date) => date.getDate());
const hour = digits(2, (date) => date.getHours());
const minute = digits(2, (date) => date.getMinutes());
const second = digits(2, (date) => date.getSeconds());

const joined = (separator: string, ...codes: readonly Code[]): Code => ({
  write: (date) => codes.map((code) => code.write(date)).join(separator),
  matches: codes.map(({ matches }) => matches).join(separator),
});

const CODES: ReadonlyMap<string, Code> = new Map([
  ['Y', year],
  ['y', digits(2, (date) => date.getFullYear() % 100)],
  ['m', month],
  ['d', day],
  ['j', digits(3, dayOfYear)],
  ['H', hour],
  ['M', minute],
  ['S', second],
  ['F', joined('-', year, month, day)],
  ['T', joined(':', hour, minute, second)],
  ['s', { write: (date) => String(Math.floor(date.getTime() / 1_000)), matches: '\\d+' }],
]);

function dayOfYear(date: Date): number {
  const noon = (month: number, day: number) => Date.UTC(date.getFullYear(), month, day);
  return (noon(date.getMonth(), date.getDate()) - noon(0, 0)) / DAY_MS;
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

const SEPARATOR = process.platform === 'win32' ? /[\\/]/ : '/';
const DAY_MS = 24 * 3_600_000;

/**
 * Why a file of this name would be trouble on Windows, in words; `null` where it would not. Node makes files by their
 * whole path, also with names that Windows keeps for devices: such a file can hardly be opened or deleted again.
 * @see https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
export function windowsNameFault(path: string): string | null {
  if (NULL_DEVICE.test(path)) return null;
  const [, rest = ''] = /^(?:[\\/]{2}[?.][\\/])?(?:[a-z]:)?(.*)$/is.exec(path) ?? [];
  if (rest.includes(':')) return 'a colon in its name would make a hidden stream of another file';
  const reserved = [...rest].find((one) => RESERVED.has(one) || one < ' ');
  if (reserved !== undefined) return `Windows allows no ${JSON.stringify(reserved)} in names`;
  // Of folders, too: a recording in parts makes those that are missing.
  for (const name of rest.split(/[\\/]/).filter((one) => one !== '.' && one !== '..')) {
    if (/[ .]$/.test(name)) return 'Windows drops a blank or a dot at the end of a name';
    const [, stem = ''] = /^([^.]*)/.exec(name) ?? [];
    if (DEVICES.test(stem.trimEnd()))
      return `Windows keeps the name ${JSON.stringify(stem.trimEnd())} for a device`;
  }
  return null;
}

const RESERVED: ReadonlySet<string> = new Set('<>"|?*');
/** Whether Windows has its null device by this name. */
export const NULL_DEVICE = /^nul$/i;
const DEVICES =
  /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])$/i;
