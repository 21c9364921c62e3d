import type { PlacedError } from '../errors.js';
import type { Look } from '../output/look.js';
import { formatAge, formatBytes } from '../output/text.js';
import { displayWidth, fitWidth, line, middleEllipsis, type Piece, spaced, spread } from '../output/width.js';
import type { Playback } from '../recording/player.js';
import { windowOf } from '../terminal/line.js';
import { isolate, nameText, peerText, roomText } from './cell-text.js';
import { linkReason, unavailability } from './header.js';
import type { Layout, Model } from './model.js';

/** A sentence about what just happened stays this long. */
const FLASH_MS = 8_000;

/** The last line: a question or an input first, then what just happened, then where in the list we are. */
export function footer(model: Model, layout: Layout, now: number, look: Look): string {
  const { symbols, style } = look;
  const question = questionPieces(model, layout.width, look);
  if (question !== null) return line(question, layout.width, symbols.ellipsis);
  const left = spaced([
    paused(model, now, look),
    more(model, layout),
    event(model, now, look),
    arranged(model, look),
  ]);
  const alive = layout.tiny ? [] : quiet(model, now);
  const right = layout.tiny ? [] : [{ text: hint(model), paint: style.faint }];
  return spread(left.length > 0 ? left : alive, right, layout.width, symbols.ellipsis);
}

/** What is typed, as much of it as fits around the cursor, and the cursor's column; `null` where nothing is. */
export function fieldOf(
  { mode, rows }: Model,
  width: number,
  { text: shown, symbols, style }: Look,
): { readonly pieces: Piece[]; readonly cursorColumn: number } | null {
  if (mode.kind !== 'filter' && mode.kind !== 'condition') return null;
  const { text, cursor } = mode.line;
  const [before, after] = [shown(text.slice(0, cursor)), shown(text.slice(cursor))];
  const isFilter = mode.kind === 'filter';
  const count = isFilter ? `  ${rows.shown.length} found` : '';
  const frame = '/_'.length;
  const room = width - frame - (width < MIN_COUNT_COLUMNS ? 0 : count.length);
  const field = windowOf(before, after, room + (after === '' ? 1 : 0), symbols.ellipsis);
  const words = isFilter ? FILTER_HINT : CONDITION_HINT;
  const hint = displayWidth(field.text) + words.length <= room ? words : '';
  return {
    pieces: [
      { text: `${isFilter ? '/' : ':'}${field.text}`, paint: style.strong },
      { text: '_' },
      { text: `${count}${hint}`, paint: style.faint },
    ],
    cursorColumn: 1 + field.cursorColumn,
  };
}

/** What is wrong with a condition, with a mark below the place, where the cursor is. */
export function faultLine(
  { message, hint }: PlacedError,
  column: number,
  width: number,
  { symbols, style, text }: Look,
): string {
  const words = text(hint === null ? message : `${message} ${hint}`);
  const room = width - column - '^ '.length;
  // Where there is more room before the mark, the words end there.
  const [before, after] =
    displayWidth(words) <= room || room >= column
      ? [' '.repeat(column), ` ${words}`]
      : [`${fitWidth(words, column - 1, symbols.ellipsis)} `.padStart(column), ''];
  return line([{ text: `${before}^${after}`, paint: style.alarm }], width, symbols.ellipsis);
}

const FILTER_HINT = ' (Enter keeps, Esc leaves)';
const CONDITION_HINT = '  such as size > 5 * MB && !ended (Enter takes it, Esc leaves)';
/** On a narrower screen only the filter itself has room. */
const MIN_COUNT_COLUMNS = 24;

function questionPieces(model: Model, width: number, look: Look): Piece[] | null {
  const { mode } = model;
  const field = fieldOf(model, width, look);
  if (field !== null) return field.pieces;
  if (mode.kind !== 'confirm') return null;
  const { room, transfer } = mode.row;
  const verb = mode.decision === 'accept' ? 'Accept' : 'Reject';
  // The answer first, and no long name: both must be readable whatever a stranger calls a file.
  const name = middleEllipsis(nameText(transfer, look), Math.floor(width / 2), look.symbols.ellipsis);
  const size = formatBytes(transfer.size);
  const what = `${isolate(name)} (${size}) from ${isolate(peerText(transfer, look))}`;
  return [
    { text: `${verb}? y/n  `, paint: look.style.alarm },
    { text: `${whose(room, model, look)}${what}` },
  ];
}

