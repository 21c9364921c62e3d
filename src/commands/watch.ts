import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { Selection } from '../rules/filter.js';
import { Endings } from '../watch/endings.js';
import { type FeedContext, metricsTap } from '../watch/feed.js';
import { chooseFormat } from '../watch/formats.js';
import { prepareRecording } from '../watch/recording.js';
import { Show } from '../watch/show.js';
import { readAutomation } from './automate.js';
import type { OptionsOf, WatchChoices } from './command-options.js';
import { askSecret, canAsk } from './credentials.js';
import { keepHeapSmall, openMetrics } from './long-running.js';
import { debugTap } from './printer.js';
import { openTargets } from './targets.js';

/**
 * Watches Rooms until it has done what was asked for, a signal comes, or no Room is left to watch.
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function watch(
  given: readonly string[],
  options: OptionsOf<'watch'>,
  host: Host,
): Promise<number> {
  keepHeapSmall();
  const automate = await readAutomation(options, host);
  const { all: targets, useNats, close } = await openTargets(given, options, host);
  const labels = targets.map(({ label }) => label);
  let metrics: Awaited<ReturnType<typeof openMetrics>> = null;
  try {
    metrics = await openMetrics(options, { nats: useNats, relay: false }, host);
    const startRecording =
      options.record === undefined ? null : await prepareRecording(options.record, labels, host);
    const show = new Show({
      format: chooseFormat(options, host),
      output: options,
      host,
      labels,
      ...choicesOf(options, targets.length),
      timeoutMs: options.timeout ?? null,
      keep: options.keep,
      automate,
    });
    const recording = startRecording?.(show) ?? null;
    const context: FeedContext = {
      taps: [
        ...(metrics === null ? [] : [metricsTap(metrics.tally)]),
        ...(recording === null ? [] : [recording.tap]),
        ...(options.debug === true ? [debugTap(show.err)] : []),
      ],
      ask: canAsk(host)
        ? (room, signal) => show.ask(() => askSecret(`PIN or password of ${safeText(room)}: `, host, signal))
        : null,
    };
    try {
      return await show.run(targets.map((target) => target.feed(context)));
    } finally {
      await recording?.close();
    }
  } finally {
    await metrics?.close();
    await close();
  }
}

/** Which transfers are shown, and when that ends, as the options say. */
export function choicesOf(
  options: WatchChoices,
  feeds: number,
): { readonly selection: Selection; readonly endings: Endings } {
  const { once = false, count = null, until = null, id: ids = [], snapshot } = options;
  return {
    selection: new Selection({ ...options, statuses: options.status, ids: options.id }),
    endings: new Endings({ once, count, until, ids, snapshot, feeds }),
  };
}
