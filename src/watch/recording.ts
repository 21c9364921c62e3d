import { randomUUID } from 'node:crypto';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { createFile, Recorder, windowsNameFault } from '../recording/recorder.js';
import { VERSION } from '../version.js';
import type { Tap } from './feed.js';
import type { Show } from './show.js';

/** A recording in progress. */
export interface Recording {
  readonly tap: Required<Pick<Tap, 'entry'>>;
  /** Writes the rest, and notes where the file is and whether it is complete. */
  close(): Promise<void>;
}

/** Starts recording; trouble with the file is reported through `show`, which pauses while the file is slow. */
export type StartRecording = (show: Pick<Show, 'flow' | 'warn' | 'sayLast'>) => Recording;

/**
 * Creates the file before anything else happens.
 * @throws TrueConfFilesError `usage` if it exists already, or can't be created
 */
export async function prepareRecording(
  path: string,
  rooms: readonly string[],
  host: Pick<Host, 'onLastResort' | 'platform'>,
): Promise<StartRecording> {
  const wrong = host.platform === 'win32' ? windowsNameFault(path) : null;
  if (wrong !== null) {
    const message = `The file "${path}" of --record can't be made: ${wrong}.`;
    throw new TrueConfFilesError('usage', message, 'Give another name.');
  }
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
    const part = { id: randomUUID(), number: 1, held: 0 };
    const header = { time: Date.now(), program: `trueconf-files ${VERSION}`, rooms, part };
    const recorder = new Recorder(file, header, { ...show.flow.gate(), onFault });
    const takeBack = host.onLastResort(() => recorder.flushNow());
    return {
      tap: { entry: (entry, room, redactor) => recorder.take(entry, room, redactor) },
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
      `The file "${path}" of --record exists already and is never overwritten.`,
      'Give the name of a new file.',
    );
  }
  const why = code === 'ENOENT' ? 'its folder does not exist' : fileFault(error);
  return new TrueConfFilesError('usage', `The file "${path}" of --record can't be created: ${why}.`);
}
