import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choicesOf } from '../../src/commands/watch.js';
import { isChange } from '../../src/monitor/monitor.js';
import type { Change } from '../../src/transfers/change.js';
import { findId } from '../../src/transfers/ids.js';
import { Ledger } from '../../src/transfers/ledger.js';
import { GOALS, type Goal } from '../../src/watch/endings.js';
import { deleted, list, status } from '../support/messages.js';

/** Ids of which some begin with others, as those before 4.1 do, and as UUIDs may. */
const IDS = ['1', '12', '123456', '1234567', 'abcdef-1', 'ABCDEF-2', 'abcdeX', 'abcdef'] as const;
const anyId = fc.constantFrom(...IDS);
const given = fc.oneof(
  anyId,
  anyId.map((id) => `{${id.toUpperCase()}}`),
  fc.tuple(anyId, fc.nat(8)).map(([id, length]) => id.slice(0, Math.max(1, length))),
);
const code = fc.constantFrom(0, 1, 2, 3, 9);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ id: anyId, code }) },
  { weight: 1, arbitrary: fc.record({ id: anyId, code: fc.constant(null) }) },
);
const plan = fc.record({
  listed: fc.dictionary(anyId, code, { maxKeys: 4 }),
  steps: fc.array(step, { maxLength: 12 }),
  until: fc.constantFrom(...GOALS),
  ids: fc.array(given, { maxLength: 3 }),
  snapshot: fc.boolean(),
});

/** The changes of a Room that lists something and then reports on it. */
function changesOf({ listed, steps }: Pick<Plan, 'listed' | 'steps'>): readonly (readonly Change[])[] {
  const ledger = new Ledger();
  ledger.beginListing('snapshot');
  const atStart = [...ledger.apply(list('inbound', listed), 1)];
  atStart.push(...ledger.endListing({ inbound: true, outbound: true }, 1));
  const later = steps.map(({ id, code: now }) =>
    ledger.apply(now === null ? deleted(id) : status(id, now), 2),
  );
  return [atStart, ...later];
}

interface Plan {
  readonly listed: Readonly<Record<string, number>>;
  readonly steps: readonly { readonly id: string; readonly code: number | null }[];
  readonly until: Goal;
  readonly ids: readonly string[];
  readonly snapshot: boolean;
}

/** What the program does: the step after which it ends, and its exit code; and what it reports. */
async function run(plan: Plan) {
  const { selection, endings } = await choicesOf(options(plan), 1);
  if (endings === null) throw new Error('nothing ends a watch with --until');
  const reported: string[] = [];
  for (const [at, changes] of changesOf(plan).entries()) {
    for (const change of changes) {
      if (!isChange(change) || selection?.watches(change, 'room') === false) continue;
      endings.saw(change, 'room');
      if (selection?.writes(change, 'room') !== false) reported.push(nameOf(change));
      if (at > 0 && endings.exitCode !== null) return { at, code: endings.exitCode, reported };
    }
    if (at === 0) endings.listed();
    if (endings.exitCode !== null) return { at, code: endings.exitCode, reported };
  }
  return { at: null, code: null, reported };
}

