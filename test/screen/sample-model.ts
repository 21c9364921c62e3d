import { stripVTControlCharacters } from 'node:util';
import { makeLook } from '../../src/output/look.js';
import { displayWidth, fitWidth } from '../../src/output/width.js';
import type { Link } from '../../src/room/entry.js';
import { applyNotice, initialModel, type Model, type Size } from '../../src/screen/model.js';
import { prepare, view } from '../../src/screen/view.js';
import type { Transfer } from '../../src/transfers/transfer.js';
import { changeOf, inStatus, makeTransfer, NOW } from './sample.js';

export const ROOM = '10.0.0.5';
export const PLAIN = makeLook({ color: false, unicode: true });
export const LIVE: Link = { state: 'live', attempt: 1 };

const ESC = '\x1b';
const STARTED_AT = NOW - 60_000;

/** A model that has been told of one live Room and these transfers, in this order. */
export function modelWith(transfers: readonly Transfer[], link: Link = LIVE): Model {
  const start = applyNotice(initialModel(STARTED_AT, [ROOM]), { kind: 'link', at: NOW - 3_000, link }, ROOM);
  return transfers.reduce((model, transfer) => applyNotice(model, changeOf(transfer), ROOM), start);
}

/** One transfer in each state a person may meet, with names that are hard to draw. */
export function sampleTransfers(): Transfer[] {
  const minute = 60;
  return [
    makeTransfer({ id: 'a', name: 'quarterly-report-2024-final-approved.pdf' }),
    makeTransfer({
      id: 'b',
      name: '日本語の資料.docx',
      direction: 'outbound',
      progressAt: NOW - 9_000,
      path: [{ status: 'processing', at: NOW - 70_000 }],
    }),
    inStatus('waiting', 12, {
      id: 'c',
      name: '👨‍👩‍👧‍👦 family.heic',
      peer: { id: '820_1@some.server', name: '820_1' },
    }),
    inStatus('waiting', 75, {
      id: 'd',
      name: 'slides.pptx',
      direction: 'outbound',
      peer: null,
      conferenceId: '4567@some.server',
    }),
    inStatus('complete', 5 * minute, {
      id: 'e',
      name: 'e\u0301te\u0301.txt',
      size: 3_200,
      path: [
        { status: 'waiting', at: NOW - 315_000 },
        { status: 'processing', at: NOW - 303_000 },
        { status: 'complete', at: NOW - 300_000 },
      ],
    }),
    inStatus('failed', 6 * minute, { id: 'f', name: 'evil\x1b[2J\r\n.exe', progress: 31 }),
    inStatus('rejected', 7 * minute, { id: 'g', name: null, peer: null, size: null }),
    inStatus('unknown', 8, { id: 'h', name: 'שלום.pdf', statusCode: 7, size: 0 }),
  ];
}

/** The screen as a person reads it: without isolates, and without spaces at the ends of lines. */
export function screen(model: Model, size: Size, look = PLAIN): string {
  return view(prepare(model, size, NOW, look), size, NOW, look)
    .map(plainLine)
    .join('\n');
}

/** What a terminal shows that draws everything as wide as it is counted here. */
export function plainLine(line: string): string {
  let shown = '';
  for (const part of line.split(MOVE_START)) {
    const [, column, text = ''] = MOVED.exec(part) ?? [];
    if (column === undefined) {
      shown += stripVTControlCharacters(part);
      continue;
    }
    const start = Number(column) - 1;
    const kept = fitWidth(shown, start, '');
    const written = kept + ' '.repeat(start - displayWidth(kept)) + stripVTControlCharacters(text);
    // What stood farther right stays, as on a terminal.
    const rest = displayWidth(shown) - displayWidth(written);
    shown = rest > 0 ? written + shown.slice(-rest) : written;
  }
  return shown.replace(ISOLATES, '').trimEnd();
}

const ISOLATES = /[\u2068\u2069]/g;
/** A move to a column, as against the colours, ends in `G`. */
const MOVE_START = new RegExp(`${ESC}\\[(?=\\d+G)`);
const MOVED = /^(\d+)G(.*)$/s;
