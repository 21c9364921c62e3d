import { fromOption } from '../errors.js';
import type { Host } from '../host.js';
import type { LinkNotice, WarningNotice } from '../monitor/monitor.js';
import { LinesView, noteOf } from '../output/lines.js';
import { type ColorFlag, type Look, lookOf, wantsColor } from '../output/look.js';
import { JsonView, type Sink, type View } from '../output/sink.js';
import type { Template } from '../output/template.js';
import { noteStamp, type Stamp, type TimeChoice } from '../output/times.js';
import type { Player } from '../recording/player.js';
import type { ColumnName } from '../screen/columns.js';
import type { TableActions } from '../screen/table-view.js';
import type { Status } from '../transfers/transfer.js';

/** What a view needs that writes to a stream. */
export interface StreamContext {
  readonly out: Sink;
  readonly look: Look;
  /** Whether lines name their Room: there are several. */
  readonly nameRooms: boolean;
  /** What `--format` asks for. */
  readonly template: Template | null;
  /** Whether what is shown is there already, so that its own time says more than the one at which it is shown. */
  readonly isListing: boolean;
  /** Whether peers are shown with their ids. */
  readonly isWide: boolean;
}

/** Options that only the table has. */
interface TableOptions {
  /** Changes that it notifies about. */
  readonly notify?: readonly Status[] | undefined;
  /** Columns that it is asked for, in their order. */
  readonly columns?: readonly ColumnName[] | undefined;
}

/** What a view may need of the watch that it shows. */
export interface ViewContext extends StreamContext {
  readonly host: Host;
  /** Addresses of the Rooms, as the user gave them. */
  readonly labels: readonly string[];
  /** Finished transfers to keep for each Room. */
  readonly keep: number;
  readonly actions: TableActions;
  readonly output: TableOptions;
  /** What plays the recording that is shown; `null` for a live watch. */
  readonly player: Player | null;
}

/** One way to show transfers. */
interface Format {
  /** The option that asks for it; `null` where only the program chooses it. */
  readonly flags: string | null;
  /** For help, the manual page and completion. */
  readonly about: string;
  /** Which notes go to stderr: all; only trouble, as the view reports the rest; or none, as it reports everything. */
  readonly notes: 'all' | 'trouble' | 'none';
  /** Whether a heartbeat is data, so that `--quiet` does not drop it. */
  readonly hasHeartbeats: boolean;
  /** Whether it draws transfers again and again, so that one that no longer matches must be taken away. */
  readonly isRedrawn: boolean;
  open(context: ViewContext): View | Promise<View>;
}

const format = <const F extends Format>(given: F): F => given;

/** Every output format, by the name of its option. */
export const FORMATS = {
  json: format({
    flags: '--json',
    about: 'records, one per line (NDJSON)',
    notes: 'trouble',
    hasHeartbeats: true,
    isRedrawn: false,
    open: ({ out }: StreamContext) => new JsonView(out),
  }),
  format: format({
    flags: '--format <template>',
    about: "a line per transfer record, by a template: '{time} {status:10} {name:.40} {size:bytes}'",
    notes: 'all',
    hasHeartbeats: false,
    isRedrawn: false,
    open: ({ out, look, template, isListing }: StreamContext) => {
      if (template === null) throw new Error('no template was read');
      return template.view(out, look, isListing);
    },
  }),
  plain: format({
    flags: '--plain',
    about: 'plain lines, on a terminal too',
    notes: 'all',
    hasHeartbeats: false,
    isRedrawn: false,
    open: ({ out, ...options }: StreamContext) => new LinesView(out, options),
  }),
  none: format({
    flags: null,
    about: 'nothing, as stdout has the recording',
    notes: 'all',
    hasHeartbeats: false,
    isRedrawn: false,
    open: (): View => ({ show: () => {}, close: async () => {} }),
  }),
  table: format({
    flags: null,
    about: 'a table, on a terminal',
    notes: 'none',
    hasHeartbeats: true,
    isRedrawn: true,
    open: async (context: ViewContext) => {
      // The table is a large part of the program, which records and lines do without.
      const { TableView } = await import('../screen/table-view.js');
      const { notify, columns = null } = context.output;
      return new TableView({ ...context, notify, columns: { asked: columns, isWide: context.isWide } });
    },
  }),
};

export type FormatName = keyof typeof FORMATS;

