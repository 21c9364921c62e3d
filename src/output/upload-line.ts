import type { Pace } from '../transfers/rate.js';
import { etaSeconds } from '../transfers/rate.js';
import { formatBytes, formatEta, formatRate } from './format.js';
import { safeText } from './text.js';
import { displayWidth, fitWidth, middleEllipsis } from './width.js';

/** How far an upload has come, in at most `columns`; the name gives way first. */
export function uploadLine(name: string, pace: Pace, size: number, columns: number): string {
  const { progress, bytes, bytesPerSecond } = pace;
  const eta = etaSeconds(pace, size);
  const left = eta === null || bytes === size ? '' : `  ${formatEta(eta)} left`;
  const rate = bytesPerSecond === null ? '' : `  ${formatRate(bytesPerSecond)}`;
  const facts = `${progress ?? 0}%  ${formatBytes(bytes)} of ${formatBytes(size)}${rate}${left}`;
  const room = columns - displayWidth(facts) - 2;
  return room < 1 ? fitWidth(facts, columns) : `${middleEllipsis(safeText(name), room)}  ${facts}`;
}
