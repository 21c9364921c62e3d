import { safeText } from '../../output/text.js';
import { readCredentials } from '../credentials.js';
import type { Host } from '../host.js';
import { askSecret, canAsk } from '../prompt.js';
import { chooseMode } from './choose-view.js';
import { writeDebug } from './debug.js';
import { Endings } from './endings.js';
import type { Feed, FeedHandlers } from './feed.js';
import type { WatchOptions } from './options.js';
import { RoomFeed } from './room-feed.js';
import { Selection } from './selection.js';
import { Show } from './show.js';
import { openTargets } from './targets.js';

/**
 * Watches Rooms until it has done what was asked for, a signal comes, or no Room is left to watch.
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function watch(given: readonly string[], options: WatchOptions, host: Host): Promise<number> {
  const credentials = await readCredentials(options, host);
  const { addresses, close } = await openTargets(given, options.demo === true, host);
  try {
    const show = new Show({
      mode: chooseMode(options, host),
      output: options,
      host,
      labels: addresses.map(({ label }) => label),
      selection: new Selection(options),
      endings: new Endings({
        once: options.once === true,
        count: options.count ?? null,
        until: options.until ?? null,
        ids: options.id ?? [],
        feeds: addresses.length,
      }),
      timeoutMs: options.timeout ?? null,
    });
    const makeFeed =
      (address: (typeof addresses)[number]) =>
      (handlers: FeedHandlers): Feed =>
        new RoomFeed(
          {
            address,
            credentials,
            role: options.role ?? null,
            heartbeatMs: options.heartbeat,
            // One Room that is down must not be given up while others are watched.
            wait: options.wait === true || (addresses.length > 1 && options.once !== true),
            reconnect: options.reconnect,
            takeover: options.takeover === true,
            askCredentials: canAsk(host) ? (signal) => ask(address.label, signal) : undefined,
            onEntry: (entry, room, redactor) => {
              if (options.debug) writeDebug(entry, room, redactor, show.err);
            },
          },
          handlers,
        );
    const ask = async (label: string, signal: AbortSignal) => {
      // Nobody can be asked once the table has the screen.
      if (show.hasScreen) return null;
      await show.err.flush();
      return askSecret(`PIN or password of ${safeText(label)}: `, host, signal);
    };
    return await show.run(addresses.map(makeFeed));
  } finally {
    await close();
  }
}
