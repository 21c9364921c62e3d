import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PAGE = new URL('../docs/expectations.md', import.meta.url);
const page = readFileSync(PAGE, 'utf8');

/** Each test that the page names: the link's text, the link, and the title. */
const named = [...page.matchAll(/\[`([^`]+)`\]\(([^)]+)\) “([^”]+)”/g)].map(
  ([, file = '', link = '', title = '']) => ({ file, link, title }),
);

describe('the page of expectations', () => {
  it.each(named)('$file: $title', ({ file, link, title }) => {
    const path = fileURLToPath(new URL(link, PAGE));
    expect(link).toMatch(new RegExp(`^\\.\\./test/${file}\\.(?:soak\\.)?test\\.ts$`));
    expect(existsSync(path)).toBe(true);
    const text = readFileSync(path, 'utf8');
    const isTitle = ["'", '`', '"'].some((quote) => text.includes(`${quote}${title}${quote}`));
    expect(isTitle).toBe(true);
  });

  it('has 25 rows, each with a test, and names every test that it mentions in full', () => {
    const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));
    expect(rows.map((row) => Number(/^\| (\d+) \|/.exec(row)?.[1]))).toEqual(
      Array.from({ length: 25 }, (_, nth) => nth + 1),
    );
    for (const row of rows) expect(row).toMatch(/\]\(\.\.\/test\/[^)]+\) “/);
    expect(page.split('](../test/')).toHaveLength(named.length + 1);
  });
});

it('the tests that SECURITY.md names are there', () => {
  const security = readFileSync(new URL('../SECURITY.md', import.meta.url), 'utf8');
  const files = [...security.matchAll(/`(test\/[\w/.-]+)`/g)].map(([, file]) => `${file}.test.ts`);
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
