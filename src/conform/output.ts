import type { Style, Symbols } from '../output/look.js';
import { safeText } from '../output/text.js';
import { isoTime, RECORD_VERSION } from '../records/line.js';
import type { RecordBase } from '../records/types.js';
import type { FieldShape, Finding, MessageReport, Report } from './report.js';

/** What the records of a report have; `room` is `null` where it is to be shared. */
interface ReportRecordBase extends Omit<RecordBase, 'room'> {
  readonly room: string | null;
}

/** The messages of one name. */
export interface MessageRecord extends ReportRecordBase, Omit<MessageReport, 'isDocumented' | 'findings'> {
  readonly type: 'message';
  readonly documented: boolean;
}

/** One thing that is not as documented. */
export interface FindingRecord extends ReportRecordBase, Finding {
  readonly type: 'finding';
}

/** What it all comes to. */
export interface ConformRecord extends ReportRecordBase {
  readonly type: 'conform';
  readonly ok: boolean;
  readonly frames: number;
  /** Kinds of messages. */
  readonly messages: number;
  readonly findings: number;
  readonly milliseconds: number | null;
  /** What made the report. */
  readonly program: string;
}

export type AnyConformRecord = MessageRecord | FindingRecord | ConformRecord;

export interface About {
  readonly at: number;
  /** What the report is about; `null` where it is to be shared. */
  readonly room: string | null;
  readonly program: string;
}

/** A report as records: the messages, the findings, and last what it all comes to. */
export function conformRecords(report: Report, { at, room, program }: About): readonly AnyConformRecord[] {
  const base = { v: RECORD_VERSION, time: isoTime(at), room } as const;
  return [
    ...report.messages.map(
      ({ kind, name, isDocumented: documented, count, omitted, fields, refusals }): MessageRecord => {
        return { type: 'message', ...base, kind, name, documented, count, omitted, fields, refusals };
      },
    ),
    ...report.findings.map((one): FindingRecord => {
      const { finding, kind, name, field, expected, got, count } = one;
      return { type: 'finding', ...base, finding, kind, name, field, expected, got, count };
    }),
    {
      type: 'conform',
      ...base,
      ok: report.findings.length === 0,
      frames: report.frames,
      messages: report.messages.length,
      findings: report.findings.length,
      milliseconds: report.milliseconds,
      program,
    },
  ];
}

/** A report for people: what came, what is not as documented, and the shapes of that. Text from the Room is made safe. */
export function conformLines(
  report: Report,
  { room, program }: About,
  style: Style,
  symbols: Symbols,
): readonly string[] {
  const { frames, milliseconds, messages, findings } = report;
  const time = milliseconds === null ? '' : ` in ${Math.round(milliseconds / 100) / 10} s`;
  const of = room === null ? '' : ` of ${safeText(room)}`;
  const odd = messages.filter((one) => one.findings.length > 0);
  return [
    style.faint(`${frames} ${frames === 1 ? 'frame' : 'frames'}${of}${time}, by ${program}`),
    ...messageTable(messages, style),
    ...findings.map((finding) => `${style.alarm(symbols.alarm)} ${inWords(finding)}`),
    ...(odd.length === 0 ? [] : [style.strong('Shapes of messages that are not as documented:')]),
    ...odd.flatMap(shapeLines),
    findings.length === 0
      ? style.good('Conforms: nothing to report.')
      : style.alarm(`${findings.length === 1 ? 'One thing' : `${findings.length} things`} to report.`),
  ];
}

function messageTable(messages: readonly MessageReport[], style: Style): readonly string[] {
  if (messages.length === 0) return [];
  const names = messages.map(({ name }) => safeText(name, MAX_NAME_UNITS));
  const width = Math.max('message'.length, ...names.map(({ length }) => length));
  return [
    style.strong(
      `${'kind'.padEnd(KIND_COLUMNS)}${'message'.padEnd(width)}  ${'came'.padStart(COUNT_COLUMNS)}`,
    ),
    ...messages.map((message, nth) => {
      const { kind, count } = message;
      const name = (names[nth] ?? '').padEnd(width);
      const remarks = remarksOn(message).join('; ');
      const row = `${kind.padEnd(KIND_COLUMNS)}${name}  ${String(count).padStart(COUNT_COLUMNS)}`;
      return remarks === '' ? row : `${row}  ${remarks}`;
    }),
  ];
}

function remarksOn({ isDocumented, omitted, count, refusals }: MessageReport): readonly string[] {
  return [
    ...(isDocumented ? [] : ['not documented']),
    ...(omitted === 0
      ? []
      : [omitted === count ? 'only its size is there' : `of ${omitted} only the size is there`]),
    ...refusals.map((refusal) => {
      const words = refusal.error === null ? 'without a reason' : `"${safeText(refusal.error)}"`;
      const code = refusal.code === null ? '' : ` (code ${refusal.code})`;
      return `refused ${words}${code}${times(refusal.count)}`;
    }),
  ];
}

/** One sentence for each finding. */
function inWords({ finding, kind, name: given, field: path, expected, got, count }: Finding): string {
  const name = safeText(given, MAX_NAME_UNITS);
  const field = `${kind} ${name}: ${safeText(path ?? '', MAX_NAME_UNITS)}`;
  switch (finding) {
    case 'absent':
      return `${field} is absent${expected === 'any' ? '' : `, expected ${expected}`}${times(count)}`;
    case 'extra':
      return `${field} is not documented, and is ${got}${times(count)}`;
    case 'type':
      return `${field} is ${got}, expected ${expected}${times(count)}`;
    case 'unit':
      return `${field} is in ${got}, expected ${expected}${times(count)}`;
    case 'value':
      return `${field} is ${got}, expected ${expected}${times(count)}`;
    case 'unknown-event':
      return `event ${name} is not documented${times(count)}`;
    case 'unknown-method':
      return `an answer to ${name} came, a method that is not documented${times(count)}`;
    case 'unanswered':
      return `request ${name} was not answered${times(count)}`;
    case 'frame':
      return `a frame is not a message: ${name}${times(count)}`;
  }
}

function times(count: number): string {
  return count === 1 ? '' : ` (${count} times)`;
}

function shapeLines({ kind, name, fields }: MessageReport): readonly string[] {
  const names = fields.map(({ field }) => safeText(field, MAX_NAME_UNITS));
  const width = Math.max(0, ...names.map(({ length }) => length));
  return [
    `  ${kind} ${safeText(name, MAX_NAME_UNITS)}`,
    ...fields.map((field, nth) => `    ${(names[nth] ?? '').padEnd(width)}  ${sizeInWords(field)}`),
  ];
}

function sizeInWords({ type, count, least, most }: FieldShape): string {
  const unit = SIZE_UNITS[type];
  if (unit === undefined) return `${type}${times(count)}`;
  const size = least === most ? least : `${least} to ${most}`;
  return `${type}, ${size} ${most === 1 ? unit : `${unit}s`}${times(count)}`;
}

const SIZE_UNITS: Readonly<Partial<Record<FieldShape['type'], string>>> = {
  text: 'character',
  integer: 'digit',
  number: 'whole digit',
  list: 'row',
  object: 'field',
};
const KIND_COLUMNS = 8;
const COUNT_COLUMNS = 6;
const MAX_NAME_UNITS = 80;
