import { readFile } from 'node:fs/promises';

/**
 * Reads what TypeScript compiled to CommonJS as the ES modules that it was compiled from: of these a bundle has what
 * is called, and of CommonJS it has everything. What can't be read so ends the build.
 *
 * @param {RegExp} modules matches the paths of the modules to read
 * @returns {import('esbuild').Plugin}
 */
export function asEsModules(modules) {
  return {
    name: 'es-modules',
    setup(bundler) {
      // None of them does anything but declare: one of which nothing is used need not be there.
      bundler.onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === RESOLVING || !modules.test(from.importer)) return null;
        const found = await bundler.resolve(path, { ...from, pluginData: RESOLVING });
        return found.external ? found : { ...found, sideEffects: false };
      });
      bundler.onLoad({ filter: modules }, async ({ path }) => {
        const contents = toEsModule(await readFile(path, 'utf8'));
        const left = LEFT_OVER.exec(contents);
        return left === null ? { contents } : { errors: [{ text: `This is no ES module yet: ${left[0]}` }] };
      });
    },
  };
}

/** @param {string} code as TypeScript writes it */
function toEsModule(code) {
  const imports = new Map([...code.matchAll(REQUIRE)].map(([, name, specifier]) => [name, specifier]));
  return code
    .replaceAll(HELPER, '')
    .replaceAll(/^Object\.defineProperty\(exports, "__esModule", .*\n/gm, '')
    .replaceAll(/^(?:exports\.\w+ = )+void 0;\n/gm, '')
    .replaceAll(REQUIRE, 'import * as $1 from $2;')
    .replaceAll(/^module\.exports = require\((".+")\);/gm, 'export * from $1;')
    .replaceAll(/^__exportStar\(require\((".+")\), exports\);/gm, 'export * from $1;')
    .replaceAll(/^exports\.(\w+) = __importStar\(require\((".+")\)\);/gm, 'export * as $1 from $2;')
    .replaceAll(
      /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: .* return (\w+)\.(\w+); \} \}\);/gm,
      (_, name, module, exported) => `export { ${exported} as ${name} } from ${imports.get(module)};`,
    )
    .replaceAll(ENUM, 'export const $1 = /* @__PURE__ */ (($1) => {$2\n    return $1;\n})({});')
    .replaceAll(/^exports\.default = /gm, 'export default ')
    .replaceAll(/^exports\.(\w+) = \1;/gm, 'export { $1 };')
    .replaceAll(/^exports\.(\w+) = /gm, 'export const $1 = ')
    .replaceAll(/\bexports\.(\w+)/g, '$1');
}

const RESOLVING = Symbol('resolving');
const REQUIRE = /^(?:const|var) (\w+) = (?:__importDefault\()?require\((".+")\)\)?;/gm;
/** What TypeScript brings to each file that needs it, up to the bracket that ends it. */
const HELPER = /^var (__\w+) = \(this && this\.\1\) \|\| [\s\S]*?^\}\)?(?:\)|\(\))?;\n/gm;
const ENUM = /^var (\w+);\n\(function \(\1\) \{([\s\S]*?)\n\}\)\(\1 \|\| \(exports\.\1 = \1 = \{\}\)\);/gm;
/** In code, that is: comments of these packages begin with a star or two slashes. */
const LEFT_OVER = /^(?!\s*(?:\*|\/\/)).*(?:\bexports\b|\brequire\("|\bmodule\.|\b__\w+\().*$/m;
