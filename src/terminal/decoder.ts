import { BURST_MS, Bursts } from './bursts.js';
import { characterInput, controlInput, type Input, keyInput, printable } from './input.js';
import { csiInput, ss3Input } from './sequences.js';

/** An ESC that nothing follows for this long was the key; on a slow link a sequence may be torn from it. */
export const ESCAPE_MS = 150;
/** A sequence that is not continued for this long is given up. */
export const SEQUENCE_MS = 1_000;
/** Longest paste, and longest report; what is beyond is dropped. */
const MAX_PASTE_BYTES = 65_536;
const MAX_REPORT_BYTES = 256;

/** What the next byte belongs to. */
type State =
  | { readonly within: 'ground' }
  | { readonly within: 'escape' }
  | { readonly within: 'csi' | 'ss3'; body: string }
  /** OSC, DCS, APC, PM or SOS, with the byte before. */
  | { readonly within: 'string'; body: string; last: number }
  /** The button and the place of X10's mouse report, which may be any characters. */
  | { readonly within: 'mouse'; left: number }
  /** The rest of a character typed with Alt. */
  | { readonly within: 'alt'; left: number }
  /** `matched` bytes of the mark that ends it have come. */
  | { readonly within: 'paste'; readonly bytes: number[]; matched: number };

/**
 * A terminal's bytes as inputs. Pure: time comes in as milliseconds of any clock that never goes back. It does not
 * matter how the bytes are cut into reads, as long as the reads come soon one after the other.
 *
 * Some inputs are known only once nothing has followed: call `settle` when `dueAt` has come. A `push` gives
 * nothing up, so that bytes which wait in a busy program's queue still belong together.
 */
export class InputDecoder {
  readonly #bursts = new Bursts();
  #state: State = GROUND;
  #now = Number.NEGATIVE_INFINITY;
  /** The first bytes of a character in UTF-8. */
  #character: number[] = [];
  /** When an ESC was last taken for the key. */
  #escapedAt = Number.NEGATIVE_INFINITY;
  #inputs: Input[] = [];

  /** When `settle` has something to do; `null` while there is nothing to wait for. */
  get dueAt(): number | null {
    const { within } = this.#state;
    const wait =
      within === 'escape' ? ESCAPE_MS : within === 'ground' ? Number.POSITIVE_INFINITY : SEQUENCE_MS;
    const due = Math.min(this.#now + wait, this.#bursts.dueAt ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(due) ? due : null;
  }

  /** Takes the bytes of one read. */
  push(bytes: Uint8Array, now: number): Input[] {
    const [first] = bytes;
    const isApart = now >= this.#now + BURST_MS;
    this.#now = now;
    // Alt sends its ESC along with the character: here Escape was pressed before another key.
    if (this.#state.within === 'escape' && isApart && first !== undefined && !INTRODUCERS.has(first)) {
      this.#end(keyInput('escape'));
    }
    for (const [index, byte] of bytes.entries()) this.#take(byte, index + 1 < bytes.length);
    return this.#inputs.splice(0);
  }

  /** Takes what has waited long enough for what it is. */
  settle(now: number): Input[] {
    this.#inputs.push(...this.#bursts.settle(now, this.#character.length > 0));
    const state = this.#state;
    if (state.within === 'escape' && now >= this.#now + ESCAPE_MS) {
      this.#state = GROUND;
      this.#escapedAt = now;
      this.#emit(keyInput('escape'));
    } else if (state.within !== 'escape' && now >= this.#now + SEQUENCE_MS) {
      this.#state = GROUND;
      if (state.within === 'paste') this.#endPaste(state.bytes);
    }
    return this.#inputs.splice(0);
  }

  /** @param isFollowed whether the same read has more */
  #take(byte: number, isFollowed: boolean): void {
    const state = this.#state;
    if (state.within === 'ground') this.#inGround(byte, isFollowed);
    else if (state.within === 'escape') this.#afterEscape(byte);
    else if (state.within === 'string') this.#inString(state, byte);
    else if (state.within === 'paste') this.#inPaste(state, byte);
    else if (state.within === 'mouse' || state.within === 'alt') this.#inRest(state, byte);
    else this.#inSequence(state, byte);
  }

