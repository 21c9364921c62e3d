import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BURST_MS } from '../../src/terminal/bursts.js';
import { ESCAPE_MS, InputDecoder, SEQUENCE_MS } from '../../src/terminal/decoder.js';
import type { Input } from '../../src/terminal/input.js';

type Read = string | Uint8Array;

/** What is understood of reads with a time in milliseconds before each, and of the silence after the last. */
function decode(reads: readonly (readonly [waitMs: number, bytes: Read])[]): Input[] {
  const decoder = new InputDecoder();
  let now = 0;
  const inputs: Input[] = [];
  const waitUntil = (time: number): void => {
    for (let due = decoder.dueAt; due !== null && due <= time; due = decoder.dueAt) {
      inputs.push(...decoder.settle(due));
    }
    now = time;
  };
  for (const [waitMs, bytes] of reads) {
    waitUntil(now + waitMs);
    inputs.push(...decoder.push(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, now));
  }
  waitUntil(now + 10 * SEQUENCE_MS);
  expect(decoder.dueAt).toBeNull();
  return inputs;
}

function shown(input: Input): string {
  switch (input.kind) {
    case 'key':
      return `<${input.key}>`;
    case 'text':
      return input.text;
    case 'burst':
    case 'paste':
      return `<${input.kind} ${input.text}>`;
    case 'focus':
      return input.hasFocus ? '<focus>' : '<blur>';
    case 'mouse':
      return '<mouse>';
    case 'report':
      return '<report>';
  }
}

/** All in one read. */
const understood = (bytes: Read): string =>
  decode([[0, bytes]])
    .map(shown)
    .join('');

/** Each part in a read of its own, so long after the one before. */
const understoodApart = (gapMs: number, ...parts: readonly Read[]): string =>
  decode(parts.map((part) => [gapMs, part] as const))
    .map(shown)
    .join('');

describe('keys', () => {
  test.each([
    ['j', 'j'],
    ['Ж', 'Ж'],
    ['👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦'],
    ['\x1b[A', '<up>'],
    ['\x1bOB', '<down>'],
    ['\x1b[5~', '<page-up>'],
    ['\x1b[1~\x1b[F', '<home><end>'],
    ['\x1b[7~\x1b[8~\x1b[3~', '<home><end><delete>'],
    ['\r', '<enter>'],
    ['\x7f\b', '<backspace><backspace>'],
    ['\x03', '<ctrl-c>'],
    ['\x1a', '<ctrl-z>'],
    ['\x01\x05\x17', '<ctrl-a><ctrl-e><ctrl-w>'],
    ['\x1b', '<escape>'],
    ['\x1b\x1b', '<escape><escape>'],
    ['\x1b\x1b[A', '<escape><up>'],
    ['\x1b\x03', '<escape><ctrl-c>'],
    ['\x1b\x1a', '<escape><ctrl-z>'],
    ['\x1b\x7f\x1bb\x1bf', '<alt-backspace><alt-b><alt-f>'],
    ['\x1b[1;5C\x1b[1;3D', '<ctrl-right><ctrl-left>'],
    ['\x1b[1;2B', '<down>'],
    // rxvt: cursor keys with Shift, and with Ctrl.
    ['\x1b[b\x1bOc\x1b[7$j', '<down><ctrl-right><home>j'],
    // The keypad in its application mode.
    ['\x1bOq', '1'],
    ['\x1bOM', '<enter>'],
  ])('%j is %s', (bytes, keys) => {
    expect(understood(bytes)).toBe(keys);
  });

  test.each([
    '\x1b[15~',
    '\x1b[[A',
    '\x1bOP',
    '\x1b[1;5P',
    '\x1bq',
    '\x1bЖ',
    '\x00\x1c\x1f',
    '\x1b[200',
    '\x1b[Z',
    '\x1b[1;9A',
  ])('what is not known gives none: %j', (bytes) => {
    expect(understood(bytes)).toBe('');
  });

  test('that can not be lost end what came unfinished before them', () => {
    for (const start of [
      '\x1b[12;',
      '\x1bO',
      '\x1b]52;c;',
      '\x1bP1',
      '\x1b[M ',
      '\x1b[200~ab',
      'Ж'[0] ?? '',
    ]) {
      expect(understood(`${start}\x03`)).toMatch(/<ctrl-c>$/);
    }
    expect(understood('\x1b]11;rgb\x1b[A')).toBe('<up>');
  });
});

