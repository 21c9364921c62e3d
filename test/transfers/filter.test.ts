import { describe, expect, it } from 'vitest';
import { type FilterOptions, makeFilter } from '../../src/transfers/filter.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { makeTransfer } from '../support/transfers.js';

function wants(options: FilterOptions, facts: Partial<Transfer>): boolean {
  const filter = makeFilter(options);
  return filter === null || filter(makeTransfer(facts));
}

describe('a name pattern', () => {
  it.each<[pattern: string, name: string | null, wanted: boolean]>([
    ['*.jpg', '2.jpg', true],
    ['*.jpg', '2.JPG', true],
    ['*.JPG', '2.jpg', true],
    ['Ä*', 'äpfel.txt', true],
    ['*.jpg', '2.jpeg', false],
    ['*.jpg', null, false],
    ['*', null, false],
    ['*', '.hidden', true],
    ['2', '2.jpg', false],
    ['?.jpg', '2.jpg', true],
    ['?.jpg', '22.jpg', false],
    ['[12].jpg', '2.jpg', true],
    ['[12].jpg', '3.jpg', false],
    ['[12].jpg', '[12].jpg', true],
    ['*.{jpg,png}', 'a.png', true],
    ['*.{jpg,png}', 'a.gif', false],
    ['!*.jpg', 'a.png', true],
    ['!*.jpg', 'a.jpg', false],
    ['*.jpg', 'folder/2.jpg', true],
    ['*', '/etc/passwd', true],
    ['a?b', 'a/b', true],
    ['a/*', 'a/b', true],
    ['*.jpg', 'two\nlines.jpg', true],
    ['*(1).pdf', 'report (1).pdf', true],
    ['report (1).PDF', 'report (1).pdf', true],
    ['*(1).pdf', 'report 1.pdf', false],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['a\\(*', 'a(b', true],
    ['(', '(', true],
    ['[', '[', true],
    ['a+b*', 'a+b.txt', true],
    ['🙂*', '🙂.png', true],
    ['', 'a', false],
    ['', '', true],
  ])('%j of %j: %s', (pattern, name, wanted) => {
    expect(wants({ name: pattern }, { name })).toBe(wanted);
  });
});

describe('a peer pattern', () => {
  const peer = { id: '820_1@some.server', name: 'Ada Lovelace' };
  it.each<[pattern: string, peer: Transfer['peer'], wanted: boolean]>([
    ['820_1@some.server', peer, true],
    ['820*', peer, true],
    ['*@some.server', peer, true],
    ['ada*', peer, true],
    ['bob*', peer, false],
    ['*', null, false],
    ['*', { id: null, name: null }, false],
    ['a*', { id: null, name: 'ada' }, true],
    ['', peer, false],
  ])('%j of %j: %s', (pattern, who, wanted) => {
    expect(wants({ peer: pattern }, { peer: who })).toBe(wanted);
  });
});

describe('a filter', () => {
  const facts: Partial<Transfer> = {
    id: 'a',
    direction: 'inbound',
    status: 'waiting',
    name: '2.jpg',
    conferenceId: 'c@s',
  };
  it.each<[name: string, options: FilterOptions, wanted: boolean]>([
    ['nothing', {}, true],
    ['no statuses', { statuses: [] }, true],
    ['no ids', { ids: [] }, true],
    ['the direction', { direction: 'inbound' }, true],
    ['the other direction', { direction: 'outbound' }, false],
    ['one of the statuses', { statuses: ['complete', 'waiting'] }, true],
    ['other statuses', { statuses: ['complete', 'failed'] }, false],
    ['the conference', { conference: 'c@s' }, true],
    ['another conference', { conference: 'C@S' }, false],
    ['one of the ids', { ids: ['b', 'a'] }, true],
    ['an id in the wrong case', { ids: ['A'] }, false],
    ['all of it', { direction: 'inbound', statuses: ['waiting'], name: '*.jpg', ids: ['a'] }, true],
    ['all but one', { direction: 'inbound', statuses: ['waiting'], name: '*.png', ids: ['a'] }, false],
  ])('for %s', (_, options, wanted) => {
    expect(wants(options, facts)).toBe(wanted);
  });

  it('that wants everything is none', () => {
    expect(makeFilter({ statuses: [], ids: [], name: undefined })).toBeNull();
  });
});
