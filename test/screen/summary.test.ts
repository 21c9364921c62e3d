import { expect, test } from 'vitest';
import { displayWidth } from '../../src/output/width.js';
import { applyNotice, initialModel, type Model } from '../../src/screen/model.js';
import { summaryLines } from '../../src/screen/summary.js';
import { changeOf, inStatus, makeTransfer, NOW } from './sample.js';
import { PLAIN, ROOM } from './sample-model.js';

function told(...changes: readonly ReturnType<typeof changeOf>[]): Model {
  const start = initialModel(NOW - 4_325_000, [ROOM]);
  return changes.reduce((model, change) => applyNotice(model, change, ROOM), start);
}

test('says how long, how many of each, and what failed and why', () => {
  const failing = makeTransfer({ id: 'f', name: 'evil\x1b[2J.pdf' });
  const failed = makeTransfer({
    ...failing,
    status: 'failed',
    statusCode: 0,
    path: [...failing.path, { status: 'failed', at: NOW }],
  });
  const model = told(
    changeOf(inStatus('complete', 9, { id: 'old' }), { origin: 'snapshot', event: null }),
    changeOf(inStatus('failed', 9, { id: 'old failure' }), { origin: 'snapshot', event: null }),
    changeOf(makeTransfer({ id: 'c' })),
    changeOf(makeTransfer({ id: 'c', status: 'complete' })),
    changeOf(failing),
    changeOf(failed),
    changeOf(inStatus('rejected', 1, { id: 'r', name: 'no.doc' }), { event: 'incomingFileRequestRejected' }),
    changeOf(makeTransfer({ id: 'active' })),
  );
  expect(summaryLines(model, NOW, PLAIN).join('\n')).toMatchInlineSnapshot(`
    "Watched 10.0.0.5 for 1h 12m.
    Ended while watching: 1 complete (32.0 MiB), 1 failed, 1 rejected.
    Not ended: 1 processing.
    Ended before: 1 complete, 1 failed, 0 rejected.
    ✗ failed   ↓ evil\\x1b[2J.pdf, Anna: at 48%, waiting 12s → processing 3s → failed (status 0)
    ⊘ rejected ↓ no.doc, Anna: rejected (incomingFileRequestRejected)
    Status 0 is an error inside the Room; its log says more."
  `);
});

test('reports a failure that was found by listing again, or that came without a status', () => {
  const model = told(
    changeOf(makeTransfer({ id: 'a', status: 'failed', statusCode: 0 }), { origin: 'resync', event: null }),
    changeOf(inStatus('failed', 1, { id: 'b' })),
  );
  const text = summaryLines(model, NOW, PLAIN).join('\n');
  expect(text).toContain('(status 0, seen when listing again)');
  expect(text).toContain('(status unknown)');
});

test('a path that is long takes no more than its share of the line', () => {
  const path = Array.from({ length: 16 }, (_, at) => ({
    status: at % 2 === 0 ? ('failed' as const) : ('waiting' as const),
    at: NOW - 1_000_000 + at * 61_000,
  }));
  const model = told(changeOf(makeTransfer({ status: 'failed', path, omittedSteps: 3 })));
  const line = summaryLines(model, NOW, PLAIN).find((text) => text.startsWith('✗'));
  expect(displayWidth(line ?? '')).toBeLessThan(110);
  expect(line).toContain('○1m→✗');
});

test('counts an end that the Room takes back only once', () => {
  const model = told(
    changeOf(inStatus('complete', 5)),
    changeOf(inStatus('failed', 4)),
    changeOf(inStatus('complete', 3)),
  );
  expect(model.rows.tally.watched).toEqual({ complete: 1, failed: 0, rejected: 0 });
  expect(model.rows.tally.problems).toEqual([]);
});

test('lists only the last of very many', () => {
  const model = told(
    ...Array.from({ length: 80 }, (_, at) => changeOf(inStatus('failed', 80 - at, { id: `${at}` }))),
  );
  const lines = summaryLines(model, NOW, PLAIN);
  expect(lines).toContain('The last 20 that failed or were rejected:');
  expect(lines.filter((line) => line.startsWith('✗'))).toHaveLength(20);
});

test('says nothing of what did not happen', () => {
  expect(summaryLines(initialModel(NOW, [ROOM]), NOW, PLAIN)).toEqual([
    'Watched 10.0.0.5 for 0s.',
    'Ended while watching: 0 complete, 0 failed, 0 rejected.',
  ]);
});

test('says how links ended that another process held, and of its own nothing', () => {
  const model = closed(['one', true], ['two\x1b', true], ['own', false]);
  expect(summaryLines(model, NOW, PLAIN).filter((line) => line.includes('closed'))).toEqual([
    'one: closed: stopped',
    String.raw`two\x1b: closed: stopped`,
  ]);
});

test('lists only some links of very many', () => {
  const model = closed(...Array.from({ length: 25 }, (_, at) => [`room ${at}`, true] as const));
  const lines = summaryLines(model, NOW, PLAIN);
  expect(lines.filter((line) => line.endsWith(': closed: stopped'))).toHaveLength(20);
  expect(lines.at(-1)).toBe('5 more links were closed.');
});

function closed(...links: readonly (readonly [room: string, wasElsewhere: boolean])[]): Model {
  const start = initialModel(NOW, []);
  return links.reduce(
    (model, [room, wasElsewhere]) =>
      applyNotice(
        model,
        { kind: 'link', at: NOW, link: { state: 'closed', reason: 'stopped', wasElsewhere } },
        room,
      ),
    start,
  );
}
