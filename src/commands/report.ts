import { fromOption, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import type { Template } from '../output/template.js';
import { safeText } from '../output/text.js';
import { toLine } from '../records/line.js';
import { type Choice, Chosen, factsOfOutcome, gapsWithin } from '../report/choose.js';
import { Intake } from '../report/intake.js';
import { type Clock, readMoment } from '../report/moment.js';
import { groupRecord, outcomeRecord } from '../report/record.js';
import { type Gap, Rows } from '../report/rows.js';
import { groupSheet, outcomeSheet } from '../report/sheet.js';
import { groupBy } from '../report/summary.js';
import { summaryLines } from '../report/text.js';
import { Zone } from '../report/zone.js';
import { expressionOf } from '../rules/filter.js';
import { lookFor, readTemplate } from '../watch/formats.js';
import type { OptionsOf } from './command-options.js';
import { keepHeapSmallest } from './long-running.js';
import { Printer } from './printer.js';
import { readSources } from './report-sources.js';

type ReportOptions = OptionsOf<'report'>;

/**
 * Reports what became of each transfer in recordings, records, the stream of a relay, or Rooms.
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function report(
  sources: readonly string[],
  options: ReportOptions,
  host: Host,
): Promise<number> {
  keepHeapSmallest();
  const template = await readTemplate(options);
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const zone = new Zone(options.utc === true ? 'UTC' : timeZone);
  const choice = choiceOf(options, { now: Date.now(), zone });
  const isSheet = options.csv === true || options.tsv === true;
  if (options.bom === true && !isSheet) {
    const message = '--bom belongs to --csv or --tsv.';
    throw new TrueConfFilesError('usage', message, 'Give one of them, or leave --bom out.');
  }
  const rows = new Rows();
  const intake = new Intake(rows);
  const exitCode = await readSources(sources, rows, intake, options, host);
  const printer = new Printer(options, host);
  try {
    noteUnread(intake, printer);
    const outcomes = new Chosen(rows, choice);
    if (rows.size > 0 && outcomes.count === 0) printer.note(`none of the ${rows.size} transfers matches`);
    let units = 0;
    for (const text of written(outcomes, gapsWithin(rows, choice), zone, options, printer, template, host)) {
      printer.out.write(text);
      units += text.length;
      if (units < ENOUGH_UNITS) continue;
      // What a slow reader has not taken is not piled up.
      await printer.flush();
      units = 0;
    }
  } finally {
    await printer.close();
  }
  return exitCode;
}

/** @throws TrueConfFilesError `usage` */
function choiceOf(options: ReportOptions, clock: Clock): Choice {
  const condition = expressionOf({ ...options, statuses: options.status });
  const moment = (option: string, text: string | undefined, which: 'first' | 'last') =>
    text === undefined ? null : fromOption(option, () => readMoment(text, clock, which));
  const since = moment('--since', options.since, 'first');
  const until = moment('--until-time', options.untilTime, 'last');
  if (since !== null && until !== null && since >= until) {
    const message = `--since ${options.since} is not before --until-time ${options.untilTime}.`;
    throw new TrueConfFilesError(
      'usage',
      message,
      'A day is its beginning: give the day after the last one.',
    );
  }
  return { since, until, condition };
}

function noteUnread({ unread, fault }: Intake, printer: Printer): void {
  if (fault === null) return;
  const what = unread === 1 ? '1 line could not be read' : `${unread} lines could not be read, the first:`;
  printer.note(`${what}${unread === 1 ? ':' : ''} ${safeText(fault)}`);
}

/** The report, in pieces of whole lines. */
function* written(
  outcomes: Chosen,
  gaps: readonly Gap[],
  zone: Zone,
  options: ReportOptions,
  { style }: Printer,
  template: Template | null,
  host: Host,
): Generator<string> {
  const { by = [], top, bom = false } = options;
  if (options.csv === true || options.tsv === true) {
    const sheet = { delimiter: options.csv === true ? ',' : '\t', bom, zone } as const;
    if (by.length === 0) yield* outcomeSheet(outcomes, sheet);
    else yield* groupSheet(groupBy(outcomes, by, zone), by, sheet);
  } else if (template !== null) {
    const look = lookFor({ ...options, time: options.utc === true ? 'utc' : 'local' }, host);
    for (const outcome of outcomes) yield `${template.fill(factsOfOutcome(outcome), look)}\n`;
  } else if (options.json === true) {
    if (by.length > 0) {
      for (const group of groupBy(outcomes, by, zone)) yield toLine(groupRecord(group, by));
    } else {
      for (const outcome of outcomes) yield toLine(outcomeRecord(outcome));
    }
  } else {
    for (const line of summaryLines(outcomes, gaps, { zone, style, top, by })) yield `${line}\n`;
  }
}

/** As much as is written before the reader is waited for. */
const ENOUGH_UNITS = 262_144;
