import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileExpression } from '../../src/rules/expression.js';
import { factsOf } from '../../src/rules/fields.js';
import { makeTransfer } from '../support/transfers.js';

/** Without the page of errors, whose expressions are wrong on purpose. */
const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md') && name !== 'docs/errors.md',
);

/** Expressions as they stand in commands of the docs: in single quotes. */
const written = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/--(?:where|accept|reject)[ =]'([^']+)'/g)].map(
    ([, source = '']) => [source, page] as const,
  ),
);

it('the docs show expressions', () => {
  expect(written.length).toBeGreaterThan(4);
});

const known = makeTransfer({
  direction: 'inbound',
  name: 'plan.pdf',
  size: 5,
  peer: { id: 'ada@example.com', name: 'Ada' },
  createdAt: 0,
  progress: 5,
  bytesPerSecond: 5,
});

it.each(written)('%s of %s can be used', (source) => {
  expect(compileExpression(source).test(factsOf(known, 0, 'room'))).not.toBeNull();
});
