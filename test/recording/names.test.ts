import { describe, expect, it } from 'vitest';
import { NamePattern, windowsNameFault } from '../../src/recording/names.js';

/** In the machine's own zone, as names are. */
const at = (...parts: readonly [number, number, number, number?, number?, number?]) => {
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts;
  return new Date(year, month - 1, day, hour, minute, second).getTime();
};

describe('the name of a recording', () => {
  it.each<[pattern: string, time: number, name: string]>([
    ['rec/%Y-%m-%d.ndjson', at(2026, 3, 1), 'rec/2026-03-01.ndjson'],
    ['%F_%T', at(2026, 3, 1, 4, 5, 6), '2026-03-01_04:05:06'],
    ['%H%M%S', at(2026, 3, 1, 23, 59, 0), '235900'],
    ['%y-%j', at(2026, 1, 1), '26-001'],
    ['%j', at(2024, 12, 31, 23), '366'],
    ['%j', at(2026, 7, 1), '182'],
    ['100%%.ndjson', at(2026, 3, 1), '100%.ndjson'],
    ['%s', 1_700_000_000_999, '1700000000'],
    ['plain.ndjson', 0, 'plain.ndjson'],
  ])('%s is written for its time', (pattern, time, name) => {
    expect(new NamePattern(pattern).at(time)).toBe(name);
  });

  it('follows the time, also backwards', () => {
    const pattern = new NamePattern('%H-%M');
    const names = [at(2026, 3, 1, 1, 59), at(2026, 3, 1, 2, 0), at(2026, 3, 1, 1, 59)].map((time) =>
      pattern.at(time),
    );
    expect(names).toEqual(['01-59', '02-00', '01-59']);
  });

  it.each([
    ['%Q', 'the unknown code %Q'],
    ['rec/%Y-%n', 'the unknown code %n'],
    ['50%', 'a single % at its end'],
    ['%é', 'the unknown code %é'],
    ['%%%', 'a single % at its end'],
  ])('%s is wrong, and the codes are listed', (pattern, what) => {
    expect(() => new NamePattern(pattern)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `The name "${pattern}" of --record has ${what}.`,
        hint: 'The codes are %Y %y %m %d %j %H %M %S %F %T %s; %% is a percent sign.',
      }),
    );
  });

  it.each([
    ['rec/%F.ndjson', 'rec/2026-03-01.ndjson', 'rec/2026-03-01.2.ndjson'],
    ['%Y.%m.%d', '2026.03.01', '2026.03.01.2'],
    ['room', 'room', 'room.2'],
    ['a.b/room', 'a.b/room', 'a.b/room.2'],
  ])('of %s has its number before its ending', (pattern, name, second) => {
    expect(new NamePattern(pattern).numbered(name, 1)).toBe(name);
    expect(new NamePattern(pattern).numbered(name, 2)).toBe(second);
  });

  it.each<[pattern: string, root: string, fits: readonly string[], others: readonly string[]]>([
    [
      'rec/%F.ndjson',
      'rec',
      ['2026-03-01.ndjson', '2026-03-01.12.ndjson', '2026-03-01.ndjson.gz'],
      [
        '2026-03-01.ndjson.bak',
        'x2026-03-01.ndjson',
        '2026-3-01.ndjson',
        '2026-03-01Xndjson',
        'notes.ndjson',
      ],
    ],
    ['room (%H).log', '.', ['room (07).log', 'room (07).2.log.gz'], ['room 07.log', 'room ().log']],
    ['a/b/plain.ndjson', 'a/b', ['plain.ndjson', 'plain.3.ndjson'], ['plain2.ndjson', 'plainest.ndjson']],
  ])('%s tells its files from others', (text, root, fits, others) => {
    const pattern = new NamePattern(text);
    expect(pattern.root).toBe(root);
    expect(pattern.segments).toHaveLength(1);
    const isOne = (name: string) => pattern.segments[0]?.test(name);
    expect(fits.filter((name) => !isOne(name))).toEqual([]);
    expect(others.filter(isOne)).toEqual([]);
  });

  it('may have codes in its folders', () => {
    const { root, segments } = new NamePattern('rec/%Y/%m/%d.ndjson');
    expect(root).toBe('rec');
    expect(segments.map((one) => ['2026', '03', '01.2.ndjson'].map((name) => one.test(name)))).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
  });
});

it.each([
  ['rec/%F.ndjson', true],
  ['%F', true],
  ['%%/plain.ndjson', false],
  ['plain.ndjson', false],
])('%s depends on the time: %s', (pattern, hasCodes) => {
  expect(new NamePattern(pattern).hasCodes).toBe(hasCodes);
});

it('lies below the folder before its first code', () => {
  expect(new NamePattern('a/b/%F/c.ndjson').root).toBe('a/b');
  expect(new NamePattern('%F/c/d.ndjson').root).toBe('.');
  expect(new NamePattern('a\nb/%F.ndjson').root).toBe('a\nb');
});

it('follows the time by the second', () => {
  const pattern = new NamePattern('%s');
  expect([1_000, 1_999, 2_000].map((time) => pattern.at(time))).toEqual(['1', '1', '2']);
});

describe('a name for Windows', () => {
  const COLON = 'a colon in its name would make a hidden stream of another file';
  const END = 'Windows drops a blank or a dot at the end of a name';
  const reserved = (sign: string) => `Windows allows no ${JSON.stringify(sign)} in names`;
  const device = (name: string) => `Windows keeps the name "${name}" for a device`;

  it.each<[path: string, fault: string | null]>([
    ['rec.ndjson', null],
    ['C:\\rec\\a b.ndjson', null],
    ['c:rec.ndjson', null],
    ['\\\\?\\C:\\rec.ndjson', null],
    ['\\\\.\\C:\\rec.ndjson', null],
    ['//server/share/rec.ndjson', null],
    ['..\\.\\rec/a.ndjson', null],
    ['NUL', null],
    ['nul', null],
    ['rec:a', COLON],
    ['C:\\rec\\a:b', COLON],
    ['1:a', COLON],
    ['\\\\server\\share\\C:\\a', COLON],
    ['\\?\\C:\\a', COLON],
    ['a<b', reserved('<')],
    ['C:\\a*', reserved('*')],
    ['\\\\?\\C:\\a?', reserved('?')],
    ['a\nb', reserved('\n')],
    ['a\x1fb', reserved('\x1f')],
    ['a.', END],
    ['a ', END],
    ['a. /b', END],
    ['...', END],
    ['con', device('con')],
    ['CON.txt', device('CON')],
    ['aux .log', device('aux')],
    ['rec/prn/a', device('prn')],
    ['rec\\Com1.tar.gz', device('Com1')],
    ['com¹', device('com¹')],
    ['lpt0', device('lpt0')],
    ['conin$', device('conin$')],
    ['nul.txt', device('nul')],
    ['com10', null],
    ['console', null],
    ['acon', null],
    ['a.con', null],
    [' con', null],
  ])('%j: %s', (path, fault) => {
    expect(windowsNameFault(path)).toBe(fault);
  });
});
