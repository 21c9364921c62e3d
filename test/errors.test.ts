import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../src/cli.js';
import { type ErrorCode, exitCodeOf, TrueConfFilesError } from '../src/errors.js';
import { splitWords } from '../src/hooks/spec.js';
import { LIBRARY } from './errors.library.js';
import { useFolder } from './support/folder.js';
import { makeHost } from './support/host.js';
import { testsNamedIn } from './support/named-tests.js';
import { saidErrors } from './support/said-errors.js';

const PAGE = 'docs/errors.md';

/** The rows of the page: exit code, sentence, and what shows it. */
const rows = [...readFileSync(PAGE, 'utf8').matchAll(/^\| (\d+) \| (`+)(.+?)\2 \| (.+) \|$/gm)].map(
  ([, code = '', , sentence = '', shown = '']) => ({
    code: Number(code),
    sentence: sentence.trim().replaceAll('\\|', '|'),
    shown,
  }),
);
const commands = rows.flatMap(({ shown, ...row }) => {
  const [, line] = /^`+ ?(.+?) ?`+$/.exec(shown) ?? [];
  return line === undefined ? [] : [{ ...row, line: line.replaceAll('\\|', '|') }];
});

describe('docs/errors.md', () => {
  it('lists each error that the program can say, with its exit code, and no other', () => {
    const listed = rows.map(({ code, sentence }) => `${code} ${sentence}`);
    const said = saidErrors().map(({ code, message }) => `${exitCodeFor(code)} ${message}`);
    expect([...listed].sort()).toEqual([...said].sort());
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('says what shows each of them: a command line, a call of the library, or a test that is there', () => {
    const shown = rows.filter((row) => !commands.some((one) => one.sentence === row.sentence));
    for (const row of shown) expect(testsNamedIn(row.shown, PAGE)).toHaveLength(1);
  });

  it.each(commands.filter(({ line }) => !(line in LIBRARY)))('$line', async ({ line, code, sentence }) => {
    const words = splitWords(line.replaceAll('DIR', folder.replaceAll('\\', '/'))).map(unfolded);
    const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
    const { PLATFORM, ...env } = Object.fromEntries(
      words.slice(0, first).map((word) => word.split(/=(.*)/s, 2)),
    );
    const around = PLATFORM === undefined ? { env } : { env, platform: PLATFORM };
    const { host, stderr } = makeHost(around);
    expect(await main(words.slice(first), host)).toBe(code);
    expect(String(stderr.read()).split('\n')).toContainEqual(expect.stringMatching(patternOf(sentence)));
  });

  it.each(commands.filter(({ line }) => line in LIBRARY))('$line', async ({ line, code, sentence }) => {
    const error = await LIBRARY[line]?.(folder).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof TrueConfFilesError)) throw error ?? new Error('it gave no error');
    expect(exitCodeOf(error)).toBe(code);
    expect(`trueconf-files: ${error.message}`).toMatch(patternOf(sentence));
  });
});

/** @param code as it stands in the sources */
function exitCodeFor(code: string): number {
  return exitCodeOf(new TrueConfFilesError(code as ErrorCode, ''));
}

/** The option in which an expression or a glob stands may come first. */
function patternOf(sentence: string): RegExp {
  const text = sentence
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('… ', '(?:.* )?')
    .replaceAll('…', '.*');
  return new RegExp(`^trueconf-files: (?:--?[\\w-]+(?: \\S+)?: )?${text}$`, 's');
}

/** `{5000x}` stands for as many, and `↵` for a line end. */
function unfolded(word: string): string {
  return word.replace(/\{(\d+)(.)\}/g, (_, count, character) =>
    character.replace('↵', '\n').repeat(Number(count)),
  );
}

const { folder } = useFolder();

const room = (fields: object) => JSON.stringify({ rooms: { a: { address: '10.0.0.5', ...fields } } });
const defaults = (fields: object) => JSON.stringify({ defaults: fields });

/** Files that command lines name, by their names in `DIR`. */
const FILES: Readonly<Record<string, string>> = {
  empty: '',
  long: 'x'.repeat(5_000),
  'frameless.ndjson': '{"type":"recording","v":1,"time":"2026-11-29T10:00:00.000Z","rooms":["a"]}\n',
  'two.json': '{"rooms":{"a":{"address":"10.0.0.5"},"b":{"address":"10.0.0.6"}}}',
  text: 'hello\n',
  'array.json': '[{"method":"event"}]\n',
  'others/a.txt': 'hello\n',
  'nothing/b.txt': '',
  'newer.ndjson': '{"type":"recording","v":9,"time":"2026-11-29T10:00:00.000Z","rooms":["a"]}\n',
  'records.ndjson':
    '{"type":"heartbeat","v":1,"time":"2026-11-29T10:00:00.000Z","room":"a","connected":true}\n',
  'open.json': '{',
  'broken.json': '{"rooms": x}',
  'list.json': '[]',
  'rooms-list.json': '{"rooms":[]}',
  'room-text.json': '{"rooms":{"a":"10.0.0.5"}}',
  'defaults-list.json': '{"defaults":[]}',
  'unknown.json': '{"roms":{}}',
  'secret.json': '{"password":"x"}',
  'bad-name.json': '{"rooms":{"-a":{"address":"10.0.0.5"}}}',
  'name-all.json': '{"rooms":{"all":{"address":"10.0.0.5"}}}',
  'no-address.json': '{"rooms":{"a":{}}}',
  'address-number.json': room({ address: 5 }),
  'address-name.json': room({ address: '@b' }),
  'address-nats.json': room({ address: 'nats://10.0.0.9' }),
  'role-number.json': room({ role: 5 }),
  'role-boss.json': room({ role: 'boss' }),
  'file-number.json': room({ credentialsFile: 5 }),
  'command-number.json': room({ credentialsCommand: 5 }),
  'command-long.json': room({ credentialsCommand: `printf ${'x'.repeat(5_000)}` }),
  'command-blank.json': room({ credentialsCommand: ' ' }),
  'command-silent.json': room({ credentialsCommand: 'true' }),
  'command-fails.json': room({ credentialsCommand: 'false' }),
  'command-missing.json': room({ credentialsCommand: '/no/such/program' }),
  'command-killed.json': room({ credentialsCommand: "sh -c 'kill $$'" }),
  'both.json': room({ credentialsFile: 'a', credentialsCommand: 'b' }),
  'tags-text.json': room({ tags: 'x' }),
  'tag-all.json': room({ tags: ['all'] }),
  'tag-name.json': room({ tags: ['a'] }),
  'room-unknown.json': room({ adress: 'x' }),
  'room-secret.json': room({ pin: 'x' }),
  'default-null.json': defaults({ name: null }),
  'default-unknown.json': defaults({ nope: 1 }),
  'default-per-call.json': defaults({ yes: true }),
  'default-text.json': defaults({ quiet: 'x' }),
  'default-true.json': defaults({ timeout: true }),
  'default-list.json': defaults({ timeout: ['1s', '2s'] }),
  'default-wrong.json': defaults({ timeout: '10' }),
};
for (const [name, content] of Object.entries(FILES)) {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content, { mode: 0o600 });
}
rmSync(join(folder, 'nothing/b.txt'));