/** Formats that an option asks for. */
export type FormatOption = {
  [Name in FormatName]: (typeof FORMATS)[Name]['flags'] extends null ? never : Name;
}[FormatName];

/** What the option of a format gives: a text where it takes one. */
export type FormatValue<Name extends FormatOption> =
  (typeof FORMATS)[Name]['flags'] extends `${string}<${string}` ? string : true;

/** The options that say how to show transfers. */
export type OutputOptions = TableOptions & {
  readonly [Name in FormatOption]?: FormatValue<Name> | undefined;
} & {
  /** `false` is `--no-color`. */
  readonly color: ColorFlag | false;
  /** Signs without Unicode. */
  readonly ascii?: boolean | undefined;
  readonly time?: TimeChoice;
  /** Whether peers are shown with their ids. */
  readonly wide?: boolean | undefined;
  /** `false` where notes on stderr have no time. */
  readonly timestamps?: boolean | undefined;
  /** Whether only what is there now is shown. */
  readonly once?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly debug?: boolean | undefined;
};

/** The format that an option asks for, else a table on a terminal, else lines. */
export function chooseFormat(
  options: OutputOptions,
  host: Pick<Host, 'env'> & {
    readonly [Stream in 'stdin' | 'stdout' | 'stderr']: { readonly isTTY?: boolean };
  },
): FormatName {
  const asked = FORMAT_OPTIONS.find((name) => options[name] !== undefined);
  if (asked !== undefined) return asked;
  const { stdout, stderr, stdin, env } = host;
  const canDraw = stdout.isTTY === true && stdin.isTTY === true && env['TERM'] !== 'dumb';
  // Frames on stderr would tear the table apart if both are the same terminal.
  const isTorn = options.debug === true && stderr.isTTY === true;
  return canDraw && !isTorn ? 'table' : 'plain';
}

/**
 * Reads what `--format` asks for; `null` where it is not given. Commands do so before they open anything. Expressions
 * are only loaded for it.
 * @throws PlacedError
 */
export async function readTemplate({
  format: source,
}: Pick<OutputOptions, 'format'>): Promise<Template | null> {
  if (source === undefined) return null;
  const { compileTemplate } = await import('../output/template.js');
  return fromOption('--format', () => compileTemplate(source));
}

export const FORMAT_OPTIONS: readonly FormatOption[] = Object.keys(FORMATS).filter(isFormatOption);

function isFormatOption(name: string): name is FormatOption {
  return Object.hasOwn(FORMATS, name) && FORMATS[name as FormatName].flags !== null;
}

/** What puts its time before each note on stderr; beside the table, which has times of its own, notes have none. */
export function stampFor(
  options: Pick<OutputOptions, 'time' | 'timestamps'> & Parameters<typeof chooseFormat>[0],
  host: Parameters<typeof chooseFormat>[1],
): Stamp {
  const isBesideTable = FORMATS[chooseFormat(options, host)].notes === 'none';
  return noteStamp(isBesideTable ? { timestamps: false } : options);
}

/** What stderr reports of a notice. */
interface Note {
  readonly text: string;
  /** Whether something is missing from what was asked for: `--quiet` does not keep that back. */
  readonly isError: boolean;
}

/** What stderr reports of a notice beside the view; `null` for nothing. Of all else the view alone reports. */
export function noteFor(
  { notes }: Pick<Format, 'notes'>,
  notice: LinkNotice | WarningNotice,
  room: string | null,
): Note | null {
  if (notes === 'none') return null;
  const isTrouble = notice.kind === 'warning' || (notice.kind === 'link' && notice.link.state === 'waiting');
  const text = notes === 'all' || isTrouble ? noteOf(notice, room) : null;
  return text === null ? null : { text, isError: notice.kind === 'warning' && ERRORS.has(notice.code) };
}

const ERRORS: ReadonlySet<string> = new Set(['listing-failed', 'recording-failed', 'hooks-dropped']);

/** Colors and signs, as the options, the environment and the terminal have them. */
export function lookFor(
  { color, ascii, time }: Pick<OutputOptions, 'color' | 'ascii' | 'time'>,
  host: Host,
): Look {
  const isColored = wantsColor(color === false ? 'never' : color, host.env, host.stdout.isTTY === true);
  return lookOf({ color: isColored, ascii, time }, host);
}
