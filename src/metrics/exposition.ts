import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Metric, metricsOf, type Uses } from './metric-list.js';
import type { Tally } from './tally.js';

/** The tally as Prometheus text. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

export function makeExposition(tally: Tally, uses: Uses, version: string): Exposition {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const metric of metricsOf(tally, uses, version)) register(metric, registry);
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

/** Values are taken when somebody looks, so that counting costs nothing but an addition. */
function register({ type, name, help, labels, samples }: Metric, registry: Registry): void {
  const options = { name, help, labelNames: labels, registers: [registry] };
  const fill = (set: (labels: Record<string, string>, value: number) => void) => {
    for (const [value, ...values] of samples()) {
      set(Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ''])), value);
    }
  };
  if (type === 'gauge') {
    const gauge: Gauge = new Gauge({
      ...options,
      collect: () => {
        gauge.reset();
        fill((named, value) => gauge.set(named, value));
      },
    });
    return;
  }
  const counter: Counter = new Counter({
    ...options,
    collect: () => {
      counter.reset();
      fill((named, value) => counter.inc(named, value));
    },
  });
}
