import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shortIds } from '../../src/screen/list.js';

it.each([
  ['one', ['6c0e20a7-3c79-470d'], ['6c0e20a7']],
  ['two that begin alike', ['6c0e20a7-3c79', '6c0e20a7-4c79'], ['6c0e20a7-3', '6c0e20a7-4']],
  ['one that another begins with', ['12345678', '123456789'], ['12345678', '123456789']],
  ['short ones', ['1', '2'], ['1', '2']],
  ['a number, never shortened', ['1234567890'], ['1234567890']],
  ['one that begins with digits, not to a number', ['12345678-9abc'], ['12345678-']],
  ['a pair of surrogates at the cut', ['1234567😀'], ['1234567😀']],
])('%s', (_, ids, short) => {
  expect(ids.map((id) => shortIds(ids).get(id))).toEqual(short);
});

it('each names just one id, or is the whole of it', () => {
  const id = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '-'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(id), fc.integer({ min: 1, max: 6 }), (ids, least) => {
      for (const [whole, short] of shortIds(ids, least)) {
        const others = ids.filter((other) => other !== whole && other.startsWith(short));
        expect(whole.startsWith(short)).toBe(true);
        expect(short === whole || others.length === 0).toBe(true);
        expect(short).not.toMatch(/\p{Cs}/u);
      }
    }),
  );
});
