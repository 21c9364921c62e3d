import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { useFolder } from '../support/folder.js';
import { NODE, PLAIN_ENV, usePrograms } from '../support/program.js';

const run = promisify(execFile);
const { shell } = usePrograms();
const folder = useFolder();

/** Runs `--version` as if Node were of another version. */
async function underNode(version: string) {
  const versions = `{ ...process.versions, node: '${version}' }`;
  const preload = folder.write(`Object.defineProperty(process, 'versions', { value: ${versions} });`);
  const args = ['--require', preload, 'bin/trueconf-files.js', '--version'];
  return run(process.execPath, args, { env: PLAIN_ENV }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

it.each(['18.20.8', '8.17.0', '0.12.18', '19.9.0'])(
  'under Node %s it says which Node it needs',
  async (version) => {
    const stderr = `trueconf-files: needs Node.js 20 or newer, this is ${version}.\n`;
    expect(await underNode(version)).toEqual({ code: 2, stdout: '', stderr });
  },
);

it.each(['20.0.0', '26.1.0'])('under Node %s it starts', async (version) => {
  const { version: ours } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await underNode(version)).toEqual({ code: 0, stdout: `${ours}\n`, stderr: '' });
});

it('says so where it may open too few files, as far as Node itself starts', async () => {
  const endings = [];
  for (const most of [16, 18, 20, 22, 24, 26]) {
    const node = shell(`ulimit -n ${most}; exec "${NODE}" -e 'import("node:net")'`);
    if ((await node.ended) !== 0) continue;
    const program = shell(`ulimit -n ${most}; exec $PROGRAM watch demo --once --quiet`);
    endings.push(await program.ended);
    if ((await program.ended) === 0) continue;
    expect(program.stderr.text).toContain('this process may open no more files');
    expect(program.stderr.text).not.toMatch(/^ +at /m);
  }
  expect(endings).toContain(1);
});
