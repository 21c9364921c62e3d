import { VERSION } from './version.js';

/** Starts the program. Its version is told before anything else is loaded. */
export async function start(): Promise<void> {
  const { argv, stdout } = process;
  if (argv.length === 3 && (argv[2] === '--version' || argv[2] === '-V')) {
    // A reader that went away is nobody's fault.
    stdout.on('error', () => {});
    stdout.write(`${VERSION}\n`);
    process.exitCode = 0;
    return;
  }
  const { run } = await import('./cli.js');
  await run();
}
