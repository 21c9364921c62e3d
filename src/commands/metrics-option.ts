import { type Command, Option } from 'commander';
import type { Uses } from '../metrics/metric-list.js';
import type { Metrics } from '../metrics/metrics.js';
import type { ListenAddress } from '../metrics/server.js';
import { VERSION } from '../version.js';
import type { Host } from './host.js';
import { parseListenAddress } from './parsers.js';

export interface MetricsOptions {
  readonly metrics?: ListenAddress;
  readonly quiet?: boolean;
}

export function addMetricsOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--metrics <address>',
      'serve Prometheus metrics and /healthz: HOST:PORT, or PORT for 127.0.0.1',
    ).argParser(parseListenAddress),
  );
}

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
