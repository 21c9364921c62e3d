import { describeFault } from './room/faults.js';

/** Why a file can't be used, in words. */
export function fileFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return FAULTS.get(code) ?? describeFault(error);
}

const FAULTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'this user may not'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['ENOSPC', 'no space is left on the device'],
]);
