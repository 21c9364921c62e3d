import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, TransferChange } from '../../src/transfers/change.js';
import { Ledger } from '../../src/transfers/ledger.js';
import { hasEnded, isForward, type Status } from '../../src/transfers/transfer.js';
import { cleared, deleted, implied, list, progress, status } from '../support/messages.js';
import { runs } from '../support/soak.js';
import { type Step, take } from '../support/told.js';

const IDS = ['a', 'b', 'c', 'd', 'e'];
const id = fc.constantFrom(...IDS);
const code = fc.integer({ min: 0, max: 5 });
const rows = fc.dictionary(id, code);
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.tuple(id, code).map((args) => status(...args)), weight: 4 },
  {
    arbitrary: fc
      .tuple(id, fc.constantFrom('waiting', 'processing', 'rejected'))
      .map((args) => implied(...args)),
    weight: 2,
  },
  { arbitrary: fc.tuple(id, fc.integer({ min: 0, max: 100 })).map((args) => progress(...args)), weight: 2 },
  {
    arbitrary: fc.tuple(fc.constantFrom('inbound', 'outbound'), rows).map((args) => list(...args)),
    weight: 3,
  },
  id.map((one) => deleted(one)),
  fc.constant(cleared()),
  fc.constantFrom('snapshot?', 'resync?', 'cleared?', 'both', 'in only', 'out only', 'neither'),
);
const steps = fc.array(step, { maxLength: 60 });
const keep = fc.constantFrom(0, 1, 3, 100);

function changesOf(ledger: Ledger, plan: readonly Step[]): readonly Change[] {
  return plan.flatMap((one, index) => take(ledger, one, index));
}

const isTransfer = (change: Change): change is TransferChange => change.kind === 'transfer';

function holds(check: (changes: readonly Change[], ledger: Ledger, limit: number) => void): void {
  fc.assert(
    fc.property(steps, keep, (plan, limit) => {
      const ledger = new Ledger({ keep: limit });
      check(changesOf(ledger, plan), ledger, limit);
    }),
    { numRuns: runs(1_000) },
  );
}

describe('whatever a Room says', () => {
  it('the same messages give the same changes', () => {
    fc.assert(
      fc.property(steps, keep, (plan, limit) => {
        expect(changesOf(new Ledger({ keep: limit }), plan)).toEqual(
          changesOf(new Ledger({ keep: limit }), plan),
        );
      }),
    );
  });

  it('each change begins where the one before ended, and none is repeated', () => {
    holds((changes) => {
      const last = new Map<string, { status: Status; statusCode: number | null }>();
      for (const change of changes) {
        if (change.kind === 'removed') last.delete(change.id);
        if (!isTransfer(change)) continue;
        const { transfer, previousStatus } = change;
        const before = last.get(transfer.id);
        expect(previousStatus).toBe(before?.status ?? null);
        if (transfer.status === 'unknown') expect(transfer.statusCode).not.toBe(before?.statusCode);
        else expect(transfer.status).not.toBe(before?.status);
        last.set(transfer.id, transfer);
      }
    });
  });

  it('a removal is reported once', () => {
    holds((changes) => {
      const removed = new Set<string>();
      for (const change of changes) {
        if (change.kind === 'transfer') removed.delete(change.transfer.id);
        if (change.kind !== 'removed') continue;
        expect(removed).not.toContain(change.id);
        removed.add(change.id);
      }
    });
  });

  it('an implied status never goes back', () => {
    holds((changes) => {
      for (const { event, previousStatus, transfer } of changes.filter(isTransfer)) {
        if (event === null || event === 'fileRequestStatusChanged' || previousStatus === null) continue;
        expect(isForward(previousStatus, transfer.status)).toBe(true);
      }
    });
  });

  it('no listing takes one back that has ended', () => {
    holds((changes) => {
      for (const { event, previousStatus } of changes.filter(isTransfer)) {
        if (event === null && previousStatus !== null) expect(hasEnded(previousStatus)).toBe(false);
      }
    });
  });

  it('what is held is what was told, and its path is bounded and ends in its status', () => {
    holds((changes, ledger) => {
      const told = new Map<string, Status>();
      for (const change of changes) {
        if (change.kind === 'removed') told.delete(change.id);
        if (change.kind === 'transfer') told.set(change.transfer.id, change.transfer.status);
      }
      for (const transfer of ledger.values()) {
        expect(transfer.status).toBe(told.get(transfer.id));
        expect(transfer.path.at(-1)?.status).toBe(transfer.status);
        expect(transfer.path.length).toBeLessThanOrEqual(16);
        told.delete(transfer.id);
      }
      // Told of and not held: let go, which only befalls those that have ended.
      for (const status of told.values()) expect(hasEnded(status)).toBe(true);
    });
  });

  it('no more ended ones are held than the limit says, and every active one is', () => {
    holds((changes, ledger, limit) => {
      const active = new Set<string>();
      for (const change of changes) {
        if (change.kind === 'removed') active.delete(change.id);
        if (!isTransfer(change)) continue;
        if (hasEnded(change.transfer.status)) active.delete(change.transfer.id);
        else active.add(change.transfer.id);
      }
      const held = [...ledger.values()];
      const ended = held.filter(({ status }) => hasEnded(status));
      expect(ended.length).toBeLessThanOrEqual(limit);
      expect(new Set(held.filter((one) => !ended.includes(one)).map(({ id }) => id))).toEqual(active);
    });
  });

  it('a listing, between events of the same transfer, undoes neither of them', () => {
    const forward = fc.constantFrom(1, 2, 3, 0);
    fc.assert(
      fc.property(forward, forward, forward, fc.boolean(), (before, after, listed, answersFirst) => {
        const ledger = new Ledger();
        const answer = list('inbound', { a: listed });
        const event = status('a', after);
        changesOf(ledger, [
          status('a', before),
          'resync?',
          ...(answersFirst ? [answer, event] : [event, answer]),
          'both',
        ]);
        const now = ledger.get('a')?.status ?? 'unknown';
        const said = new Ledger().apply(event, 0).find(isTransfer)?.transfer.status ?? 'unknown';
        expect(now === said || isForward(said, now)).toBe(true);
      }),
    );
  });
});
