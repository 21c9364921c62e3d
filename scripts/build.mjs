// Bundles the program into dist/: one small start, and chunks that are loaded when a command needs them.
import { readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { leaveOut } from './leave-out.mjs';
import { writeLicences } from './licences.mjs';
import { loadedFirst } from './loaded-first.mjs';
import { writeManPage } from './man-page.mjs';

const { version, dependencies } = JSON.parse(await readFile('package.json', 'utf8'));

/**
 * CommonJS packages inside the bundle ask for Node's own modules by `require`. They get them by `import`: a `require`
 * made from `import.meta.url` would fail where the library is bundled into a CommonJS file, which has no such URL.
 * @type {import('esbuild').Plugin}
 */
const requiredFromNode = {
  name: 'required-from-node',
  setup(bundler) {
    bundler.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'require-call' && isBuiltin(path) ? { path, namespace: 'required-from-node' } : null,
    );
    bundler.onLoad({ filter: /./, namespace: 'required-from-node' }, ({ path }) => ({
      contents: `import it from ${JSON.stringify(path)}; module.exports = it;`,
    }));
  },
};

const plugins = [leaveOut, requiredFromNode];

/** @type {import('esbuild').BuildOptions} */
const common = {
  outdir: 'dist',
  bundle: true,
  minify: true,
  // Node shows the line where an uncaught error was thrown: no line of it may fill a screen.
  lineLimit: 300,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // What is installed beside the program gets its fixes without a release of ours.
  external: Object.keys(dependencies),
  plugins,
  define: { __VERSION__: JSON.stringify(version) },
  // All of them stand in one file beside the bundle.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

await rm('dist', { recursive: true, force: true });
const start = await build({ ...common, entryPoints: { start: 'src/start.ts' }, external: ['./cli.js'] });
const program = {
  ...common,
  entryPoints: { cli: 'src/cli.ts', index: 'src/index.ts' },
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
};
const rest = await build({ ...program, plugins: [...plugins, await loadedFirst(program, loadedBefore)] });
await writeLicences('dist/licences.txt', [start.metafile, rest.metafile]);
await writeManPage('dist/trueconf-files.1', version);

/** The start is there before any command; what a watch needs, before its parts, and by most other commands as well. */
function loadedBefore(module) {
  // These the library has too, and without any start.
  if (/^src\/(simulator|rules)\//.test(module) || module === 'src/cli.ts') return [];
  const isApart = /\/(watch|simulate|completion|completion-install|schema)\.ts$/.test(module);
  return isApart ? ['src/cli.ts'] : ['src/cli.ts', 'src/commands/watch.ts'];
}
