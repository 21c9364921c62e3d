import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testsNamedIn } from './support/named-tests.js';

const page = readFileSync('docs/expectations.md', 'utf8');

describe('the page of expectations', () => {
  it('names tests that are there', () => {
    expect(testsNamedIn(page, 'docs/expectations.md').length).toBeGreaterThan(60);
  });

  it('has 25 rows, each with a test, and names every test that it mentions in full', () => {
    const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));
    expect(rows.map((row) => Number(/^\| (\d+) \|/.exec(row)?.[1]))).toEqual(
      Array.from({ length: 25 }, (_, nth) => nth + 1),
    );
    for (const row of rows) expect(row).toMatch(/\]\(\.\.\/test\/[^)]+\) “/);
    const named = testsNamedIn(page, 'docs/expectations.md');
    expect(page.split('](../test/')).toHaveLength(named.length + 1);
  });
});

it('the tests that SECURITY.md names are there', () => {
  const security = readFileSync(new URL('../SECURITY.md', import.meta.url), 'utf8');
  const files = [...security.matchAll(/`(test\/[\w/.-]+)`/g)].map(([, file]) => `${file}.test.ts`);
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