describe('enhanced keyboards', () => {
  test.each([
    ['kitty: Ctrl-C', '\x1b[99;5u', '<ctrl-c>'],
    ['kitty: Ctrl-C of a Cyrillic layout', '\x1b[1089::99;5u', '<ctrl-c>'],
    ['kitty: Esc, Enter, Backspace', '\x1b[27u\x1b[13u\x1b[127u', '<escape><enter><backspace>'],
    ['kitty: a letter', '\x1b[113u', 'q'],
    ['kitty: with Shift', '\x1b[97;2u', 'A'],
    ['kitty: with Caps Lock', '\x1b[97;65u', 'A'],
    ['kitty: what Shift gives', '\x1b[49:33;2u', '!'],
    ['kitty: what is typed', '\x1b[101;;233u', 'é'],
    ['kitty: Num Lock held down', '\x1b[1;129B', '<down>'],
    ['kitty: press and repeat', '\x1b[1;1:1B\x1b[1;1:2B', '<down><down>'],
    ['kitty: a release', '\x1b[113;1:3u\x1b[1;1:3B\x1b[5;1:3~', ''],
    ['kitty: the keypad', '\x1b[57420u\x1b[57400u', '<down>1'],
    ['kitty: a modifier alone', '\x1b[57441;2u', ''],
    ['kitty: Super and a letter', '\x1b[113;9u', ''],
    ['modifyOtherKeys: Ctrl-C', '\x1b[27;5;99~', '<ctrl-c>'],
    ['modifyOtherKeys: a capital', '\x1b[27;2;65~', 'A'],
    ['modifyOtherKeys: Alt-Backspace', '\x1b[27;3;127~', '<alt-backspace>'],
    ['a code beyond Unicode', '\x1b[99999999u', ''],
  ])('%s', (_, bytes, keys) => {
    expect(understood(bytes)).toBe(keys);
  });
});

/** What terminals answer, as it was seen, and what they report of the mouse and the window. */
const REPORTS: [name: string, bytes: string, kind: string][] = [
  ['OSC 11, BEL', '\x1b]11;rgb:1c1c/1e1e/2626\x07', '<report>'],
  ['OSC 4, ST', '\x1b]4;1;rgb:cccc/0000/0000\x1b\\', '<report>'],
  ['a clipboard', '\x1b]52;c;cGF5IGFuZCByZXBseQ==\x1b\\', '<report>'],
  ['a title in Cyrillic', '\x1b]lМай и яр\x1b\\', '<report>'],
  ['XTVERSION', '\x1bP>|tmux 3.3a\x1b\\', '<report>'],
  ['XTGETTCAP', '\x1bP1+r544e=787465726d\x1b\\', '<report>'],
  ['kitty graphics', '\x1b_Gi=31;OK\x1b\\', '<report>'],
  ['PM', '\x1b^array\x1b\\', '<report>'],
  ['SOS', '\x1bXarray\x07', '<report>'],
  ['DA1', '\x1b[?62;22c', '<report>'],
  ['DA2', '\x1b[>41;388;0c', '<report>'],
  ['a cursor position', '\x1b[12;40R', '<report>'],
  ['DECRPM', '\x1b[?2026;2$y', '<report>'],
  ['kitty flags', '\x1b[?0u', '<report>'],
  ['a size', '\x1b[48;24;100;480;1000t', '<report>'],
  ['a colour scheme', '\x1b[?997;1n', '<report>'],
  ['win32-input', '\x1b[81;16;113;0;32;1_', '<report>'],
  ['focus in', '\x1b[I', '<focus>'],
  ['focus out', '\x1b[O', '<blur>'],
  ['SGR mouse', '\x1b[<0;10;5M', '<mouse>'],
  ['SGR mouse, released', '\x1b[<0;10;5m', '<mouse>'],
  ['urxvt mouse', '\x1b[32;10;5M', '<mouse>'],
  ['X10 mouse', '\x1b[M !!', '<mouse>'],
  ['X10 mouse at a and r', '\x1b[M ar', '<mouse>'],
];

describe('what no finger typed', () => {
  test.each(REPORTS)('%s gives no key', (_, bytes, kind) => {
    expect(understood(`${bytes}j`)).toBe(`${kind}j`);
  });

  test('X10 reports places beyond ASCII, and controls of eight bits introduce what they always do', () => {
    expect(understood(Buffer.from('\x1b[M \xe1\xf9j', 'latin1'))).toBe('<mouse>j');
    expect(understood(Buffer.from('\x9b?62;22cj', 'latin1'))).toBe('<report>j');
    expect(understood(Buffer.from('\x9d52;c;YXk=\x9cj', 'latin1'))).toBe('<report>j');
    expect(understood('\u009b?62;22c\u009d52;c;YXk=\u009cj')).toBe('<report><report>j');
  });

  test.each(REPORTS)('%s: its tail may come late', (_, bytes, kind) => {
    for (let at = 2; at < Buffer.byteLength(bytes); at += 1) {
      const [head, tail] = [Buffer.from(bytes).subarray(0, at), Buffer.from(bytes).subarray(at)];
      expect(understoodApart(SEQUENCE_MS - 1, head, tail)).toBe(kind);
    }
  });

  test.each(REPORTS)('%s: torn from its ESC it is Escape and no text', (_, bytes, kind) => {
    expect(understoodApart(ESCAPE_MS - 1, '\x1b', bytes.slice(1))).toBe(kind);
    expect(understoodApart(ESCAPE_MS, '\x1b', bytes.slice(1))).toBe(`<escape>${kind}`);
  });

  test('one that never ends is given up', () => {
    expect(understoodApart(SEQUENCE_MS, '\x1b]52;c;', 'j', 'k')).toBe('jk');
    expect(understoodApart(SEQUENCE_MS, '\x1b[200~pasted', 'j')).toBe('<paste pasted>j');
  });
});

