import { expect, it } from 'vitest';
import { Pseudonyms, type Subject } from '../../src/recording/pseudonyms.js';

it.each<[subject: Subject, texts: readonly string[], pseudonyms: readonly string[]]>([
  ['room', ['a', 'b', 'a', ''], ['room-1', 'room-2', 'room-1', '']],
  ['word', ['a', 'b'], ['word-1', 'word-2']],
  ['person', ['Anna', 'Ben', 'Anna'], ['Person 1', 'Person 2', 'Person 1']],
  ['request', ['6c0e-a', 'x', '12', '012'], ['request-1', 'request-2', '3', 'request-4']],
  ['file', ['77', 'a', '77'], ['1', 'file-2', '1']],
  ['conference', ['c@s'], ['conference-1']],
  [
    'peer',
    ['ann@one', 'bob@one', 'ann@two', 'ann', 'ann@one'],
    ['user-1@server-1', 'user-2@server-1', 'user-3@server-2', 'user-4', 'user-1@server-1'],
  ],
  ['name', ['a.pdf', 'b.PDF', 'a.pdf'], ['file-1.pdf', 'file-2.PDF', 'file-1.pdf']],
  [
    'name',
    ['a.7z', 'pdf', '.pdf', 'a.pdf.x', 'a.unknown'],
    ['file-1.7z', 'file-2', 'file-3.pdf', 'file-4', 'file-5'],
  ],
])('of a %s: %j become %j', (subject, texts, pseudonyms) => {
  const made = new Pseudonyms();
  expect(texts.map((text) => made.of(subject, text))).toEqual(pseudonyms);
});

it('the same text has one for each kind', () => {
  const made = new Pseudonyms();
  expect([made.of('room', 'a'), made.of('word', 'a'), made.of('person', 'a')]).toEqual([
    ...['room-1', 'word-1', 'Person 1'],
  ]);
});

it.each<[subject: Subject, text: string, length: number]>([
  ['name', `${'n'.repeat(24)}.pdf`, 'file-1.pdf'.length],
  ['name', `${'n'.repeat(25)}.pdf`, 25 + 4],
  ['name', `${'n'.repeat(48)}.pdf`, 25 + 4],
  ['name', 'n'.repeat(49), 49],
  ['name', 'n'.repeat(97), 97],
  ['name', 'n'.repeat(300), 256],
  ['name', 'n'.repeat(5_000), 4_097],
  ['request', 'n'.repeat(1_024), 'request-1'.length],
  ['request', 'n'.repeat(1_025), 1_025],
  ['peer', 'n'.repeat(1_025), 1_025],
  ['peer', `n@${'s'.repeat(1_022)}`, 'user-1@server-1'.length],
  ['peer', `n@${'s'.repeat(1_023)}`, 1_025],
])('a long %s stays longer than the limits that it passed', (subject, text, length) => {
  expect(new Pseudonyms().of(subject, text)).toHaveLength(length);
});
