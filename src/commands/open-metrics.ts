import type { Uses } from '../metrics/metric-list.js';
import type { Metrics } from '../metrics/metrics.js';
import { VERSION } from '../version.js';
import type { Host } from './host.js';
import type { MetricsOptions } from './metrics-option.js';

/**
 * Serves metrics where they are asked for, and says where; `null` where they are not.
 * @throws TrueConfFilesError `usage` where nothing can listen at the address
 */
export async function openMetrics(options: MetricsOptions, uses: Uses, host: Host): Promise<Metrics | null> {
  if (options.metrics === undefined) return null;
  const { Metrics } = await import('../metrics/metrics.js');
  const metrics = await Metrics.open(options.metrics, uses, VERSION);
  if (options.quiet !== true) host.stderr.write(`metrics on ${metrics.url}/metrics\n`);
  return metrics;
}
