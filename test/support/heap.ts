import type { Program } from './program.js';

/** Says on stderr, whenever it is asked by a signal, how much memory is in use once all that is garbage is gone. */
const MEASURING = `
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    gc();
    process.stderr.write('heap ' + process.memoryUsage().heapUsed + '\\n');
  });
`;

/** The environment of a program whose heap is measured. */
export const MEASURED = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(MEASURING)}` };

/** What a program that runs in the environment `MEASURED` holds now, in bytes. */
export async function heapBytes(program: Program): Promise<number> {
  const measured = () => program.stderr.lines.filter((line) => line.startsWith('heap '));
  const before = measured().length;
  program.kill('SIGUSR2');
  const line = await program.until(() => measured()[before]);
  return Number(line.slice('heap '.length));
}
