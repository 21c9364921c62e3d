import { Stay, type Visit } from '../visit/stay.js';
import { AbortError } from './abort-error.js';
import { type ConnectOptions, toWatcherOptions } from './connect-options.js';

/**
 * Signs in to a Room, does what is to be done there, and leaves.
 * @throws TrueConfFilesError; AbortError where the signal is aborted
 */
export async function visit<T>(
  address: string,
  options: ConnectOptions,
  act: (visit: Visit) => Promise<T>,
): Promise<T> {
  const { signal = new AbortController().signal } = options;
  const stay = new Stay({ ...toWatcherOptions(address, options), onEntry: () => {}, onNotice: () => {} });
  try {
    return await stay.run(act, signal);
  } catch (error) {
    throw signal.aborted ? new AbortError(signal.reason) : error;
  }
}
