import schema from '../../docs/records.schema.json' with { type: 'json' };
import type { Host } from './host.js';

/** Prints the JSON Schema of the records, as it stands in `docs/`. */
export function printSchema(host: Host): void {
  host.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
}
