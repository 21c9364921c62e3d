import { posix, resolve } from 'node:path';

const NOTHING = 'module.exports = {};';

/**
 * Modules of packages that are asked for nothing, as what they are for is never switched on, or not yet, and what is
 * there instead. Tests run the built program: what it needs after all is missing there.
 */
const INSTEAD = new Map([
  // Of prom-client: spans, for exemplars; summaries; pushing to a gateway; counting for a cluster.
  ['@opentelemetry/api', NOTHING],
  ['prom-client/lib/summary', NOTHING],
  ['prom-client/lib/pushgateway', NOTHING],
  ['prom-client/lib/cluster', NOTHING],
  // Of cli-table3: styles of its own.
  ['@colors/colors/safe', NOTHING],
  // cli-table3 would bring an older string-width with a table of all emoji, and so a second opinion on widths.
  [
    'cli-table3/string-width',
    `module.exports = require(${JSON.stringify(resolve('src/output/width.ts'))}).displayWidth;`,
  ],
  // It makes a segmenter when it is loaded, which takes a tenth of each start: it is loaded for text that is not plain.
  [
    'string-width',
    `module.exports = (...args) => require(${JSON.stringify(resolve('node_modules/string-width/index.js'))}).default(...args);`,
  ],
]);

/** @type {import('esbuild').Plugin} */
export const leaveOut = {
  name: 'leave-out',
  setup(bundler) {
    bundler.onResolve({ filter: /./ }, ({ path, importer }) => {
      const found = namesOf(path, importer).find((name) => INSTEAD.has(name));
      return found === undefined ? null : { path: found, namespace: 'left-out' };
    });
    bundler.onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({
      contents: INSTEAD.get(path),
      resolveDir: '.',
    }));
  },
};

/** What a module may be called that is asked for: by itself and, where a package asks, as the package's own. */
function namesOf(path, importer) {
  const [, asker, file] =
    /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(importer.replaceAll('\\', '/')) ?? [];
  if (asker === undefined) return [path];
  return path.startsWith('.') ? [posix.join(asker, file, '..', path)] : [`${asker}/${path}`, path];
}
