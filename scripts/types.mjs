// Rolls up what others may import into one file of declarations: dist/index.d.ts, or the file that is named.
// Reports on stderr what is wrong with the public surface; --write writes it down as it is now.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

/** Where the public surface is written down, so that a change of it shows in review. */
const SURFACE = 'docs/library.api.md';

/**
 * @param {string} file the declarations to write
 * @param {boolean} write whether to replace the written surface by what it is now
 * @returns {readonly string[]} what is wrong, a sentence each: names without a docstring, types that public ones use
 *   and that are not public, and a surface that is not the one written down
 */
function rollUp(file, write) {
  const scratch = mkdtempSync(join(tmpdir(), 'trueconf-files-types-'));
  try {
    const tsc = resolve('node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', scratch], {
      stdio: 'inherit',
    });
    const problems = [];
    Extractor.invoke(configure(scratch, file), {
      localBuild: write,
      messageCallback: (message) => {
        const isProblem = message.logLevel === 'error' || message.logLevel === 'warning';
        message.handled = true;
        if (isProblem && !isPlain(message)) problems.push(describe(message));
      },
    });
    return problems;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** What tells the members of a union apart needs no words; that a surface was written as asked is no problem. */
function isPlain({ messageId, text }) {
  if (messageId === 'ae-undocumented') return /"(?:kind|type)"\.$/.test(text);
  return messageId === 'console-api-report-created' || messageId === 'console-api-report-copied';
}

function describe({ messageId, text, sourceFilePath, sourceFileLine }) {
  if (messageId === 'console-api-report-not-copied') {
    return 'The public surface is not what docs/library.api.md says: `npm run surface` writes it anew.';
  }
  const at = sourceFilePath === undefined ? '' : `${basename(sourceFilePath)}:${sourceFileLine}: `;
  return `${at}${text} (${messageId})`;
}

function configure(scratch, file) {
  const none = { logLevel: 'none' };
  const warning = { logLevel: 'warning' };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve('package.json'),
    configObject: {
      projectFolder: scratch,
      mainEntryPointFilePath: join(scratch, 'index.d.ts'),
      compiler: { overrideTsconfig: { extends: resolve('tsconfig.json'), files: ['index.d.ts'] } },
      apiReport: {
        enabled: true,
        reportFileName: basename(SURFACE),
        reportFolder: resolve(SURFACE, '..'),
        reportTempFolder: join(scratch, 'report'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: true, untrimmedFilePath: resolve(file) },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: warning },
        extractorMessageReporting: {
          default: warning,
          'ae-undocumented': warning,
          // What is exported is public, without a tag that says so.
          'ae-missing-release-tag': none,
        },
        // The project's own way of writing docstrings is plainer than TSDoc's.
        tsdocMessageReporting: { default: none },
      },
    },
  });
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean' } },
});
for (const problem of rollUp(positionals[0] ?? 'dist/index.d.ts', values.write === true))
  console.error(problem);
