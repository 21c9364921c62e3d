import { TrueConfFilesError } from '../errors.js';
import { type File, READABLE_HINT, subjectOf } from './find.js';
import type { Source } from './source.js';

/** Why a text can't be read as a recording; `null` where it can. */
export function faultOf(
  source: Source,
  file: File,
  { takesRecords, takesMessages }: { readonly takesRecords: boolean; readonly takesMessages: boolean },
): TrueConfFilesError | null {
  const fault = (what: string, hint: string) =>
    new TrueConfFilesError('usage', `${subjectOf(file)} ${what}.`, hint);
  const { beginning } = source;
  if (!source.isReadable) {
    const why = source.isJson ? 'none of its lines comes from a Room' : 'its lines are not JSON';
    return fault(`is not a recording: ${why}`, remedyFor(source));
  }
  if (beginning.kind === 'messages' && !takesMessages) {
    return fault('holds messages without times', "Record with 'trueconf-files watch --record FILE'.");
  }
  if (beginning.kind === 'records' && !takesRecords) {
    const what = "holds records of --json, which can't be played: the Room's frames are not in them";
    return fault(what, "Record with 'trueconf-files watch --record FILE'.");
  }
  if (beginning.kind !== 'newer') return null;
  const what = `is a recording of version ${beginning.version}, which this program can't read`;
  return fault(what, 'Play it with a newer version of trueconf-files.');
}

function remedyFor({ isArray, isJson }: Source): string {
  if (isArray) return `${READABLE_HINT} For JSON in an array: jq -c '.[]' FILE | trueconf-files replay -`;
  if (isJson) return READABLE_HINT;
  return `${READABLE_HINT} For JSON that is spread over lines: jq -c . FILE | trueconf-files replay -`;
}

export function noRecordings(paths: readonly string[], skipped: readonly string[]): TrueConfFilesError {
  const [only] = paths;
  const where = paths.length === 1 ? `The folder "${only}" holds` : 'The folders given hold';
  const files = skipped.length === 0 ? '' : `, only ${skipped.length} other files`;
  return new TrueConfFilesError('usage', `${where} no recordings${files}.`, READABLE_HINT);
}

/** @param path of a file of messages among recordings */
export function notAlone(path: string): TrueConfFilesError {
  const what = `"${path}" holds messages without times, which have no place among recordings.`;
  return new TrueConfFilesError('usage', what, 'Play it alone.');
}
