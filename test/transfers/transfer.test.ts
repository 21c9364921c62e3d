import { expect, it } from 'vitest';
import { idIn, keyOf, keysOf, revisePeer } from '../../src/transfers/transfer.js';

const inbound = { direction: 'inbound' } as const;
const outbound = { direction: 'outbound' } as const;
const unknown = { direction: 'unknown' } as const;

it.each([
  ['an inbound number', '1', inbound, {}, '1'],
  ['an outbound number', '1', outbound, {}, '>1'],
  ['a number without a direction', '1', unknown, {}, '1'],
  ['an outbound id that is not a number', '1a', outbound, {}, '1a'],
  ['an outbound id that ends like a number', 'a1', outbound, {}, 'a1'],
  ['an outbound number beside the inbound one', '12', outbound, { 12: inbound }, '>12'],
  ['an outbound number that was held without a direction', '12', outbound, { 12: unknown }, '12'],
  ['an outbound number that is held in both directions', '1', outbound, { 1: unknown, '>1': outbound }, '>1'],
  ['an inbound number beside the outbound one', '1', inbound, { '>1': outbound }, '1'],
  ['an inbound number beside one that proved to be outbound', '1', inbound, { 1: outbound }, '<1'],
  ['an inbound number that was held without a direction', '1', inbound, { 1: unknown }, '1'],
  ['a number without a direction, held twice', '1', unknown, { 1: outbound, '<1': inbound }, '<1'],
  ['a number without a direction, held inbound', '1', unknown, { 1: inbound }, '1'],
  ['a number without a direction, held outbound', '1', unknown, { '>1': outbound }, '>1'],
  ['a number without a direction, held in both', '1', unknown, { 1: inbound, '>1': outbound }, '1'],
])('the key of %s', (_, id, { direction }, held, key) => {
  expect(keyOf({ id, direction }, new Map(Object.entries(held)))).toBe(key);
});

it.each([
  ['12', ['12', '>12', '<12'], ['12', '12', '12']],
  ['a', ['a'], ['a']],
  ['>a', ['>a'], ['>a']],
  ['>1a', ['>1a'], ['>1a']],
  ['a>1', ['a>1'], ['a>1']],
])('the id %s may have the keys %j, which hold it', (id, keys, ids) => {
  expect(keysOf(id)).toEqual(keys);
  expect(keys.map(idIn)).toEqual(ids);
});

const peer = (id: string | null, name: string | null = null) => ({ id, name });

it.each([
  ['its name alone', peer('p@q', 'Peter'), peer(null, 'Peter'), peer('p@q', 'Peter')],
  ['its id alone', peer('p@q', 'Peter'), peer('p@q'), peer('p@q', 'Peter')],
  ['another name alone', peer('p@q', 'Peter'), peer(null, 'Pjotr'), peer('p@q', 'Pjotr')],
  ['the id that was missing', peer(null, 'Peter'), peer('p@q'), peer('p@q', 'Peter')],
  ['the name that was missing', peer('p@q'), peer(null, 'Peter'), peer('p@q', 'Peter')],
  ['the same user at another instance', peer('p@q/1', 'Peter'), peer('P@q/2'), peer('P@q/2', 'Peter')],
  ['the id of another user', peer('p@q', 'Peter'), peer('eve@q'), peer('eve@q')],
  ['another user', peer('p@q', 'Peter'), peer('eve@q', 'Eve'), peer('eve@q', 'Eve')],
  ['none', peer('p@q', 'Peter'), null, peer('p@q', 'Peter')],
  ['the first', null, peer(null, 'Peter'), peer(null, 'Peter')],
  ['nothing of one', peer('p@q', 'Peter'), peer(null), peer('p@q', 'Peter')],
])('of a peer of whom a message names %s what was known stays', (_, known, told, revised) => {
  expect(revisePeer(known, told)).toEqual(revised);
});
