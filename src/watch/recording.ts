import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { createFile, Recorder } from '../recording/recorder.js';
import { VERSION } from '../version.js';
import type { Show } from './show.js';

/** A recording that is being made. */
export interface Recording {
  readonly recorder: Recorder;
  /** Writes what is left, and says in a note where it is and whether it is whole. */
  close(): Promise<void>;
}

/** Makes the file of a recording; `show` is told of trouble with it, and held back while it is slow. */
export type StartRecording = (show: Pick<Show, 'flow' | 'warn' | 'sayLast'>) => Recording;

/**
 * Makes the file before anything else happens.
 * @throws TrueConfFilesError `usage` where it exists, or can't be made
 */
export async function prepareRecording(
  path: string,
  rooms: readonly string[],
  host: Pick<Host, 'onLastResort'>,
): Promise<StartRecording> {
  const file = await createFile(path).catch((error: unknown) => {
    throw unusable(path, error);
  });
  return (show) => {
    let fault: unknown = null;
    const onFault = (error: unknown) => {
      fault = error;
      const what = `The recording "${path}" can't be written: ${fileFault(error)}.`;
      show.warn('recording-failed', `${what} The watch goes on without it.`);
    };
    const header = { time: Date.now(), program: `trueconf-files ${VERSION}`, rooms };
    const recorder = new Recorder(file, header, { ...show.flow.gate(), onFault });
    const takeBack = host.onLastResort(() => recorder.flushNow());
    return {
      recorder,
      close: async () => {
        await recorder.close();
        takeBack();
        await show.sayLast(
          fault === null
            ? `Recorded to "${safeText(path)}".`
            : `The recording "${safeText(path)}" is incomplete: ${fileFault(fault)}.`,
          fault !== null,
        );
      },
    };
  };
}

function unusable(path: string, error: unknown): TrueConfFilesError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EEXIST') {
    return new TrueConfFilesError(
      'usage',
      `The file "${path}" of --record exists already, and is not written over.`,
      'Give the name of a new file.',
    );
  }
  const why = code === 'ENOENT' ? 'its folder does not exist' : fileFault(error);
  return new TrueConfFilesError('usage', `The file "${path}" of --record can't be made: ${why}.`);
}
