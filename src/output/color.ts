import { Chalk } from 'chalk';
import type { Status } from '../transfers/transfer.js';

export type ColorFlag = 'always' | 'never' | 'auto';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether to write colours: the flag, then `NO_COLOR`, then `FORCE_COLOR` (0 and false mean off), then `TERM=dumb`,
 * then whether it is a terminal. An empty variable counts as unset.
 */
export function wantsColor(flag: ColorFlag, env: Environment, isTTY: boolean): boolean {
  if (flag !== 'auto') return flag === 'always';
  const { NO_COLOR: noColor, FORCE_COLOR: forceColor, TERM: term } = env;
  if (noColor) return false;
  if (forceColor) return forceColor !== '0' && forceColor.toLowerCase() !== 'false';
  if (term === 'dumb') return false;
  return isTTY;
}

type Paint = (text: string) => string;

/** How things look; without colour every one of these returns its text as it is. */
export interface Style {
  /** Colours of a status; the text itself must already say which it is. */
  status(status: Status, text: string): string;
  readonly strong: Paint;
  readonly faint: Paint;
  readonly selected: Paint;
  readonly good: Paint;
  readonly alarm: Paint;
  readonly notice: Paint;
}

/** The colours used are those of the first 16 that read on dark and on light backgrounds. */
export function makeStyle(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const byStatus: Readonly<Record<Status, Paint>> = {
    waiting: chalk.magenta,
    processing: chalk.cyan,
    complete: chalk.green,
    failed: chalk.red.bold,
    rejected: chalk.red,
    unknown: chalk.dim,
  };
  return {
    status: (status, text) => byStatus[status](text),
    strong: chalk.bold,
    faint: chalk.dim,
    selected: chalk.inverse,
    good: chalk.green,
    alarm: chalk.red.bold,
    notice: chalk.magenta,
  };
}
