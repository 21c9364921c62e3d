import type { ColorFlag } from '../../output/color.js';
import type { Direction } from '../../protocol/message.js';
import type { Role } from '../../protocol/requests.js';
import type { Status } from '../../transfers/transfer.js';
import type { MetricsOptions } from '../metrics-option.js';
import type { NatsOptions } from '../nats-options.js';
import type { Goal } from '../parsers.js';

/** Where from and how to sign in: the options that every command with a Room has. */
export interface ConnectingOptions {
  readonly credentialsFile?: string;
  readonly role?: Role;
}

export interface OutputOptions {
  readonly json?: boolean;
  /** `false` is `--no-color`. */
  readonly color: ColorFlag | false;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** Which transfers, and which of their records. */
export interface FilterChoices {
  readonly direction?: Direction;
  readonly status?: readonly Status[];
  readonly peer?: string;
  readonly name?: string;
  readonly conference?: string;
  readonly id?: readonly string[];
  readonly snapshot: boolean;
}

/** When enough has been shown. */
export interface EndingChoices {
  readonly once?: boolean;
  readonly count?: number;
  readonly until?: Goal;
}

export interface WatchOptions
  extends ConnectingOptions,
    OutputOptions,
    NatsOptions,
    MetricsOptions,
    FilterChoices,
    EndingChoices {
  readonly demo?: boolean;
  /** Milliseconds, as all durations. */
  readonly timeout?: number;
  readonly wait?: boolean;
  readonly reconnect: boolean;
  readonly heartbeat: number;
  readonly keep: number;
  readonly takeover?: boolean;
  /** File to make. */
  readonly record?: string;
  readonly plain?: boolean;
}
