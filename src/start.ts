import { VERSION } from './version.js';

/** Starts the program. Its version is printed before anything else is loaded. */
export async function start(): Promise<void> {
  const { argv, stdout } = process;
  const [, , only = ''] = argv;
  if (argv.length !== 3 || !VERSION_WORDS.has(only)) {
    const { run } = await import('./cli.js');
    await run();
    return;
  }
  stdout.on('error', async (error) => {
    const { reportOutputFault } = await import('./cli.js');
    process.exitCode = reportOutputFault(error);
  });
  stdout.write(`${VERSION}\n`);
  process.exitCode = 0;
}

const VERSION_WORDS: ReadonlySet<string> = new Set(['--version', '-v', '-V', 'version']);
