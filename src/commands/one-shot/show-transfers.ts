import { LinesView } from '../../output/lines.js';
import { toRecord } from '../../output/record.js';
import { makeLook } from '../../output/screen/look.js';
import { supportsUnicode } from '../../output/symbols.js';
import { transferTable } from '../../output/transfer-table.js';
import { asSeen } from '../../transfers/as-seen.js';
import type { Transfer } from '../../transfers/transfer.js';
import type { Host } from '../host.js';
import { usesColor } from '../watch/choose-view.js';
import type { OutputOptions } from '../watch/options.js';
import type { AtRoom } from './at-room.js';

export interface ShowOptions extends OutputOptions {
  readonly plain?: boolean;
}

/** Writes transfers as they are now: as records, as a table on a terminal, else as lines. */
export function showTransfers(
  transfers: readonly Transfer[],
  { label, printer }: Pick<AtRoom, 'label' | 'printer'>,
  options: ShowOptions,
  host: Host,
): void {
  const at = Date.now();
  if (transfers.length === 0) return;
  const { stdout, env, platform } = host;
  if (printer.isJson) {
    for (const transfer of transfers) printer.record(toRecord(asSeen(transfer, at), label));
  } else if (stdout.isTTY && options.plain !== true && env['TERM'] !== 'dumb') {
    const look = makeLook({ color: usesColor(options, host), unicode: supportsUnicode(env, platform) });
    // Some terminals say that they have neither rows nor columns.
    const { columns, rows } = { columns: stdout.columns || 80, rows: stdout.rows || 24 };
    const room = { columns, rows: Math.max(1, rows - LINES_BESIDE_ROWS) };
    const { lines, hidden } = transferTable(transfers, { ...room, now: at, look });
    for (const line of lines) printer.line(line);
    if (hidden > 0) printer.note(`${look.symbols.ellipsis}and ${hidden} more; --plain lists all of them`);
  } else {
    const view = new LinesView(printer.out, { style: printer.style, nameRooms: false });
    for (const transfer of transfers) view.show(asSeen(transfer, at), label);
  }
}

/** Titles, rule, the count of what is hidden, and the shell's next prompt. */
const LINES_BESIDE_ROWS = 4;
