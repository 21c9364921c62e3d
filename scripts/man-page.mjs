// Writes the manual page from the program's own tree of commands.
import { rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** @param {string} file @param {string} version */
export async function writeManPage(file, version) {
  const module = `${file}.mjs`;
  const sources = ['program', 'manual'].map((name) => `export * from './src/commands/${name}.js';`);
  await build({
    stdin: { contents: sources.join('\n'), resolveDir: '.', loader: 'ts' },
    outfile: module,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    define: { __VERSION__: JSON.stringify(version) },
    logLevel: 'warning',
  });
  const { buildProgram, manPage } = await import(new URL(`../${module}`, import.meta.url).href);
  await rm(module);
  const program = buildProgram({ host: process, exitCode: 0, printed: '' });
  // Packagers may want the same bytes each time.
  const { SOURCE_DATE_EPOCH: seconds } = process.env;
  const date = seconds === undefined ? new Date() : new Date(Number(seconds) * 1_000);
  await writeFile(file, manPage(program, version, date.toISOString().slice(0, 10)));
}
