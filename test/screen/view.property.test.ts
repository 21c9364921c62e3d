import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeLook } from '../../src/output/look.js';
import { displayWidth } from '../../src/output/width.js';
import { layoutOf, type Model, type Size, settle } from '../../src/screen/model.js';
import { pressKey } from '../../src/screen/update.js';
import { cursorOf, reachOf, view } from '../../src/screen/view.js';
import { anyTransfer } from '../support/any-transfer.js';
import { typed } from '../support/typing.js';
import { NOW } from './sample.js';
import { modelWith, plainLine } from './sample-model.js';

const size: fc.Arbitrary<Size> = fc.record({ width: fc.nat(250), height: fc.nat(60) });
const keys = fc.array(fc.constantFrom(...'jkgGs/:pcar?y \r\x1b'.split('')), { maxLength: 6 });

test('whatever is shown, in whatever mode, every line fits the screen and one row stays free', () => {
  fc.assert(
    fc.property(
      fc.array(anyTransfer, { maxLength: 12 }),
      size,
      keys,
      fc.boolean(),
      (transfers, at, pressed, unicode) => {
        const look = makeLook({ color: true, unicode });
        let model: Model = modelWith(transfers);
        for (const key of typed(pressed.join(''))) {
          model = pressKey(settle(model, layoutOf(at)), key, reachOf(model, at, NOW, look), NOW).model;
        }
        const lines = view(settle(model, layoutOf(at)), at, NOW, look);
        expect(lines).toHaveLength(Math.max(0, at.height - 1));
        for (const line of lines) {
          expect(displayWidth(plainLine(line))).toBeLessThanOrEqual(at.width);
          expect(stripVTControlCharacters(line)).not.toMatch(/\p{Cc}/u);
        }
        expect(cursorOf(model, at, look)?.column ?? 0).toBeLessThan(Math.max(1, at.width));
      },
    ),
    { numRuns: 300 },
  );
});
