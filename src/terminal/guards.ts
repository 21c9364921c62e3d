import process from 'node:process';

export interface Guarded {
  /** Gives the terminal back at once. */
  restore(): void;
  /** Takes it again and draws all. */
  resume(): void;
}

export interface Guards {
  /** Gives the terminal back, stops the process, and takes the terminal again once it goes on. */
  suspend(): void;
  dispose(): void;
}

/** A shell that can't stop us leaves us running: then the screen comes back after this. */
const STILL_RUNNING_MS = 200;
const FATAL_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Sees to it that the terminal is given back on every way out of the process that a program can notice.
 *
 * @param stop stops the process until SIGCONT; by default all of its group, as a terminal's own Ctrl-Z would
 */
export function guardTerminal(guarded: Guarded, stop: () => void = stopGroup): Guards {
  const canStop = process.platform !== 'win32';
  let timer: NodeJS.Timeout | undefined;

  const onExit = (): void => guarded.restore();
  const onFatal = (signal: NodeJS.Signals): void => {
    guarded.restore();
    // Another listener ends the program; without one, the signal must still do what it does by default.
    if (process.listenerCount(signal) > 1) return;
    dispose();
    process.kill(process.pid, signal);
  };
  const onContinue = (): void => {
    clearTimeout(timer);
    // A shell may have set the terminal as it likes it, also where we were stopped without notice.
    guarded.restore();
    process.off('SIGTSTP', suspend);
    process.on('SIGTSTP', suspend);
    guarded.resume();
    // Only what is in the foreground gets the signal of a new size, and Node asks the terminal for it on no other.
    process.kill(process.pid, 'SIGWINCH');
  };
  const suspend = (): void => {
    if (!canStop) return;
    guarded.restore();
    // Without a listener the signal stops the process.
    process.off('SIGTSTP', suspend);
    clearTimeout(timer);
    timer = setTimeout(onContinue, STILL_RUNNING_MS);
    stop();
  };
  const dispose = (): void => {
    clearTimeout(timer);
    process.off('exit', onExit);
    for (const signal of FATAL_SIGNALS) process.off(signal, onFatal);
    process.off('SIGTSTP', suspend);
    process.off('SIGCONT', onContinue);
  };

  process.on('exit', onExit);
  for (const signal of FATAL_SIGNALS) process.on(signal, onFatal);
  if (canStop) {
    process.on('SIGTSTP', suspend);
    process.on('SIGCONT', onContinue);
  }
  return { suspend, dispose };
}

function stopGroup(): void {
  process.kill(0, 'SIGTSTP');
}