function paused(model: Model, now: number, look: Look): Piece[] {
  const { style } = look;
  if (model.playback !== null) return playbackPieces(model.playback, now, look);
  return model.pausedAt === null ? [] : [{ text: 'PAUSED, p goes on', paint: style.alarm }];
}

/** How many rows have no room: `+12 more`, and how many are above. */
function more(model: Model, { rows }: Layout): Piece[] {
  if (model.mode.kind !== 'table') return [];
  const above = model.top;
  const below = Math.max(0, model.rows.shown.length - model.top - rows);
  const parts = [above > 0 ? `${above} above` : '', below > 0 ? `+${below} more` : ''].filter(Boolean);
  return parts.length === 0 ? [] : [{ text: parts.join(', ') }];
}

function event(model: Model, now: number, look: Look): Piece[] {
  const { flash } = model;
  if (flash !== null && now - flash.at < FLASH_MS) {
    const text = look.text(flash.text);
    if (flash.tone === 'plain') return [{ text }];
    const where = flash.room === undefined ? '' : whose(flash.room, model, look);
    return [{ text: `! ${where}${text}`, paint: look.style.alarm }];
  }
  // Without any rows the body says it at length.
  if (model.rows.size === 0) return [];
  for (const [room, state] of model.rooms) {
    const reason = linkReason(state);
    const sentence = reason === null ? unavailability(state) : look.text(reason);
    if (sentence !== null) {
      return [{ text: `! ${whose(room, model, look)}${sentence}`, paint: look.style.alarm }];
    }
  }
  return [];
}

/** Which Room a sentence is about, where there are several. */
function whose(room: string, model: Model, look: Look): string {
  return model.rooms.size > 1 ? `${roomText(room, look)}: ` : '';
}

function arranged(model: Model, look: Look): Piece[] {
  const { sort, filter, where, hideEnded } = model.rows.arrangement;
  const parts: string[] = [];
  if (filter !== '') parts.push(`filter "${look.text(filter)}"`);
  if (where !== null) parts.push(`where ${look.text(where.source)}`);
  if (sort !== 'activity') parts.push(`by ${sort}`);
  if (hideEnded) parts.push('ended hidden');
  return parts.length === 0 ? [] : [{ text: parts.join(', '), paint: look.style.notice }];
}

/** Where nothing moves the screen must not look dead. */
function quiet(model: Model, now: number): Piece[] {
  if (model.rows.count('processing') > 0 || model.rows.size === 0) return [];
  const times = [...model.rooms.values()].flatMap(({ link, aliveAt }) =>
    link.state === 'live' && aliveAt !== null ? [aliveAt] : [],
  );
  if (times.length === 0) return [];
  return [{ text: `Quiet; last sign of life ${formatAge(now - Math.max(...times))} ago` }];
}

function hint(model: Model): string {
  if (model.mode.kind === 'columns') return 'Space show or hide  J K move  d usual ones  Esc back';
  return model.mode.kind === 'table' ? '? help  q quit' : 'Esc back';
}

/** Where in the recording we are, and what goes on: `Playing 10x, 2022-07-31 16:17:03 UTC`. */
function playbackPieces(
  { state, speed, startsAt, endsAt }: Playback,
  now: number,
  { style, times }: Look,
): Piece[] {
  const time = times.exact(now).replace('T', ' ').replace(/\.\d+/, ' ').replace('Z', 'UTC');
  const place = positionText(now, startsAt, endsAt);
  switch (state) {
    case 'playing':
      return [{ text: `Playing ${speed === 'max' ? 'at full speed' : `${speed}x`}, ${place}${time}` }];
    case 'paused':
      return [
        { text: 'PAUSED, Space plays on, Right steps', paint: style.alarm },
        { text: `  ${place}${time}` },
      ];
    case 'ended':
      return [{ text: 'END OF THE RECORDING', paint: style.alarm }, { text: `  ${time}` }];
  }
}

/** `0:12 of 3:40, `, where the recording has times; without its total where that is not known. */
function positionText(now: number, startsAt: number | null, endsAt: number | null): string {
  if (startsAt === null) return '';
  const place = clock(now - startsAt);
  return endsAt === null ? `${place}, ` : `${place} of ${clock(Math.max(now, endsAt) - startsAt)}, `;
}

/** `3:40`, `1:02:03`. */
function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
