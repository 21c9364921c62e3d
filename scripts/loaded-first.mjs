import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * Gives what modules share one file instead of many. A bundler puts two modules into one chunk only where the very
 * same entries need both, and each chunk takes a millisecond to load. But what is imported when it is needed finds
 * some modules loaded already: here it is made to say so, by importing them too, and all that they need becomes one.
 *
 * @param {import('esbuild').BuildOptions} options of the build that the plugin is for
 * @param {(module: string) => readonly string[]} loadedBefore modules that are there when this one is imported
 * @returns {Promise<import('esbuild').Plugin>}
 */
export async function loadedFirst(options, loadedBefore) {
  const { metafile } = await build({ ...options, metafile: true, write: false });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const later = imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path }) => path);
  const before = new Map(later.map((module) => [resolve(module), loadedBefore(module)]));
  return {
    name: 'loaded-first',
    setup(plugged) {
      plugged.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const modules = before.get(path);
        if (modules === undefined) return null;
        const lines = modules.map((module) => `import ${JSON.stringify(resolve(module))};\n`);
        return { contents: `${lines.join('')}${await readFile(path, 'utf8')}`, loader: 'ts' };
      });
    },
  };
}
