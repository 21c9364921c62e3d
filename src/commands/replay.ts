import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { isChange } from '../monitor/monitor.js';
import type { Template } from '../output/template.js';
import { openRecordings, type Recordings } from '../recording/open.js';
import { Player } from '../recording/player.js';
import { chooseFormat, FORMATS, readTemplate, stampFor } from '../watch/formats.js';
import { ReplayFeed } from '../watch/replay-feed.js';
import { Show } from '../watch/show.js';
import type { OptionsOf } from './command-options.js';
import { readAutomation } from './long-running.js';
import { debugTap, skippedNote } from './printer.js';
import { choicesOf } from './watch.js';

type ReplayOptions = OptionsOf<'replay'>;

/**
 * Plays recordings, or messages of a Room one per line, through the views of a watch.
 * @param paths files and folders; `-` alone is stdin
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function replay(paths: readonly string[], options: ReplayOptions, host: Host): Promise<number> {
  const template = await readTemplate(options);
  const recordings = await openRecordings(paths, host.stdin, host.signal);
  try {
    reportSkipped(recordings, options, host);
    if (!paths.includes('-')) return await show(recordings, options, template, host);
    const keys = openKeys(host);
    try {
      const where = keys === null ? host : { ...host, stdin: keys };
      return await show(recordings, keys === null ? { ...options, plain: true } : options, template, where);
    } finally {
      keys?.destroy();
    }
  } finally {
    recordings.close();
  }
}

function reportSkipped(recordings: Recordings, options: ReplayOptions, host: Host): void {
  const note = skippedNote(recordings);
  if (note !== null && options.quiet !== true) host.stderr.write(`${stampFor(options, host)(note)}\n`);
}

async function show(
  recordings: Recordings,
  options: ReplayOptions,
  template: Template | null,
  host: Host,
): Promise<number> {
  const { recorded, label } = recordings;
  const format = chooseFormat(options, host);
  const isTable = FORMATS[format].isRedrawn;
  const endsAt = isTable ? await recordings.endsAt() : null;
  const player = new Player(options.speed ?? (isTable ? 1 : 'max'), recorded?.time ?? null, endsAt);
  const choices = await choicesOf(options, 1);
  const shown = new Show({
    format,
    output: options,
    template,
    host,
    labels: recorded === null ? [label] : recorded.rooms,
    ...choices,
    timeoutMs: null,
    keep: options.keep,
    automate: await readAutomation(options, host),
    player,
  });
  const { until } = options;
  const feed = new ReplayFeed({
    label,
    source: recordings,
    player,
    monitor: { keep: options.keep, keepsDetails: isTable },
    rooms: recorded?.rooms ?? null,
    isChange: (notice, room) =>
      isChange(notice)
        ? notice.kind !== 'progress' && choices.selection?.takes(notice, room) !== false
        : notice.kind !== 'heartbeat',
    stays: isTable,
    listsFirst: options.once !== true,
    endsAs: until === undefined ? null : unmet(recordings, until),
    taps: options.debug === true ? [debugTap(shown.err)] : [],
  });
  return shown.run([feed]);
}

/** The terminal's keys where stdin is a pipe; `null` where there is no terminal to press them on. */
function openKeys({ stdin, stdout, platform }: Host): ReadStream | null {
  if (stdin.isTTY || !stdout.isTTY || platform === 'win32') return null;
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return null;
  }
}

function unmet({ subject }: Recordings, until: string): TrueConfFilesError {
  return new TrueConfFilesError('lost', `${subject} ended before --until ${until} was reached.`);
}
