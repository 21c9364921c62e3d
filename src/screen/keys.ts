import { StringDecoder } from 'node:string_decoder';

/** Keys that are no text. */
export type KeyName =
  | 'up'
  | 'down'
  | 'right'
  | 'left'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'backspace'
  | 'ctrl-c'
  | 'ctrl-l'
  | 'ctrl-u'
  | 'ctrl-z';

export type Key =
  | { readonly kind: 'key'; readonly name: KeyName }
  /** One character that was typed. */
  | { readonly kind: 'text'; readonly text: string }
  /** Text that was pasted: never taken for keys. */
  | { readonly kind: 'paste'; readonly text: string };

/** Pasted text beyond this is dropped, UTF-16 units. */
const MAX_PASTE_UNITS = 1_000;

/**
 * Bytes of a terminal as keys. Sequences and characters may come in pieces; what is not known gives no key.
 * A lone Escape looks like the start of a sequence: while `isPending`, call `flush` when nothing more has come.
 */
export class KeyDecoder {
  readonly #utf8 = new StringDecoder('utf8');
  #rest = '';
  #pasted: string | null = null;

  /** Whether what has come so far may be the start of something longer. */
  get isPending(): boolean {
    return this.#pasted === null && this.#rest !== '';
  }

  push(chunk: Uint8Array | string): Key[] {
    this.#rest += typeof chunk === 'string' ? chunk : this.#utf8.write(Buffer.from(chunk));
    const keys: Key[] = [];
    for (let key = this.#take(); key !== undefined; key = this.#take()) if (key !== null) keys.push(key);
    return keys;
  }

  /** Takes what is pending as complete: Escape, or nothing known. */
  flush(): Key[] {
    if (!this.isPending) return [];
    const wasEscape = this.#rest === ESC;
    this.#rest = '';
    return wasEscape ? [named('escape')] : [];
  }

  /** The next key, `null` for something that is none, `undefined` where more must come first. */
  #take(): Key | null | undefined {
    if (this.#pasted !== null) return this.#takePaste();
    const first = this.#rest.at(0);
    if (first === undefined) return undefined;
    if (first !== ESC) {
      const character = String.fromCodePoint(this.#rest.codePointAt(0) ?? 0);
      this.#rest = this.#rest.slice(character.length);
      return plainKey(character);
    }
    if (this.#rest === ESC) return undefined;
    if (ESCAPE_ALONE.test(this.#rest)) {
      this.#rest = this.#rest.slice(1);
      return named('escape');
    }
    const sequence = SEQUENCE.exec(this.#rest)?.[0];
    if (sequence === undefined) {
      if (UNFINISHED.test(this.#rest)) return undefined;
      // Alt and a key, or a broken sequence: both halves are dropped together.
      this.#rest = this.#rest.slice(2);
      return null;
    }
    this.#rest = this.#rest.slice(sequence.length);
    if (sequence === PASTE_START) this.#pasted = '';
    const name = SEQUENCES[sequence];
    return name === undefined ? null : named(name);
  }

  #takePaste(): Key | null | undefined {
    const end = this.#rest.indexOf(PASTE_END);
    // A terminal takes controls out of what is pasted, so Ctrl-C was pressed: the way out of a paste without end.
    const interrupt = this.#rest.indexOf(CTRL_C);
    if (interrupt >= 0 && (end < 0 || interrupt < end)) {
      this.#rest = this.#rest.slice(interrupt);
      this.#pasted = null;
      return null;
    }
    const upTo = end < 0 ? Math.max(0, this.#rest.length - PASTE_END.length) : end;
    const text = ((this.#pasted ?? '') + this.#rest.slice(0, upTo)).slice(0, MAX_PASTE_UNITS);
    this.#rest = this.#rest.slice(end < 0 ? upTo : end + PASTE_END.length);
    this.#pasted = end < 0 ? text : null;
    return end < 0 ? undefined : { kind: 'paste', text };
  }
}

const ESC = '\x1b';
const CTRL_C = '\x03';
const CTRL_Z = '\x1a';
const PASTE_START = `${ESC}[200~`;
const PASTE_END = `${ESC}[201~`;
/** Keys that must never be lost, however soon after Escape they are pressed. */
const ESCAPE_ALONE = new RegExp(`^${ESC}[${ESC}${CTRL_C}${CTRL_Z}]`);
/** A CSI or SS3 sequence; `[[A` is a function key of the Linux console. */
const SEQUENCE = new RegExp(`^${ESC}(?:\\[\\[.|\\[[0-?]*[ -/]*[@-Z\\\\^-~]|O.)`);
const UNFINISHED = new RegExp(`^${ESC}(?:\\[\\[?|\\[[0-?]*[ -/]*|O)$`);

const SEQUENCES: Readonly<Record<string, KeyName>> = {
  [`${ESC}[A`]: 'up',
  [`${ESC}[B`]: 'down',
  [`${ESC}[C`]: 'right',
  [`${ESC}[D`]: 'left',
  [`${ESC}OD`]: 'left',
  [`${ESC}[5~`]: 'page-up',
  [`${ESC}[6~`]: 'page-down',
  [`${ESC}[H`]: 'home',
  [`${ESC}[1~`]: 'home',
  [`${ESC}[7~`]: 'home',
  [`${ESC}[F`]: 'end',
  [`${ESC}[4~`]: 'end',
  [`${ESC}[8~`]: 'end',
  [`${ESC}OA`]: 'up',
  [`${ESC}OB`]: 'down',
  [`${ESC}OC`]: 'right',
  [`${ESC}OH`]: 'home',
  [`${ESC}OF`]: 'end',
  [`${ESC}OM`]: 'enter',
};

const CONTROLS: Readonly<Record<string, KeyName>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  [CTRL_C]: 'ctrl-c',
  '\x0c': 'ctrl-l',
  '\x15': 'ctrl-u',
  [CTRL_Z]: 'ctrl-z',
};

function plainKey(character: string): Key | null {
  const name = CONTROLS[character];
  if (name !== undefined) return named(name);
  return /\p{Cc}/u.test(character) ? null : { kind: 'text', text: character };
}

function named(name: KeyName): Key {
  return { kind: 'key', name };
}
