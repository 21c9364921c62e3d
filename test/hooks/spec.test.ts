import { describe, expect, it } from 'vitest';
import { PlacedError } from '../../src/errors.js';
import { parseHook, splitWords } from '../../src/hooks/spec.js';

/** There, a backslash parts folders. */
const IS_WINDOWS = process.platform === 'win32';

describe('words', () => {
  it.each<[text: string, words: readonly string[]]>([
    ['mv a b', ['mv', 'a', 'b']],
    ['  mv\ta \n b ', ['mv', 'a', 'b']],
    [`'my program' "two words" three`, ['my program', 'two words', 'three']],
    [`a'b c'd`, ['ab cd']],
    [`it\\"s a\\ b`, IS_WINDOWS ? ['it"s', 'a\\', 'b'] : ['it"s', 'a b']],
    [`"say \\"hi\\" \\$HOME \\n"`, [`say "hi" ${IS_WINDOWS ? '\\' : ''}$HOME \\n`]],
    [`'a\\b'`, ['a\\b']],
    [`""`, ['']],
    [`a '' b`, ['a', '', 'b']],
    [
      'echo $HOME *.txt `id` $(id) ; rm | x > y & # z',
      'echo $HOME *.txt `id` $(id) ; rm | x > y & # z'.split(' '),
    ],
    ['', []],
  ])('of %j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it.each<[text: string, place: number]>([
    ["a 'b", 2],
    ['a "b\\"', 2],
    ...(IS_WINDOWS ? [] : [['a\\', 1] as [string, number]]),
  ])('of %j can not be read', (text, start) => {
    expect(() => splitWords(text)).toThrow(
      expect.objectContaining({ code: 'usage', place: { start, end: start + 1 } }),
    );
  });
});

describe('a hook', () => {
  it('is an event and a command', () => {
    expect(parseHook('complete=/opt/scan --file "a b"')).toEqual({
      event: 'complete',
      command: '/opt/scan',
      args: ['--file', 'a b'],
    });
    expect(parseHook('taken-over=a=b c=d')).toEqual({ event: 'taken-over', command: 'a=b', args: ['c=d'] });
  });

  it.each([
    ['done=x', '"done" is not an event'],
    ['complete', 'has no command'],
    ['complete=', 'has no command'],
    ['complete=""', 'has no command'],
    ['complete=  ', 'has no command'],
    ['x', '"x" is not an event'],
  ])('%j is refused', (text, message) => {
    expect(() => parseHook(text)).toThrow(message);
    expect(() => parseHook(text)).toThrow(PlacedError);
  });
});
