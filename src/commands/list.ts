import { EXIT } from '../errors.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { makeFilter } from '../transfers/filter.js';
import { incomplete } from '../visit/visit.js';
import { atRoom, showTransfers } from './at-room.js';
import type { OptionsOf } from './command-options.js';

/** What a Room holds now, once. Gives the exit code. */
export function list(given: string | undefined, options: OptionsOf<'list'>, host: Host): Promise<number> {
  const filter = makeFilter({ ...options, statuses: options.status });
  return atRoom(given, options, host, 'list 10.0.0.5', async (at) => {
    const { label, ledger, listingFaults, printer } = at;
    const held = [...ledger.values()];
    const wanted = filter === null ? held : held.filter(filter);
    showTransfers(wanted, at, options, host);
    // Never "empty" for "failed".
    if (listingFaults.length > 0) throw incomplete(label, listingFaults);
    if (held.length === 0) printer.note(`${safeText(label)} holds no file requests`);
    else if (wanted.length === 0) printer.note(`none of the ${held.length} file requests matches`);
    return EXIT.done;
  });
}
