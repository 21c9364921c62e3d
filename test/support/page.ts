import { readFileSync } from 'node:fs';

/** The programs on a page of the documentation, by the title of their section, as they stand. */
export function programsOf(page: string): ReadonlyMap<string, string> {
  const sections = readFileSync(page, 'utf8').split(/^## /m);
  return new Map(
    sections.flatMap((section) => {
      const [, code] = /^```js\n(.+?)^```$/ms.exec(section) ?? [];
      return code === undefined ? [] : [[section.slice(0, section.indexOf('\n')), code] as const];
    }),
  );
}