  #inGround(byte: number, isFollowed: boolean): void {
    const isLate = isFollowed && INTRODUCERS.has(byte) && this.#now < this.#escapedAt + SEQUENCE_MS;
    this.#escapedAt = Number.NEGATIVE_INFINITY;
    // What a slow link tore from its ESC is not text. The key itself was acted on, and can't be taken back.
    if (isLate) this.#afterEscape(byte);
    else if (byte === ESC) this.#begin({ within: 'escape' });
    else if (byte < 0x20 || byte === DEL) this.#control(byte);
    else this.#text(byte);
  }

  #afterEscape(byte: number): void {
    this.#state = GROUND;
    if (byte === LEFT_BRACKET) this.#begin({ within: 'csi', body: '' });
    else if (byte === LETTER_O) this.#begin({ within: 'ss3', body: '' });
    else if (INTRODUCERS.has(byte)) {
      this.#begin({ within: 'string', body: String.fromCharCode(byte), last: byte });
    } else if (byte === ESC || byte === CTRL_C || byte === CTRL_Z) {
      // Keys that must never be lost, however soon after Escape they are pressed.
      this.#emit(keyInput('escape'));
      this.#inGround(byte, false);
    } else if (byte === DEL || byte === BACKSPACE) this.#emit(keyInput('alt-backspace'));
    else if (byte >= 0x80) this.#begin({ within: 'alt', left: characterLength(byte) - 1 });
    else if (byte >= 0x20) this.#emit(characterInput(String.fromCharCode(byte), { ctrl: false, alt: true }));
  }

  #inSequence(state: Extract<State, { within: 'csi' | 'ss3' }>, byte: number): void {
    if (byte < 0x20 || byte >= DEL) {
      this.#abandon(byte);
      return;
    }
    const isFirst = state.body === '';
    if (state.body.length < MAX_REPORT_BYTES) state.body += String.fromCharCode(byte);
    if (state.within === 'ss3') {
      if (byte >= 0x40) this.#end(ss3Input(state.body));
    } else if (isFirst && byte === LETTER_M) this.#begin({ within: 'mouse', left: 3 });
    else if (isFirst && byte === LEFT_BRACKET) return;
    else if (state.body === PASTE_START) this.#begin({ within: 'paste', bytes: [], matched: 0 });
    else if (byte >= 0x40 || RXVT_SHIFTED.test(state.body)) this.#end(csiInput(state.body));
  }

  #inString(state: Extract<State, { within: 'string' }>, byte: number): void {
    const { last } = state;
    state.last = byte;
    const isEnd =
      byte === BEL ||
      (last === ESC && byte === BACKSLASH) ||
      (byte === ST && (last < 0x80 || last === C1_LEAD));
    if (isEnd) this.#end({ kind: 'report', body: state.body });
    else if (last === ESC) this.#afterEscape(byte);
    else if (byte === CTRL_C || byte === CTRL_Z || byte === CANCEL) this.#abandon(byte);
    else if (byte >= 0x20 && state.body.length < MAX_REPORT_BYTES) state.body += String.fromCharCode(byte);
  }

  #inPaste(state: Extract<State, { within: 'paste' }>, byte: number): void {
    // Terminals take controls out of what is pasted, so Ctrl-C was pressed: the way out of a paste without end.
    if (byte === CTRL_C) this.#abandon(byte);
    else if (byte === PASTE_END[state.matched]) state.matched += 1;
    else {
      const seen = [...PASTE_END.slice(0, state.matched), byte];
      state.matched = byte === ESC ? 1 : 0;
      const room = Math.max(0, MAX_PASTE_BYTES - state.bytes.length);
      state.bytes.push(...seen.slice(0, Math.min(room, seen.length - state.matched)));
    }
    if (state.matched === PASTE_END.length) this.#endPaste(state.bytes);
  }

  #endPaste(bytes: readonly number[]): void {
    this.#end({ kind: 'paste', text: UTF8.decode(Uint8Array.from(bytes)) });
  }

  #inRest(state: Extract<State, { within: 'mouse' | 'alt' }>, byte: number): void {
    state.left -= 1;
    if (state.within === 'mouse' ? byte < 0x20 : !isContinuation(byte)) this.#abandon(byte);
    else if (state.left <= 0) this.#end(state.within === 'mouse' ? { kind: 'mouse' } : null);
  }

  #control(byte: number): void {
    this.#character = [];
    this.#emit(controlInput(byte));
  }

  #text(byte: number): void {
    if (!isContinuation(byte)) this.#character = [];
    else if (this.#character.length === 0) this.#c1(byte);
    if (!isContinuation(byte) || this.#character.length > 0) this.#character.push(byte);
    const [lead] = this.#character;
    if (lead === undefined || this.#character.length < characterLength(lead)) return;
    const text = UTF8.decode(Uint8Array.from(this.#character));
    this.#character = [];
    if (printable(text) !== '') this.#emit({ kind: 'text', text });
    else this.#c1(text.codePointAt(0) ?? 0);
  }

  /** A control of eight bits, as a terminal sends it in that mode: `0x9b` for `ESC [`. */
  #c1(point: number): void {
    if (INTRODUCERS.has(point - C1_OFFSET)) this.#afterEscape(point - C1_OFFSET);
  }

  #begin(state: State): void {
    this.#character = [];
    this.#state = state;
  }

  #end(input: Input | null): void {
    this.#state = GROUND;
    this.#emit(input);
  }

  /** The byte does not belong where it came: what came before it is dropped. */
  #abandon(byte: number): void {
    this.#state = GROUND;
    this.#inGround(byte, false);
  }

  #emit(input: Input | null): void {
    if (input !== null) this.#inputs.push(...this.#bursts.add(input, this.#now));
  }
}

/** How many bytes a character in UTF-8 has, by the first of them. */
function characterLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

const GROUND: State = { within: 'ground' };
const UTF8 = new TextDecoder();
const CTRL_C = 0x03;
const BEL = 0x07;
const BACKSPACE = 0x08;
const CANCEL = 0x18;
const CTRL_Z = 0x1a;
const ESC = 0x1b;
const LETTER_M = 0x4d;
const LETTER_O = 0x4f;
const LEFT_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const DEL = 0x7f;
/** The string terminator of eight bits, and the byte before it in UTF-8. */
const ST = 0x9c;
const C1_LEAD = 0xc2;
/** A control of eight bits stands for ESC and the character this far below it. */
const C1_OFFSET = 0x40;
/** What makes more than Alt of an ESC: `[` and `O` begin keys, `]`, `P`, `_`, `^` and `X` strings. */
const INTRODUCERS: ReadonlySet<number> = new Set(Buffer.from('[O]P_^X'));
const PASTE_START = '200~';
const PASTE_END = Buffer.from('\x1b[201~');
/** Keys with Shift end in `$` there, which is not a final byte. */
const RXVT_SHIFTED = /^\d+\$$/;
