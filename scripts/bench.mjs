// Bundles bench/ and runs it: `npm run bench`, or `npm run bench -- records start` for some rows alone.
import { build } from 'esbuild';

const outdir = new URL('../node_modules/.cache/bench/', import.meta.url);

await build({
  entryPoints: ['bench/main.ts', 'bench/programs/*.ts'],
  outdir: outdir.pathname,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
await import(new URL('main.js', outdir).href);
