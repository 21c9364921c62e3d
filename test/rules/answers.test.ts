import { describe, expect, it } from 'vitest';
import { type AnswerRuleOptions, AnswerRules } from '../../src/rules/answers.js';
import type { TransferChange } from '../../src/transfers/change.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { makeTransfer } from '../support/transfers.js';

const REQUEST: Partial<Transfer> = {
  direction: 'inbound',
  status: 'waiting',
  name: 'plan.pdf',
  size: 5,
  peer: { id: 'ada@example.com', name: null },
};

function judge(
  options: AnswerRuleOptions,
  facts: Partial<Transfer> = {},
  change: Partial<TransferChange> = {},
) {
  const transfer = makeTransfer({ ...REQUEST, ...facts });
  const seen = {
    kind: 'transfer',
    at: 0,
    transfer,
    previousStatus: null,
    origin: 'event',
    event: null,
  } as const;
  return new AnswerRules(options).judge({ ...seen, ...change }, 'room');
}

describe('rules', () => {
  it.each<[options: AnswerRuleOptions, facts: Partial<Transfer>, result: object]>([
    [{ accept: ['size < 9'] }, {}, { kind: 'answer', decision: 'accept', rule: 'size < 9' }],
    [{ accept: ['size > 9'] }, {}, { kind: 'none' }],
    [
      { accept: ['true'], reject: ['size < 9'] },
      {},
      { kind: 'answer', decision: 'reject', rule: 'size < 9' },
    ],
    [{ accept: ['size > 9', 'size < 9'] }, {}, { kind: 'answer', rule: 'size < 9' }],
    [{ accept: ['true'] }, { status: 'processing' }, { kind: 'none' }],
    [{ accept: ['true'] }, { direction: 'outbound' }, { kind: 'none' }],
    [{ accept: ['true'] }, { direction: 'unknown' }, { kind: 'none' }],
    [{ accept: ['true'] }, { name: null }, { kind: 'unclear', missing: ['name'] }],
    [{ accept: ['true'] }, { size: null, peer: null }, { kind: 'unclear', missing: ['size', 'peer'] }],
    [{ accept: ['size < 9'], reject: ['peer.name.contains("x")'] }, {}, { kind: 'unclear', missing: [] }],
    [{ accept: ['peer.name == null'] }, {}, { kind: 'answer', decision: 'accept' }],
    [{}, {}, { kind: 'none' }],
  ])('%j of %j', (options, facts, result) => {
    expect(judge(options, facts)).toMatchObject(result);
  });

  it('skip what was there at the start, unless asked not to', () => {
    const accept = ['true'];
    expect(judge({ accept }, {}, { origin: 'snapshot' }).kind).toBe('none');
    expect(judge({ accept }, {}, { origin: 'resync' }).kind).toBe('answer');
    expect(judge({ accept, snapshot: true }, {}, { origin: 'snapshot' }).kind).toBe('answer');
  });

  it('name their option where they can not be used', () => {
    expect(() => new AnswerRules({ reject: ['sise'] })).toThrow('--reject: "sise" is not a field.');
  });
});
