import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EXIT } from '../src/errors.js';
import { commandTree } from './support/command-tree.js';

const UNITS = ['trueconf-files-relay', 'trueconf-files-watch@'];

describe.each(UNITS)('the systemd unit %s', (name) => {
  const unit = readFileSync(`deploy/${name}.service`, 'utf8');
  const setting = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
  const [, ...words] =
    setting('ExecStart')
      .split(/\btrueconf-files (?=[a-z])/)[1]
      ?.match(/\S+/g) ?? [];

  it('starts a command with options that it has', () => {
    const [, called] = /\btrueconf-files ([a-z]+) /.exec(setting('ExecStart')) ?? [];
    const command = commandTree().commands.find((one) => one.name() === called);
    const known = command?.options.map(({ long }) => long) ?? [];
    const given = words.filter((word) => word.startsWith('--'));
    expect(given.length).toBeGreaterThan(3);
    expect(given.filter((option) => !known.includes(option))).toEqual([]);
  });

  it('passes on each file that it loads', () => {
    const loaded = [...unit.matchAll(/^LoadCredential=(\w+):/gm)].map(([, file]) => `%d/${file}`);
    expect(words).toEqual(expect.arrayContaining(loaded));
  });

  it('knows what the exit codes mean', () => {
    const { usage, refused, takenOver } = EXIT;
    expect(setting('RestartPreventExitStatus')).toBe(`${usage} ${refused} ${takenOver}`);
    expect(setting('SuccessExitStatus')).toBe('143');
  });
});

it('the units serve metrics where prometheus.yml looks for them', () => {
  const [watch, relay] = ['watch@', 'relay'].map((name) => {
    const unit = readFileSync(`deploy/trueconf-files-${name}.service`, 'utf8');
    return /(?:METRICS=|--metrics )(\d\S+:\d+)/.exec(unit)?.[1];
  });
  const config = readFileSync('docs/prometheus.yml', 'utf8');
  const targets = config.matchAll(/targets: \['(.*)'\]\n *labels:\n *part: (\w+)/g);
  expect([...targets].map(([, target, part]) => [part, target])).toEqual([
    ['watch', watch],
    ['relay', relay],
  ]);
});

it('the unit of a watch starts one that records and serves metrics', async () => {
  const unit = readFileSync('deploy/trueconf-files-watch@.service', 'utf8');
  // What systemd makes of the line: specifiers, and a percent sign for two.
  const [, script = ''] = /^ExecStart=\/bin\/sh -c '(.*)' sh %I %p-%i$/m.exec(unit) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'trueconf-files-'));
  try {
    symlinkSync(resolve('bin/trueconf-files.js'), join(folder, 'trueconf-files'));
    const env = { PATH: `${folder}:${process.env['PATH']}`, METRICS: '127.0.0.1:0', STATE_DIRECTORY: folder };
    const args = ['-c', script.replaceAll('%%', '%'), 'sh', 'demo', 'watch-demo'];
    const child = spawn('sh', args, { env, stdio: 'ignore' });
    const recording = () => readdirSync(folder).find((name) => /^watch-demo-\d{8}T\d{6}\.ndjson$/.test(name));
    await vi.waitUntil(() => recording() && statSync(join(folder, recording() ?? '')).size > 1_000, {
      timeout: 50_000,
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('the container file', () => {
  const lines = readFileSync('deploy/Containerfile', 'utf8').split('\n');
  const copied = lines.flatMap((line) => /^COPY ([^-].*) \S+$/.exec(line)?.[1]?.split(' ') ?? []);

  it.each(copied)('copies %s, which is there', (file) => {
    expect(existsSync(file.replace('*', 'README'))).toBe(true);
  });

  it('copies all that the package is made of', () => {
    const needed = [
      'bin',
      'src',
      'scripts',
      'docs',
      'deploy',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
    ];
    expect(copied).toEqual(expect.arrayContaining(needed));
  });
});

it.each(readdirSync('.github/workflows'))('the workflow %s names each action by its commit', (name) => {
  const text = readFileSync(join('.github/workflows', name), 'utf8');
  const used = [...text.matchAll(/\buses: (.*)/g)].map(([, action = '']) => action);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((action) => !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
});
