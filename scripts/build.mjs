// Bundles the program into dist/: one small start, and chunks that are loaded when a command needs them.
import { readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { writeManPage } from './man-page.mjs';

const { version } = JSON.parse(await readFile('package.json', 'utf8'));

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { start: 'src/start.ts', cli: 'src/cli.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minify: true,
  // Node shows the line where an uncaught error was thrown: no line of it may fill a screen.
  lineLimit: 500,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['ws'],
  define: { __VERSION__: JSON.stringify(version) },
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'linked',
  // CommonJS packages inside the bundle still ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await writeManPage('dist/trueconf-files.1', version);
