import type { ReadStream, WriteStream } from 'node:tty';
import type { Config } from './config/config.js';
import type { Clock } from './room/timers.js';

/** The world around a command: what it reads, writes and obeys. Tests give one of their own. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
  /** What the config file says; without it, nothing. */
  readonly config?: Config;
  /** Aborted by the first signal; its reason is an `Interrupted`. */
  readonly signal: AbortSignal;
  /** Of heartbeats, leases, deadlines and waits between tries. */
  readonly clock: Clock;
  /** Does what a signal does: Ctrl-C comes as a key where the terminal is in raw mode. */
  interrupt(): void;
  /** Something to do before the process ends at once (a second Ctrl-C, a fault). Gives a function that takes it back. */
  onLastResort(act: () => void): () => void;
}

/** What commands are given, and where they leave their exit code. */
export interface Context {
  /** With the config, once a command runs that uses it. */
  host: Host;
  exitCode: number;
  /** Help or version, to be written to stdout at the end. */
  printed: string;
}