/** The same by the words of the page: told from all that has happened, anew after each step. */
function reference(plan: Plan) {
  const { until, ids, snapshot } = plan;
  const means = (one: string, id: string) => {
    const [short, long] = [one, id].map((text) => text.replace(/[{}]/g, '').toLowerCase());
    if (short === undefined || long === undefined) return false;
    return short === long || (short.length >= 6 && /\D/.test(short) && long.startsWith(short));
  };
  const past: { id: string; status: string; isNews: boolean }[] = [];
  const reported: string[] = [];
  const told = () => past.filter(({ isNews }) => isNews || snapshot);
  const isOver = (status: string) =>
    status === until || ['complete', 'failed', 'rejected', 'removed'].includes(status);

  const verdict = (): number | null => {
    const steps = told();
    if (ids.length === 0 && past.some(({ status, isNews }) => isNews && status === until)) return 0;
    const last = new Map(steps.map(({ id, status }) => [id, status]));
    const everyoneIsOver = [...last.values()].every(isOver);
    const eachWasOver = ids.every((one) => steps.some(({ id, status }) => means(one, id) && isOver(status)));
    const allWereOver = [...last.keys()].every((id) =>
      steps.some((one) => one.id === id && isOver(one.status)),
    );
    const areAny = steps.some(({ status }) => status !== 'removed');
    const isDone = ids.length > 0 ? eachWasOver && allWereOver : areAny && everyoneIsOver;
    if (!isDone) return null;
    const hasFailed = steps.some(({ id, status }, at) => {
      if (until === 'ended' || status === until) return false;
      if (status !== 'removed') return status === 'failed' || status === 'rejected';
      // One that was removed after its end has arrived all the same; with ids it has once it was there.
      const before = steps.slice(0, at).filter((one) => one.id === id);
      if (ids.length > 0) return !before.some((one) => isOver(one.status));
      const last = before.at(-1);
      return last !== undefined && !isOver(last.status);
    });
    return hasFailed ? 6 : 0;
  };

  for (const [at, changes] of changesOf(plan).entries()) {
    for (const change of changes) {
      if (change.kind !== 'transfer' && change.kind !== 'removed') continue;
      const id = change.kind === 'removed' ? change.id : change.transfer.id;
      if (ids.length > 0 && !ids.some((one) => means(one, id))) continue;
      const isNews = change.kind === 'removed' || change.origin !== 'snapshot';
      past.push({ id, status: change.kind === 'removed' ? 'removed' : change.transfer.status, isNews });
      if (isNews || snapshot) reported.push(nameOf(change));
      const ended = at === 0 ? null : verdict();
      if (ended !== null) return { at, code: ended, reported };
    }
    const ended = verdict();
    if (ended !== null) return { at, code: ended, reported };
  }
  return { at: null, code: null, reported };
}

function nameOf(change: Change): string {
  return change.kind === 'transfer' ? `${change.transfer.id} ${change.transfer.status}` : change.kind;
}

function options({ until, ids, snapshot }: Plan) {
  return { until, snapshot, ...(ids.length > 0 && { id: ids }) };
}

test('--until, --id and --no-snapshot end a watch as the page says, after the same step and with the same code', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (one) => {
      expect(await run(one)).toEqual(reference(one));
    }),
    {
      numRuns: 3_000,
      examples: [
        // Both that a prefix stands for are waited for: of one only its removal is seen, the other is there already.
        [{ ...plain, steps: [at('abcdef', 0), at('ABCDEF-2', null), at('1', 0)], ids: ['abcdef', '1'] }],
        [{ ...plain, steps: [at('12', 0), at('12', 2), at('12', null), at('1', 0)], ids: ['12', '1'] }],
      ],
    },
  );
});

const plain: Plan = { listed: {}, steps: [], until: 'failed', ids: [], snapshot: true };
const at = (id: (typeof IDS)[number], now: number | null) => ({ id, code: now });

test('accept and reject take a whole id, or a prefix of at least 6 characters that one waiting request has', () => {
  const waits = fc.dictionary(anyId, fc.boolean());
  fc.assert(
    fc.property(waits, given, (held, one) => {
      const all = Object.keys(held);
      const plain = one.replace(/[{}]/g, '').toLowerCase();
      const whole = all.filter((id) => id.toLowerCase() === plain);
      const isPrefix = plain.length >= 6 && /\D/.test(plain);
      const begun = all.filter((id) => isPrefix && held[id] && id.toLowerCase().startsWith(plain));
      const fitting = all.includes(one) ? [one] : whole.length > 0 ? whole : begun;
      const find = () =>
        findId(
          one,
          all,
          all.filter((id) => held[id]),
        );
      if (fitting.length > 1) expect(find).toThrow('is the beginning of');
      else expect(find()).toBe(fitting[0] ?? null);
    }),
    { numRuns: 3_000 },
  );
});
