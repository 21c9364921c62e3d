import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeLook } from '../../src/output/look.js';
import { displayWidth } from '../../src/output/width.js';
import { TableMemo } from '../../src/screen/memo.js';
import { applyNotice, layoutOf, type Model, type Size, settle } from '../../src/screen/model.js';
import { pressKey } from '../../src/screen/update.js';
import { cursorOf, prepare, reachOf, view } from '../../src/screen/view.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { anyTransfer } from '../support/any-transfer.js';
import { typed } from '../support/typing.js';
import { changeOf, NOW } from './sample.js';
import { LIVE, modelWith, plainLine, ROOM, sampleTransfers } from './sample-model.js';

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

type Step =
  | { readonly kind: 'change' | 'progress'; readonly of: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'link'; readonly isLive: boolean }
  | { readonly kind: 'size'; readonly size: Size };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('change' as const, 'progress' as const), of: fc.nat(7) }),
  { arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(400) }), weight: 8 },
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(100_000_000) }),
  fc.record({ kind: fc.constant('key' as const), key: fc.constantFrom(...'jkgGsSpc/ae\r\x1b'.split('')) }),
  fc.record({ kind: fc.constant('link' as const), isLive: fc.boolean() }),
  fc.record({ kind: fc.constant('size' as const), size }),
);
const time = fc.constantFrom(undefined, 'utc', 'ago', 'Asia/Kathmandu');
const start = fc.constantFrom(NOW, NOW + 12 * 3_600_000 - 500);

/** Seconds since each of its times pass at different moments, and none with those of the clock. */
function outOfStep(transfer: Transfer): Transfer {
  const path = transfer.path.map(({ status, at }) => ({ status, at: at - 2_400 }));
  const progressAt = transfer.progressAt === null ? null : transfer.progressAt - 3_300;
  const [createdAt, firstSeenAt] = [(transfer.createdAt ?? 0) + 300, transfer.firstSeenAt + 300];
  return { ...transfer, path, progressAt, createdAt, firstSeenAt };
}

test('a row that was drawn before shows what it would show if it were drawn anew', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), time, start, (steps, choice, startAt) => {
      const look = makeLook({ color: true, unicode: true, ...(choice !== undefined && { time: choice }) });
      const transfers = sampleTransfers().map(outOfStep);
      let model: Model = modelWith(transfers);
      const { memo } = model;
      let [now, at]: [number, Size] = [startAt, { width: 140, height: 20 }];
      const frameOf = (before: Model) => {
        model = prepare(before, at, now, look);
        return view(model, at, now, look);
      };
      for (const [turn, next] of steps.entries()) {
        if (next.kind === 'pass') now += next.ms;
        else if (next.kind === 'size') at = next.size;
        else if (next.kind === 'key') {
          for (const input of typed(next.key)) {
            model = pressKey(model, input, reachOf(model, at, now, look), now).model;
          }
        } else if (next.kind === 'link') {
          const link = next.isLive ? LIVE : ({ state: 'connecting', attempt: 1 } as const);
          model = applyNotice(model, { kind: 'link', at: now, link }, ROOM);
        } else {
          const known = transfers[next.of];
          if (known === undefined) continue;
          const transfer = { ...known, progress: turn, bytes: turn * 1_000, progressAt: now };
          const notice = { kind: 'progress' as const, at: now, transfer };
          model = applyNotice(model, next.kind === 'change' ? changeOf(transfer) : notice, ROOM);
        }
        const anew = frameOf({ ...model, memo: new TableMemo() });
        expect(frameOf({ ...model, memo })).toEqual(anew);
      }
    }),
    { numRuns: 100 },
  );
});
