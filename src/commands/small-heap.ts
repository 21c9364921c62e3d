import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 look for garbage once the heap has grown by half. By itself it waits until there is up to four times as much as
 * is in use, and a watch goes on for days beside other programs.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
