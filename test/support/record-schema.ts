import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface Schema {
  readonly $id: string;
  readonly oneOf: readonly { readonly $ref: string }[];
}

export const SCHEMA_FILE = 'docs/records.schema.json';
// The file is ours, and its shape is tested.
const schema: Schema = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as Schema;

export const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': true, uri: URL.canParse } });
ajv.addSchema(schema);

/** Types of records that the schema knows. */
export const RECORD_TYPES: readonly string[] = schema.oneOf.map(({ $ref }) => $ref.replace('#/$defs/', ''));

/**
 * Holds a record against the schema.
 * @throws Error that says what is wrong with it
 */
export function checkRecord(record: unknown): void {
  const text = JSON.stringify(record);
  const type = typeof record === 'object' && record !== null && 'type' in record ? record.type : null;
  const known = RECORD_TYPES.find((name) => name === type);
  if (known === undefined) {
    throw new Error(
      `${SCHEMA_FILE} has no records of this type; put it there, and into docs/records.md: ${text}`,
    );
  }
  const validate: ValidateFunction | undefined = ajv.getSchema(`${schema.$id}#/$defs/${known}`);
  if (validate === undefined) throw new Error(`${SCHEMA_FILE} does not define "${known}"`);
  if (!validate(record)) throw new Error(`${ajv.errorsText(validate.errors)}, by ${SCHEMA_FILE}: ${text}`);
}
