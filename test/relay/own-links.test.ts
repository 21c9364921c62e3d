import { expect, it } from 'vitest';
import { OwnLinks } from '../../src/relay/stream-memory.js';

it('what a relay tells of a link is told from what others do, however much it was', () => {
  const links = new OwnLinks();
  links.begin(7);
  links.told('a');
  links.told('b');
  expect([links.behind, links.are(['a', 'b']), links.are(['a', 'other'])]).toEqual([7, true, false]);
  links.stored('a', 9);
  links.stored('other', 10);
  for (let nth = 0; nth < 1_000; nth++) {
    links.told(`${nth}`);
    links.stored(`${nth}`, 11 + nth);
  }
  // The oldest are let go, and are not asked for any more.
  expect([links.behind, links.are(['a']), links.are(['910', '999'])]).toEqual([910, false, true]);
});
