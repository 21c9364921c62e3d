import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The tests that a page names, as [`folder/file`](../test/folder/file.test.ts) “title”.
 * @returns their titles
 * @throws Error where one of them is not there
 */
export function testsNamedIn(text: string, page: string): readonly string[] {
  return [...text.matchAll(/\[`([^`]+)`\]\(([^)]+)\) “([^”]+)”/g)].map(
    ([, file = '', link = '', title = '']) => {
      const path = join(dirname(page), link);
      const isRight = new RegExp(`^\\.\\./test/${file}\\.(?:soak\\.)?test\\.ts$`).test(link);
      if (!isRight || !existsSync(path)) throw new Error(`${page} names ${link}, which is not there`);
      const source = readFileSync(path, 'utf8');
      const isTitle = ["'", '`', '"'].some((quote) =>
        source.includes(`${quote}${title.replaceAll(quote, `\\${quote}`)}${quote}`),
      );
      if (!isTitle) throw new Error(`${link} has no test “${title}”`);
      return title;
    },
  );
}
