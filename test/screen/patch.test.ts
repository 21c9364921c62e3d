import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeLook } from '../../src/output/look.js';
import { buildPatch } from '../../src/screen/patch.js';
import { prepare, view } from '../../src/screen/view.js';
import { ODD_NAMES, PLAIN_NAMES } from '../../src/simulator/names.js';
import { STATUSES } from '../../src/transfers/transfer.js';
import { Emulator } from '../support/emulator.js';
import { inStatus, NOW } from './sample.js';
import { modelWith } from './sample-model.js';

const LOOK = makeLook({ color: true, unicode: true });
const SIZE = { width: 90, height: 9 };

it('whatever changes between frames, the screen is as if it had been drawn anew', async () => {
  const row = fc.record({
    status: fc.constantFrom(...STATUSES),
    name: fc.constantFrom(...PLAIN_NAMES, ...ODD_NAMES),
    progress: fc.integer({ min: 0, max: 100 }),
  });
  const frame = fc.record({
    rows: fc.array(row, { maxLength: 7 }),
    selected: fc.nat(8),
    filter: fc.constantFrom('', 'a', 'zip'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 2, maxLength: 4 }), async (frames) => {
      const screen = new Emulator(SIZE.width, SIZE.height);
      let before: readonly string[] | null = null;
      for (const { rows, selected, filter } of frames) {
        const model = modelWith(
          rows.map((fields, at) => inStatus(fields.status, at, { ...fields, id: `${at}` })),
        );
        model.rows.arrange({ ...model.rows.arrangement, filter });
        const key = model.rows.shown.at(selected)?.key ?? null;
        const lines = view(prepare({ ...model, selected: key }, SIZE, NOW, LOOK), SIZE, NOW, LOOK);
        await screen.write(buildPatch(before, lines));
        before = lines;
        const anew = new Emulator(SIZE.width, SIZE.height);
        await anew.write(buildPatch(null, lines));
        expect(screen.cells()).toEqual(anew.cells());
      }
    }),
    { numRuns: 60 },
  );
});

it('only the cells that differ are written, and a few between them', () => {
  const lines = (figure: string) => [`name  ${figure} of 100 KiB  ${'x'.repeat(40)}  1s`];
  expect(buildPatch(lines('10'), lines('12'))).toBe('\x1b[1;8H2');
  expect(buildPatch(lines('10'), lines('10'))).toBe('');
  expect(buildPatch(['long line'], ['long'])).toBe('\x1b[1;5H\x1b[K');
  expect(buildPatch(['a'], ['\x1b[1mab\x1b[22mc'])).toBe('\x1b[1;1H\x1b[1mab\x1b[0mc');
});

it('a line with characters of uncertain width is written as a whole', () => {
  expect(buildPatch(['日本 1'], ['日本 2'])).toBe('\x1b[1;1H\x1b[2K日本 2');
});
