import { type Command, Option } from 'commander';
import type { ListenAddress } from '../metrics/server.js';
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
