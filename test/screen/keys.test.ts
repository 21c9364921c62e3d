import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Key, KeyDecoder } from '../../src/screen/keys.js';

function named(key: Key): string {
  return key.kind === 'key' ? `<${key.name}>` : key.kind === 'paste' ? `<paste ${key.text}>` : key.text;
}

function decode(...chunks: readonly (string | Uint8Array)[]): string {
  const decoder = new KeyDecoder();
  const keys = chunks.flatMap((chunk) => decoder.push(chunk));
  return [...keys, ...decoder.flush()].map(named).join('');
}

describe('keys', () => {
  test.each([
    ['j', 'j'],
    ['Ж', 'Ж'],
    ['👍', '👍'],
    ['\x1b[A', '<up>'],
    ['\x1bOB', '<down>'],
    ['\x1b[5~', '<page-up>'],
    ['\x1b[1~\x1b[F', '<home><end>'],
    ['\r', '<enter>'],
    ['\x7f', '<backspace>'],
    ['\x03', '<ctrl-c>'],
    ['\x1a', '<ctrl-z>'],
    ['\x1b', '<escape>'],
    ['\x1b\x1b', '<escape><escape>'],
    ['\x1b\x1b[A', '<escape><up>'],
    ['\x1b\x03', '<escape><ctrl-c>'],
    ['\x1b\x1a', '<escape><ctrl-z>'],
  ])('%j is %s', (bytes, keys) => {
    expect(decode(bytes)).toBe(keys);
  });

  test.each([
    '\x1b[15~',
    '\x1b[1;5C',
    '\x1b[I',
    '\x1b[[A',
    '\x1bOP',
    '\x1bq',
    '\x00\x01\x02',
    '\x1b[200',
    '\x1b[<0;1;1M',
  ])('what is not known gives none: %j', (bytes) => {
    expect(decode(bytes)).toBe('');
  });

  test('sequences and characters may come in pieces', () => {
    const bytes = Buffer.from('\x1b[5~日\x1bOA');
    expect(decode(...[...bytes].map((byte) => Uint8Array.of(byte)))).toBe('<page-up>日<up>');
  });
});

describe('pasted text', () => {
  test('is never taken for keys', () => {
    expect(decode('\x1b[200~q\x1b[Ay\r\x1b[201~j')).toBe('<paste q\x1b[Ay\r>j');
  });

  test('may come in pieces', () => {
    expect(decode('\x1b[20', '0~ab', 'c\x1b[2', '01~q')).toBe('<paste abc>q');
  });

  test('without an end leaves Ctrl-C as a way out', () => {
    expect(decode('\x1b[200~abc', '\x03')).toBe('<ctrl-c>');
  });
});

test('however bytes are cut, the same keys come out', () => {
  const piece = fc.constantFrom(
    'a',
    'q',
    'é',
    '👨‍👩‍👧',
    '\x1b[A',
    '\x1b[6~',
    '\x1bOH',
    '\x1b[200~x\x1b[201~',
    '\r',
  );
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(200)), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''));
      const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      expect(decode(...chunks)).toBe(decode(bytes));
    }),
  );
});
