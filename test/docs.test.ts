import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Shape } from '../src/protocol/shape.js';
import { WIRE } from '../src/protocol/wire.js';
import { readBeginning, readEntry } from '../src/recording/format.js';
import { checkRecord, RECORD_TYPES, SCHEMA_FILE } from './support/record-schema.js';

/** The examples in JSON on a page, line by line. */
function examples(page: string): readonly string[] {
  return [...page.matchAll(/^```json\n(.*?)^```$/gms)].flatMap(([, block = '']) => block.trim().split('\n'));
}

/** The first column of a page's first table after a heading. */
function fieldsUnder(page: string, heading: string): readonly string[] {
  const section = page.split(`\n${heading}\n`)[1]?.split(/^## /m)[0] ?? '';
  const table = /^\| field \| \|\n\| --- \| --- \|\n((?:\|.*\n)*)/m.exec(section)?.[1] ?? '';
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, field = '']) => field);
}

describe('docs/records.md', () => {
  const page = readFileSync('docs/records.md', 'utf8');
  const { $defs } = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'));

  it('has an example of each record, as the schema has it', () => {
    const records = examples(page).map((line) => JSON.parse(line));
    for (const record of records) checkRecord(record);
    expect(records.map(({ type }) => type)).toEqual(RECORD_TYPES);
  });

  it.each(RECORD_TYPES)('names each field of %s, in order', (type) => {
    const common = ['type', 'v', 'time', 'room'];
    const fields = Object.keys($defs[type].properties).filter((field) => !common.includes(field));
    expect(fieldsUnder(page, `## \`${type}\``)).toEqual(fields);
  });
});

describe('docs/recordings.md', () => {
  const [header = '', ...entries] = examples(readFileSync('docs/recordings.md', 'utf8'));

  it('has a first line that is one', () => {
    expect(readBeginning(header)).toMatchObject({ kind: 'recording', rooms: ['10.0.0.5'] });
  });

  it('has examples of all kinds that can be played', () => {
    const kinds = entries.map((line) => {
      const parsed = readEntry(line);
      return 'entry' in parsed ? parsed.entry.kind : parsed.fault;
    });
    expect([...new Set(kinds)].sort()).toEqual([
      'heartbeat',
      'link',
      'listing-answered',
      'listing-asked',
      'received',
      'sent',
      'warning',
    ]);
  });
});

describe('docs/protocol.md', () => {
  const page = readFileSync('docs/protocol.md', 'utf8');
  const names = new Set([...page.matchAll(/`(\w+)`|"(\w+)":/g)].map(([, quoted, key]) => quoted ?? key));
  const [, since41 = ''] = /## Events\n(.*?)\n## Uploading/s.exec(page) ?? [];

  it.each(['events', 'answers'] as const)('names each field of the %s that it lists', (kind) => {
    const listed = [...WIRE[kind]].filter(([name]) => since41.includes(`\`${name}\``));
    const fields = listed.flatMap(([, [shape]]) => fieldsOf(shape));
    const missing = fields.filter((field) => !names.has(field) && !OF_OTHERS.has(field));
    expect(listed.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
  });
});

/** Of a Room's state, and not about files. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  'extStatus',
  'additionalStatus',
  'desktopSharing',
  'broadcastPicture',
  'audioCaptureTest',
  'recording',
]);

/** Those of the rows of a list, too. */
function fieldsOf(shape: Shape | undefined): readonly string[] {
  return [...(shape?.fields ?? [])].flatMap(([name, { kind }]) => [
    name,
    ...('shape' in kind ? fieldsOf(kind.shape) : []),
  ]);
}

describe('the README', () => {
  const readme = readFileSync('README.md', 'utf8');

  it('is a page, not a manual', () => {
    expect(readme.split('\n').length).toBeLessThan(150);
  });
});

describe('the README in Russian', () => {
  const [english, russian] = ['README.md', 'README.ru.md'].map((name) => readFileSync(name, 'utf8'));
  const blocks = (text = '') => text.match(/^```.*?^```$/gms) ?? [];

  it('has the same blocks of code, sections and length as the English one', () => {
    expect(blocks(russian)).toEqual(blocks(english));
    expect(russian?.match(/^## /gm)?.length).toBe(english?.match(/^## /gm)?.length);
    const lengths = [russian, english].map((text) => text?.split('\n').length ?? 0);
    expect(Math.abs((lengths[0] ?? 0) - (lengths[1] ?? 0))).toBeLessThan(6);
  });
});

describe('the index of the pages', () => {
  const index = readFileSync('docs/README.md', 'utf8');

  it('links every page beside it', () => {
    const pages = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(pages.filter((name) => !index.includes(`](${name})`))).toEqual([]);
  });
});

it('every link between pages leads to a file, and to a heading that is there', () => {
  const pages = [
    'README.md',
    'README.ru.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...readdirSync('docs').map((name) => `docs/${name}`),
  ];
  const broken = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) => linksOf(page).map((link) => ({ page, link })))
    .filter(({ page, link }) => !leadsSomewhere(page, link));
  expect(broken).toEqual([]);
});

it('docs/records.md names every code that a warning can have', () => {
  const page = readFileSync('docs/records.md', 'utf8');
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`src/${name}`, 'utf8'));
  const codes = sources.flatMap((text) => [
    ...text.matchAll(/\bwarn\(\s*'([a-z-]+)'/g),
    ...text.matchAll(/kind: '(?:warning|unreadable)',[^}]*?\bcode: '([a-z-]+)'/g),
    ...text.matchAll(/\bonRefused\('([a-z-]+)'/g),
  ]);
  const missing = new Set(codes.map(([, code = '']) => code).filter((code) => !page.includes(`\`${code}\``)));
  expect(codes.length).toBeGreaterThan(20);
  expect([...missing]).toEqual([]);
});

/** Links to files of the project, without those to the web. */
function linksOf(page: string): readonly string[] {
  const links = readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return false;
  if (heading === undefined) return true;
  const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm);
  const anchors = [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return anchors.includes(heading);
}
