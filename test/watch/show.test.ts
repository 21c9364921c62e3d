import { expect, it } from 'vitest';
import { Endings } from '../../src/watch/endings.js';
import type { Feed, FeedHandlers } from '../../src/watch/feed.js';
import { Show } from '../../src/watch/show.js';
import { makeHost } from '../support/host.js';
import { makeTransfer } from '../support/transfers.js';

it.each([
  [2, 0],
  [3, 1],
])('a fault of the program in one of %i feeds is reported, and ends no other', async (feeds, code) => {
  const { host, stdout, stderr } = makeHost();
  const endings = { once: true, count: code === 0 ? 1 : null, until: null, ids: [], snapshot: true, feeds };
  const show = new Show({
    format: 'json',
    output: { color: false, timestamps: false },
    template: null,
    host,
    labels: ['broken', 'whole', 'other'].slice(0, feeds),
    selection: null,
    endings: new Endings(endings),
    timeoutMs: null,
    keep: 10,
    automate: null,
  });
  const told: Feed['run'] = async (handlers, signal) => {
    await new Promise(setImmediate);
    handlers.onNotice({ kind: 'link', at: 1, link: { state: 'live', attempt: 1 } }, 'whole');
    handlers.onNotice({ kind: 'state', at: 2, code: 3 }, 'whole');
    handlers.onNotice(...WAITING);
    handlers.onListed(true);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  const broken = feed('broken', async () => {
    throw new TypeError('x is not a function\u001b');
  });
  const others = ['whole', 'other'].slice(0, feeds - 1).map((label) => feed(label, told));
  expect(await show.run([broken, ...others])).toBe(code);
  expect(String(stdout.read())).toContain('"status":"waiting"');
  const report = String(stderr.read()).split('\n');
  expect(report[0]).toBe('broken: a fault of the program; please report it with the text below.');
  expect(report[1]).toBe(String.raw`TypeError: x is not a function\x1b`);
  expect(report.join('\n')).toContain('show.test.ts');
});

const WAITING: Parameters<FeedHandlers['onNotice']> = [
  {
    kind: 'transfer',
    at: 3,
    previousStatus: null,
    origin: 'event',
    event: 'receivedFileRequest',
    transfer: makeTransfer(),
  },
  'whole',
];

function feed(label: string, run: Feed['run']): Feed {
  const decide: Feed['decide'] = async () => ({ ok: true });
  return { label, run, decide, pause: () => {}, resume: () => {} };
}
