/** Keys that are not text, by what is printed on them; a modifier that changes nothing is left out. */
export type KeyName =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'delete'
  | 'enter'
  | 'escape'
  | 'backspace'
  | 'ctrl-left'
  | 'ctrl-right'
  | `ctrl-${CtrlLetter}`
  | `alt-${AltLetter}`
  | 'alt-backspace';

type CtrlLetter = (typeof CTRL_LETTERS)[number];
type AltLetter = (typeof ALT_LETTERS)[number];

/** What came from a terminal: from a person's hands, from the clipboard, or from the terminal itself. */
export type Input =
  | { readonly kind: 'key'; readonly key: KeyName }
  /** One character, typed on its own. */
  | { readonly kind: 'text'; readonly text: string }
  /** Several characters at once: a held key, typing that a slow link delivered late, or a paste without marks. */
  | { readonly kind: 'burst'; readonly text: string }
  /** A paste that the terminal marked as one. */
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'focus'; readonly hasFocus: boolean }
  | { readonly kind: 'mouse' }
  /** The terminal's answer to a question, from this program or one before it, without its ESC. */
  | { readonly kind: 'report'; readonly body: string };

/** Control keys that mean something somewhere; others are ignored. */
const CTRL_LETTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'k', 'l', 'u', 'w', 'y', 'z'] as const;
const ALT_LETTERS = ['b', 'd', 'f'] as const;

/** Modifiers held with a key. */
export interface Modifiers {
  readonly ctrl: boolean;
  readonly alt: boolean;
}

/** The input of a key that gives `character` alone, `null` where its combination means nothing. */
export function characterInput(character: string, { ctrl, alt }: Modifiers): Input | null {
  if (ctrl) {
    const lower = character.toLowerCase();
    const known = CTRL_LETTERS.find((letter) => letter === lower);
    if (known !== undefined) return keyInput(`ctrl-${known}`);
    const named = CTRL_SYNONYMS[lower];
    return named === undefined ? null : keyInput(named);
  }
  if (alt) {
    const known = ALT_LETTERS.find((letter) => letter === character.toLowerCase());
    return known === undefined ? null : keyInput(`alt-${known}`);
  }
  return isPrintable(character) ? { kind: 'text', text: character } : null;
}

/** The input of a byte below 0x20, or of 0x7f; `null` for one that means nothing. */
export function controlInput(byte: number): Input | null {
  if (byte === 0x7f) return keyInput('backspace');
  return characterInput(String.fromCharCode(byte + 0x60), { ctrl: true, alt: false });
}

export function keyInput(key: KeyName): Input {
  return { kind: 'key', key };
}

/** Text without controls, and without what stands for bytes that are not UTF-8. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\ufffd]/gu, '');
}

function isPrintable(character: string): boolean {
  return printable(character) !== '';
}

/** Control keys with a key of their own on a keyboard. */
const CTRL_SYNONYMS: { readonly [letter: string]: KeyName | undefined } = {
  h: 'backspace',
  j: 'enter',
  m: 'enter',
  '[': 'escape',
};
