import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../src/errors.js';
import { commandTree } from './support/command-tree.js';

const unit = readFileSync('deploy/trueconf-files-relay.service', 'utf8');
const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

describe('the systemd unit', () => {
  it('starts a relay with options that it has', () => {
    const [, name, ...words] = setting('ExecStart').split(' ').slice(1);
    const command = commandTree().commands.find((one) => one.name() === name);
    const known = command?.options.map(({ long }) => long) ?? [];
    const given = words.filter((word) => word.startsWith('--'));
    expect(given.length).toBeGreaterThan(3);
    expect(given.filter((option) => !known.includes(option))).toEqual([]);
  });

  it('passes on each file that it loads', () => {
    const loaded = [...unit.matchAll(/^LoadCredential=(\w+):/gm)].map(([, name]) => `%d/${name}`);
    expect(loaded).toHaveLength(2);
    expect(setting('ExecStart').split(' ')).toEqual(expect.arrayContaining(loaded));
  });

  it('knows what the exit codes mean', () => {
    const { usage, refused, takenOver } = EXIT;
    expect(setting('RestartPreventExitStatus')).toBe(`${usage} ${refused} ${takenOver}`);
    expect(setting('SuccessExitStatus')).toBe('143');
  });
});

describe('the container file', () => {
  const lines = readFileSync('deploy/Containerfile', 'utf8').split('\n');
  const copied = lines.flatMap((line) => /^COPY ([^-].*) \S+$/.exec(line)?.[1]?.split(' ') ?? []);

  it.each(copied)('copies %s, which is there', (file) => {
    expect(existsSync(file)).toBe(true);
  });

  it('copies all that the package is made of', () => {
    const needed = ['bin', 'src', 'scripts', 'docs', 'package.json', 'package-lock.json', 'tsconfig.json'];
    expect(copied).toEqual(expect.arrayContaining(needed));
  });
});
