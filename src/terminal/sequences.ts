import { characterInput, type Input, type KeyName, keyInput } from './input.js';

/**
 * The meaning of a control sequence, `ESC [` left out; `null` for a key that means nothing here.
 *
 * Keys are read in all encodings in use: xterm's, the Linux console's, rxvt's, modifyOtherKeys (`27;5;99~`), and
 * kitty's (`99;5u`, https://sw.kovidgoyal.net/kitty/keyboard-protocol/).
 */
export function csiInput(body: string): Input | null {
  if (body === 'I' || body === 'O') return { kind: 'focus', hasFocus: body === 'I' };
  if (MOUSE.test(body)) return { kind: 'mouse' };
  if (LINUX_FUNCTION_KEY.test(body)) return null;
  const final = body.at(-1) ?? '';
  // A key's sequence has neither a private mark nor intermediate bytes.
  if (!/^[\d:;]*[$@-~]$/.test(body)) return { kind: 'report', body: `[${body}` };
  const fields = body
    .slice(0, -1)
    .split(';')
    .map((field) => field.split(':').map((digits) => (digits === '' ? undefined : Number(digits))));
  const [[code, shifted, base] = [], [modifiers = 1, event = PRESS] = [], text = []] = fields;
  if (final === '~' && code === OTHER_KEY) return codeInput({ code: text[0], modifiers });
  if (event === RELEASE) return null;
  if (final === 'u') return codeInput({ code, shifted, base, modifiers, text });
  if (final === '~' || final === '^' || final === '$' || final === '@') {
    return modified(NUMBERED[code ?? 0], final === '^' || final === '@' ? CTRL + 1 : modifiers);
  }
  // One small letter alone is rxvt's cursor key with Shift.
  if (body.length === 1 || final < 'a') {
    const name = LETTERED[final.toUpperCase()];
    if (name !== undefined) return modified(name, modifiers);
  }
  return FUNCTION_KEYS.test(body) ? null : { kind: 'report', body: `[${body}` };
}

/** The meaning of a sequence that begins with `ESC O`: cursor keys and the keypad in their application modes. */
export function ss3Input(body: string): Input | null {
  const final = body.at(-1) ?? '';
  if (final === 'M') return keyInput('enter');
  if (final >= 'j' && final <= 'y') {
    return { kind: 'text', text: String.fromCharCode(final.charCodeAt(0) - KEYPAD_OFFSET) };
  }
  // A small letter is rxvt's cursor key with Ctrl.
  if (final >= 'a' && final <= 'd') return modified(LETTERED[final.toUpperCase()], CTRL + 1);
  return modified(LETTERED[final], Number(/(\d+)\D$/.exec(body)?.[1] ?? 1));
}

/** A key by the number of its character, with modifiers as kitty and xterm number them. */
interface CodedKey {
  /** The character that the key gives without modifiers, or a number of the private use area for a named key. */
  readonly code: number | undefined;
  /** The character with Shift, and the character at this place of a US keyboard: reported on request alone. */
  readonly shifted?: number | undefined;
  readonly base?: number | undefined;
  readonly modifiers: number;
  /** What the key types, where the terminal says so. */
  readonly text?: readonly (number | undefined)[];
}

function codeInput({ code, shifted, base, modifiers, text = [] }: CodedKey): Input | null {
  if (code === undefined || code > MAX_CODE_POINT) return null;
  const held = modifiers - 1;
  const name = CODED[code];
  if (name !== undefined) return modified(name, modifiers);
  if ((held & UNUSED_MODIFIERS) !== 0) return null;
  const flags = { ctrl: (held & CTRL) !== 0, alt: (held & ALT) !== 0 };
  if (flags.ctrl || flags.alt) return characterInput(String.fromCodePoint(base ?? code), flags);
  const typed = text.flatMap((point) => (point === undefined || point > MAX_CODE_POINT ? [] : [point]));
  if (typed.length > 0) return characterInput(String.fromCodePoint(...typed), flags);
  const keypad = KEYPAD[code - KEYPAD_0];
  if (keypad !== undefined) return characterInput(keypad, flags);
  if (code >= PRIVATE_USE && code <= PRIVATE_USE_END) return null;
  const isShifted = (held & SHIFT) !== 0;
  if (isShifted && shifted !== undefined) return characterInput(String.fromCodePoint(shifted), flags);
  const character = String.fromCodePoint(code);
  const isUpper = isShifted !== ((held & CAPS_LOCK) !== 0);
  return characterInput(isUpper ? character.toUpperCase() : character, flags);
}

function modified(name: KeyName | undefined, modifiers: number): Input | null {
  const held = modifiers - 1;
  if (name === undefined || (held & UNUSED_MODIFIERS) !== 0) return null;
  if ((held & ALT) !== 0 && name === 'backspace') return keyInput('alt-backspace');
  const isWord = (held & (CTRL | ALT)) !== 0;
  if (isWord && (name === 'left' || name === 'right')) return keyInput(`ctrl-${name}`);
  if (isWord && name === 'delete') return keyInput('alt-d');
  return keyInput(name);
}

const SHIFT = 1;
const ALT = 2;
const CTRL = 4;
const CAPS_LOCK = 64;
/** Super, Hyper, Meta: the window manager's. Num Lock and Caps Lock change nothing about a named key. */
const UNUSED_MODIFIERS = 8 | 16 | 32;
const PRESS = 1;
const RELEASE = 3;
/** The number that marks a key reported by modifyOtherKeys. */
const OTHER_KEY = 27;
const MAX_CODE_POINT = 0x10ffff;
const PRIVATE_USE = 0xe000;
const PRIVATE_USE_END = 0xf8ff;

const MOUSE = /^(?:<[\d;]*[Mm]|\d+;\d+;\d+M)$/;
const LINUX_FUNCTION_KEY = /^\[./;
/** F1 to F4, whose `R` with two numbers is also a cursor's position: that is what it is taken for. */
const FUNCTION_KEYS = /^(?:1;\d+(?::\d+)?)?[PQSZE]$/;

const NUMBERED: { readonly [number: number]: KeyName | undefined } = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
};

const LETTERED: { readonly [final: string]: KeyName | undefined } = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
};

const KEYPAD_OFFSET = 0x40;
const KEYPAD_0 = 57_399;
/** What the keypad's keys type, in kitty's order. */
const KEYPAD = '0123456789./*-+';

const CODED: { readonly [code: number]: KeyName | undefined } = {
  8: 'backspace',
  13: 'enter',
  27: 'escape',
  127: 'backspace',
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'page-up',
  57422: 'page-down',
  57423: 'home',
  57424: 'end',
  57426: 'delete',
};
