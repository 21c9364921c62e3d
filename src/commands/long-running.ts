import { setFlagsFromString } from 'node:v8';
import type { Host } from '../host.js';
import type { Uses } from '../metrics/metric-list.js';
import type { Metrics } from '../metrics/server.js';
import { VERSION } from '../version.js';
import type { MetricsOptions } from './command-options.js';

/**
 * Serves metrics where they are asked for, and says where; `null` where they are not.
 * @throws TrueConfFilesError `usage` where nothing can listen at the address
 */
export async function openMetrics(options: MetricsOptions, uses: Uses, host: Host): Promise<Metrics | null> {
  if (options.metrics === undefined) return null;
  const { Metrics } = await import('../metrics/server.js');
  const metrics = await Metrics.open(options.metrics, uses, VERSION);
  if (options.quiet !== true) host.stderr.write(`metrics on ${metrics.url}/metrics\n`);
  return metrics;
}

/**
 * Has V8 look for garbage once the heap has grown by half. By itself it waits until there is up to four times as much as
 * is in use, and a watch goes on for days beside other programs.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
