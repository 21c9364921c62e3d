import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FilterOptions, makeFilter, Selection } from '../../src/rules/filter.js';
import type { Change } from '../../src/transfers/change.js';
import { STATUSES, type Transfer } from '../../src/transfers/transfer.js';
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
    ['a+b*', 'a+b.txt', true],
    ['🙂*', '🙂.png', true],
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
    ['an id in another case', { ids: ['A'] }, true],
    ['all of it', { direction: 'inbound', statuses: ['waiting'], name: '*.jpg', ids: ['a'] }, true],
    ['all but one', { direction: 'inbound', statuses: ['waiting'], name: '*.png', ids: ['a'] }, false],
  ])('for %s', (_, options, wanted) => {
    expect(wants(options, facts)).toBe(wanted);
  });

  it('that wants everything is none', () => {
    expect(makeFilter({ statuses: [], ids: [], name: undefined })).toBeNull();
  });
});

describe('a filter that can not be used', () => {
  it.each<[options: FilterOptions, message: string]>([
    [{ name: '[' }, '--name: '],
    [{ name: '' }, '--name: '],
    [{ peer: '*.{a' }, '--peer: '],
    [{ where: 'sise > 5' }, '--where: '],
    [{ where: 'ended) || (stalled' }, '--where: '],
  ])('%j', (options, message) => {
    expect(() => makeFilter(options)).toThrow(message);
    expect(() => makeFilter(options)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('is one for statuses and directions that are none', () => {
    // Callers without types get this far.
    const wrong = { statuses: ['done'], direction: 'up' } as unknown as FilterOptions;
    expect(() => makeFilter(wrong)).toThrow('"up" is never a direction.');
  });
});

const quoted = (text: string): string => JSON.stringify(text);
const globs = fc.constantFrom('*', 'a*', '*.jpg', '[!a]*', '{a,b}*', '!a*', 'ada', '?b*');
const names = fc.constantFrom(null, 'a', 'b.jpg', 'Ada', 'äb', '');
const status = fc.constantFrom(...STATUSES);

/** Each option with the expression that says the same. */
const pairs = fc.record({
  options: fc.record(
    {
      direction: fc.constantFrom('inbound', 'outbound'),
      statuses: fc.array(status, { minLength: 1, maxLength: 3 }),
      name: globs,
      peer: globs,
      conference: fc.constantFrom('c@s', 'd@s'),
      ids: fc.array(fc.constantFrom('id-1', 'id-2', 'id-3'), { minLength: 1, maxLength: 3 }),
    } satisfies { [Key in keyof Omit<Required<FilterOptions>, 'where'>]: fc.Arbitrary<unknown> },
    { requiredKeys: [] },
  ),
});

function expressionFor(options: Omit<FilterOptions, 'where'>): string | undefined {
  const { direction, statuses, name, peer, conference, ids } = options;
  const terms = [
    ...(direction === undefined ? [] : [`direction == ${quoted(direction)}`]),
    ...(statuses === undefined
      ? []
      : [`(${statuses.map((one) => `status == ${quoted(one)}`).join(' || ')})`]),
    ...(name === undefined ? [] : [`glob(name, ${quoted(name)})`]),
    ...(peer === undefined ? [] : [`(glob(peer.id, ${quoted(peer)}) || glob(peer.name, ${quoted(peer)}))`]),
    ...(conference === undefined ? [] : [`conferenceId == ${quoted(conference)}`]),
    ...(ids === undefined ? [] : [`id in [${ids.map(quoted).join(', ')}]`]),
  ];
  return terms.length === 0 ? undefined : terms.join(' && ');
}

const changes = fc.record({
  id: fc.constantFrom('id-1', 'id-2', 'id-3', 'id-4'),
  kind: fc.constantFrom('transfer', 'progress', 'removed', 'unseen'),
  direction: fc.constantFrom('inbound', 'outbound', 'unknown'),
  status,
  name: names,
  peer: fc.option(fc.record({ id: names, name: names })),
  conferenceId: fc.constantFrom(null, 'c@s'),
});

function changeOf({ kind, ...facts }: typeof changes extends fc.Arbitrary<infer T> ? T : never): Change {
  const transfer = makeTransfer(facts);
  const at = 0;
  const removed = {
    kind: 'removed',
    at,
    id: facts.id,
    key: facts.id,
    reason: 'deleted',
    removedFromDisk: null,
  } as const;
  switch (kind) {
    case 'transfer':
      return { kind, at, transfer, previousStatus: null, origin: 'event', event: null };
    case 'progress':
      return { kind, at, transfer };
    case 'removed':
      return { ...removed, transfer };
    case 'unseen':
      return { ...removed, transfer: null };
  }
}

it('each filter option selects what its expression selects, for all changes', () => {
  fc.assert(
    fc.property(pairs, fc.array(changes, { maxLength: 20 }), ({ options }, described) => {
      const byOption = new Selection(options);
      const byExpression = new Selection({ where: expressionFor(options) });
      for (const change of described.map(changeOf)) {
        expect(byExpression.watches(change, 'r')).toBe(byOption.watches(change, 'r'));
        expect(byExpression.writes(change, 'r')).toBe(byOption.writes(change, 'r'));
      }
    }),
    { numRuns: 300 },
  );
});
