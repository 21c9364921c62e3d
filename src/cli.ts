import { setMaxListeners } from 'node:events';
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type Command, CommanderError } from 'commander';
import { print } from './commands/printer.js';
import { buildProgram } from './commands/program.js';
import { EXIT, exitCodeOf, faultReport, Interrupted, PlacedError, TrueConfFilesError } from './errors.js';
import { codeOf } from './faults.js';
import type { Context, Host } from './host.js';
import { outputFault } from './output/sink.js';
import { safeText } from './output/text.js';
import { SYSTEM_CLOCK } from './room/timers.js';

/** Runs the program in this process. Alone in touching the process's exit. */
export async function run(): Promise<void> {
  const { argv, stdin, stdout, stderr } = process;
  // A reader that went away is no fault, nor is a closed window; commands that care have listeners of their own.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
  process.once('exit', closeGoneTerminals);
  const lastResorts = new Set<() => void>();
  const interruption = new AbortController();
  setMaxListeners(0, interruption.signal);
  let interruptedAt = 0;
  const exitAtOnce = (code: number) => {
    for (const act of lastResorts) act();
    process.exit(code);
  };
  const onSignal = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => {
    const interrupted = new Interrupted(signal);
    if (!interruption.signal.aborted) {
      interruptedAt = performance.now();
      interruption.abort(interrupted);
    } else if (performance.now() - interruptedAt > ONE_WISH_MS) exitAtOnce(interrupted.exitCode);
  };
  // Ctrl-Break, which Windows alone has, does what Ctrl-C does.
  const onBreak = () => onSignal('SIGINT');
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('SIGBREAK', onBreak);
  process.once('uncaughtException', (error) => {
    for (const act of lastResorts) act();
    stderr.write(describe(error));
    process.exit(EXIT.fault);
  });

  // The exit code is set and the loop left to drain: leaving at once would lose what pipes have not taken yet.
  const exitCode = await main(argv.slice(2), {
    env: process.env,
    platform: process.platform,
    stdin,
    stdout,
    stderr,
    signal: interruption.signal,
    clock: SYSTEM_CLOCK,
    interrupt: () => onSignal('SIGINT'),
    onLastResort: (act) => {
      lastResorts.add(act);
      return () => lastResorts.delete(act);
    },
  });
  for (const signal of SIGNALS) process.off(signal, onSignal);
  process.off('SIGBREAK', onBreak);
  // What a command has not written by its end was given up: a stuck reader must not keep the process.
  if (exitCode !== EXIT.done && stdout.writableLength > 0) exitAtOnce(exitCode);
  process.exitCode = exitCode;
}

/** Runs one command line and gives its exit code. */
export async function main(args: readonly string[], host: Host): Promise<number> {
  const context: Context = { host, exitCode: EXIT.done, printed: '' };
  try {
    const program = buildProgram(context);
    await program.parseAsync(named(args, program), { from: 'user' }).catch(async (error: unknown) => {
      // Help and version come as errors, of whatever exit code, once they have been printed.
      if (!(error instanceof CommanderError) || context.printed === '') throw error;
      context.exitCode = await print(context.printed, host);
    });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return EXIT.usage;
    if (error instanceof Interrupted) return exitCodeOf(error);
    // The launcher has words for it: no part of the program can be loaded any more.
    if (isOutOfFiles(error)) throw error;
    host.stderr.write(describe(error, error instanceof PlacedError ? await picture(error) : ''));
    if (args.includes('--debug')) host.stderr.write(describeCause(error));
    return exitCodeOf(error);
  }
}

/**
 * In `help NAME` an unknown name is an unknown command, which commander answers with the root help; that of `help` itself
 * is the root help.
 */
function named(args: readonly string[], { commands }: Command): readonly string[] {
  const [first, name = 'help'] = args;
  const isKnown = commands.some((command) => command.name() === name) || name === 'help';
  if (first === 'help' && args[1] === 'help') return ['--help'];
  return first === 'help' && !isKnown ? args.slice(1) : args;
}

/** Says on stderr why stdout can't be written. Gives the exit code; a reader that went away is no fault. */
export function reportOutputFault(error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE') return EXIT.done;
  const fault = outputFault(error);
  process.stderr.write(describe(fault));
  return exitCodeOf(fault);
}

/** Node 20 aborts at its end where it can't set a terminal back whose window was closed; what is closed it leaves alone. */
function closeGoneTerminals(): void {
  for (const stream of [process.stdin, process.stdout, process.stderr]) {
    if (stream.isTTY && !isatty(stream.fd)) closeSync(stream.fd);
  }
}

function isOutOfFiles(error: unknown): boolean {
  return !(error instanceof TrueConfFilesError) && ['EMFILE', 'ENFILE'].includes(codeOf(error));
}

/** What a person reads of an error. Only a fault of the program's own shows where it came from. */
function describe(error: unknown, place = ''): string {
  if (error instanceof TrueConfFilesError) {
    const hint = error.hint === null ? '' : `${safeText(error.hint)}\n`;
    return `trueconf-files: ${safeText(error.message)}\n${place}${hint}`;
  }
  const report = faultReport(error).map((line) => safeText(line));
  return `trueconf-files: ${report.join('\n')}\n`;
}

/** The system's own text, and where it came from, below the sentence about it. */
function describeCause(error: unknown): string {
  const { cause } = error instanceof TrueConfFilesError ? error : {};
  if (!(cause instanceof Error)) return '';
  const lines = (cause.stack ?? cause.message).split('\n').map((line) => safeText(line));
  return `caused by ${lines.join('\n')}\n`;
}

/** The text that can't be used, with the place marked. Widths are only loaded for it. */
async function picture({ source, place }: PlacedError): Promise<string> {
  if (source === '') return '';
  const { markPlace } = await import('./output/width.js');
  return markPlace(source, place);
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `timeout` signals its child and then its child's group, a closed terminal sends two: that is one wish to end. */
const ONE_WISH_MS = 50;
