import type { Host } from '../host.js';
import { LinesView } from '../output/lines.js';
import { type ColorFlag, makeStyle, wantsColor } from '../output/look.js';
import type { Sink } from '../output/sink.js';
import { JsonView, type View } from '../output/view.js';
import type { Status } from '../transfers/transfer.js';

export type Mode = 'table' | 'lines' | 'json';

/** How a watch is shown, decided once: records if asked for, else a table on a terminal, else lines. */
export function chooseMode(options: OutputOptions & { readonly plain?: boolean }, host: Host): Mode {
  if (options.json) return 'json';
  const { stdout, stderr, stdin, env } = host;
  const canDraw = stdout.isTTY === true && stdin.isTTY === true && env['TERM'] !== 'dumb';
  // Frames on stderr would tear the table apart where both are the same terminal.
  const isTorn = options.debug === true && stderr.isTTY === true;
  return canDraw && !isTorn && options.plain !== true ? 'table' : 'lines';
}

export function usesColor(options: OutputOptions, host: Host): boolean {
  const flag = options.color === false ? 'never' : options.color;
  return wantsColor(flag, host.env, host.stdout.isTTY === true);
}

/** The view for a pipe, a file or a plain terminal. */
export function streamView(mode: 'lines' | 'json', sink: Sink, color: boolean, nameRooms: boolean): View {
  return mode === 'json' ? new JsonView(sink) : new LinesView(sink, { style: makeStyle(color), nameRooms });
}

export interface OutputOptions {
  readonly json?: boolean;
  /** `false` is `--no-color`. */
  readonly color: ColorFlag | false;
  /** Signs without Unicode. */
  readonly ascii?: boolean;
  /** Changes of which the table notifies a person. */
  readonly notify?: readonly Status[];
  readonly quiet?: boolean;
  readonly debug?: boolean;
}
