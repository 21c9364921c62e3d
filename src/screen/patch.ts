import { hasCertainWidth } from '../output/width.js';

/**
 * The bytes that turn the lines on a screen into the next ones: of a changed line only the cells that differ are
 * written, where it is certain which cells its text takes; otherwise it is cleared and written anew. `''` where nothing
 * changed.
 *
 * @param previous `null` where what is on the screen is not known: then every line is written, and all below
 *   cleared. Nothing of the scrollback ever is.
 */
export function buildPatch(previous: readonly string[] | null, next: readonly string[]): string {
  let patch = '';
  for (const [index, text] of next.entries()) {
    const before = previous?.[index];
    if (before === text) continue;
    const differing = before === undefined ? null : cellsPatch(before, text, index);
    patch += differing ?? `${toCell(index, 0)}${ERASE_LINE}${text}`;
  }
  const isShorter = previous !== null && next.length < previous.length;
  if (previous === null || isShorter) patch += `${toCell(next.length, 0)}${ERASE_BELOW}`;
  return patch;
}

/** A cell of the screen. */
interface Cell {
  readonly character: string;
  /** The codes that its colours and attributes need, `''` for none. */
  readonly style: string;
  /** Whether a move to the next column follows: its character is wider in some terminals. */
  readonly isMoved: boolean;
}

/** What changes a line; `null` if it can't be found cell by cell. */
function cellsPatch(before: string, after: string, row: number): string | null {
  const old = cellsOf(before);
  const cells = cellsOf(after);
  if (old === null || cells === null) return null;
  let patch = '';
  let at = 0;
  while (at < cells.length) {
    if (isSame(old[at], cells[at])) {
      at += 1;
      continue;
    }
    const end = endOfRun(old, cells, at);
    patch += toCell(row, at) + drawn(cells.slice(at, end), at);
    at = end;
  }
  return old.length > cells.length ? `${patch}${toCell(row, cells.length)}${ERASE_TO_END}` : patch;
}

/** Where the cells that differ end: a move over a few that don't costs more than to write them again. */
function endOfRun(old: readonly Cell[], cells: readonly Cell[], from: number): number {
  let end = from + 1;
  for (let at = end; at < cells.length && at - end < MOVE_BYTES; at += 1) {
    if (!isSame(old[at], cells[at])) end = at + 1;
  }
  return end;
}

function isSame(a: Cell | undefined, b: Cell | undefined): boolean {
  return a?.character === b?.character && a?.style === b?.style && a?.isMoved === b?.isMoved;
}

function drawn(cells: readonly Cell[], from: number): string {
  let text = '';
  let style = '';
  for (const [index, cell] of cells.entries()) {
    if (cell.style !== style) {
      text += `${style === '' ? '' : RESET}${cell.style}`;
      style = cell.style;
    }
    text += cell.character;
    if (cell.isMoved) text += `\x1b[${from + index + 2}G`;
  }
  return style === '' ? text : text + RESET;
}

/** A line as cells; `null` where some character may take another number of columns than one. */
function cellsOf(line: string): readonly Cell[] | null {
  const cells: Cell[] = [];
  const active = new Map<string, string>();
  let style = '';
  for (const [, text, parameters = '', final] of line.matchAll(PARTS)) {
    if (text !== undefined) {
      if (!hasCertainWidth(text)) return null;
      for (const character of text) cells.push({ character, style, isMoved: false });
    } else if (final === 'G') {
      const last = cells.at(-1);
      if (last === undefined || Number(parameters) !== cells.length + 1) return null;
      cells[cells.length - 1] = { ...last, isMoved: true };
    } else {
      const ended = ENDS[parameters];
      if (ended === undefined) active.set(STARTS[parameters] ?? 'color', `\x1b[${parameters}m`);
      else active.delete(ended);
      style = [...active.values()].join('');
    }
  }
  return cells;
}

const ESC = '\x1b';
/** Text, or a sequence of those that lines are drawn with: colours and attributes, and moves to a column. */
const PARTS = new RegExp(`([^${ESC}]+)|${ESC}\\[([\\d;]*)([mG])`, 'g');
/** Codes that begin an attribute, and those that end one; all others begin a colour. */
const STARTS: Readonly<Record<string, string>> = { 1: 'bold', 4: 'underline', 7: 'inverse' };
const ENDS: Readonly<Record<string, string>> = { 22: 'bold', 24: 'underline', 27: 'inverse', 39: 'color' };
const RESET = '\x1b[0m';
const MOVE_BYTES = 8;
/** Clearing first: moves within a line may leave cells unwritten. */
const ERASE_LINE = '\x1b[2K';
const ERASE_TO_END = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

function toCell(row: number, column: number): string {
  return `\x1b[${row + 1};${column + 1}H`;
}

/** At most ten frames a second. */
const MIN_FRAME_INTERVAL_MS = 100;

/**
 * Frames that no key asked for may cost this many bytes a millisecond, and on a large screen as much for each cell as
 * drawing all of it about once a second: kind to slow links.
 */
const MIN_BYTES_PER_MS = 3;
const BYTES_PER_CELL_MS = 1 / 1_200;
/** What may be saved up, in screens. */
const MAX_CREDIT_SCREENS = 3;

/** Says when the next frame may be drawn. Time comes in as data, milliseconds since 1970. */
export class FramePacer {
  #drawnAt = Number.NEGATIVE_INFINITY;
  #cells: number;
  #credit: number;
  #creditAt = Number.NEGATIVE_INFINITY;

  constructor(cells: number) {
    this.#cells = cells;
    this.#credit = cells * MAX_CREDIT_SCREENS;
  }

  /** Milliseconds until a frame may be drawn; one asked for by a key does not wait for its bytes' share. */
  delay(now: number, urgent: boolean): number {
    const sinceFrame = Math.max(0, now - this.#drawnAt);
    const untilFrame = Math.max(0, MIN_FRAME_INTERVAL_MS - sinceFrame);
    if (urgent) return untilFrame;
    return Math.max(untilFrame, Math.ceil(-this.#creditNow(now) / this.#bytesPerMs), 0);
  }

  /** @param cells of the screen as it is now */
  drawn(now: number, bytes: number, cells: number): void {
    // Frames that keys asked for must not hold up the others for long.
    this.#credit = Math.max(-cells, this.#creditNow(now) - bytes);
    this.#creditAt = now;
    this.#drawnAt = now;
    this.#cells = cells;
  }

  get #bytesPerMs(): number {
    return Math.max(MIN_BYTES_PER_MS, this.#cells * BYTES_PER_CELL_MS);
  }

  #creditNow(now: number): number {
    const earned = Math.max(0, now - this.#creditAt) * this.#bytesPerMs;
    return Math.min(this.#cells * MAX_CREDIT_SCREENS, this.#credit + earned);
  }
}