describe('keys in pieces', () => {
  test.each([
    ['<down>', '\x1b', '[B'],
    ['<down>', '\x1b[', 'B'],
    ['<delete>', '\x1b', '[3', '~'],
    ['<ctrl-right>', '\x1b[1;', '5C'],
    ['', '\x1b[', 'Z'],
    ['', '\x1bO', 'P'],
    ['<paste rat>', '\x1b', '[200', '~rat\x1b[201~'],
    ['<paste rat>', '\x1b[200~ra', 't\x1b[2', '01~'],
  ])('%s', (keys, ...parts) => {
    expect(understoodApart(80, ...parts)).toBe(keys);
  });

  test('characters byte by byte', () => {
    const bytes = [...Buffer.from('отч🔑')].map((byte) => Uint8Array.of(byte));
    expect(understoodApart(60, ...bytes)).toBe('отч🔑');
  });

  test('an Escape followed by typing is one', () => {
    expect(understoodApart(ESCAPE_MS + 50, '\x1b', 'P', 'i', 'n')).toBe('<escape>Pin');
    expect(understoodApart(BURST_MS, '\x1b', '/', '\x1b', '\x7f', '\x1b', '\r')).toBe(
      '<escape>/<escape><backspace><escape><enter>',
    );
    expect(understoodApart(BURST_MS - 1, '\x1b', 'b')).toBe('<alt-b>');
  });
});

describe('pasted text', () => {
  test('is never taken for keys', () => {
    expect(understood('\x1b[200~q\x1b[Ay\r\x1b[201~j')).toBe('<paste q\x1b[Ay\r>j');
  });

  test('without an end leaves Ctrl-C as a way out', () => {
    expect(understoodApart(1, '\x1b[200~abc', '\x03')).toBe('<ctrl-c>');
  });

  test('without marks is a burst, however it comes', () => {
    expect(understood('Please reply')).toBe('<burst Please reply>');
    expect(understoodApart(BURST_MS - 1, 'a', 'y')).toBe('<burst ay>');
    expect(understoodApart(BURST_MS - 1, ...'Please reply')).toMatch(/^(?:<burst [Please rply]+>)+$/);
    expect(understood('a\ry')).toBe('<burst a><enter><burst y>');
    expect(understood('\x1b[97u\x1b[121u')).toBe('<burst ay>');
    expect(understoodApart(BURST_MS, 'a', 'y')).toBe('ay');
    expect(understood('12\r')).toBe('<burst 12><enter>');
  });

  test('is one even where it ends with a torn character', () => {
    expect(understood(Uint8Array.of(0x61, 0xd0))).toBe('<burst a>');
  });
});

/** Something that arrives together, and what is to be understood; text in it is a burst with its neighbours. */
const piece = fc.oneof(
  fc.constantFrom('a', 'y', 'r', 'é', 'ж', '👨‍👩‍👧', '日'),
  fc.constantFrom(
    '\x1b[A',
    '\x1b[6~',
    '\x1bOH',
    '\r',
    '\x7f',
    '\x1b[99;5u',
    '\x1b[27;5;99~',
    '\x1bb',
    '\x1b[1;5D',
  ),
  fc.constantFrom(...REPORTS.map(([, bytes]) => bytes)),
  fc.constantFrom('\x1b[200~say\x1b[A\r\x1b[201~', '\x1b[200~Ж\x1b[20y\x1b[201~'),
);

function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

test('however a stream is cut, the same is understood', () => {
  const stream = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => new Uint8Array(Buffer.from(pieces.join('')))),
    fc.uint8Array({ maxLength: 60 }),
  );
  fc.assert(
    fc.property(stream, fc.array(fc.nat(200)), (bytes, places) => {
      const parts = cutAt(bytes, places).filter((part) => part.length > 0);
      expect(decode(parts.map((part) => [0, part] as const))).toEqual(decode([[0, bytes]]));
    }),
    { numRuns: 500 },
  );
});

test('what no finger typed gives no text and no key, however slowly its parts come', () => {
  const pastes = ['\x1b[200~ay\x1b[201~'];
  fc.assert(
    fc.property(
      fc.constantFrom(...REPORTS.map(([, bytes]) => bytes), ...pastes),
      fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: SEQUENCE_MS - 1 }))),
      (bytes, cuts) => {
        const parts = cutAt(
          Buffer.from(bytes),
          cuts.map(([place]) => Math.max(2, place % bytes.length)),
        );
        const inputs = decode(parts.map((part, index) => [cuts[index]?.[1] ?? 0, part] as const));
        expect(inputs.map(({ kind }) => kind).filter((kind) => kind === 'text' || kind === 'burst')).toEqual(
          [],
        );
        expect(inputs).toHaveLength(1);
      },
    ),
  );
});
