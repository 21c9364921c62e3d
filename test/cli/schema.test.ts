import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { usePrograms } from '../support/program.js';
import { ajv, checkRecord, RECORD_TYPES, SCHEMA_FILE } from '../support/record-schema.js';

const { run } = usePrograms();

const TEXT = readFileSync(SCHEMA_FILE, 'utf8');
const HEARTBEAT = {
  type: 'heartbeat',
  v: 1,
  time: '2022-07-31T16:17:03.120Z',
  room: '10.0.0.5',
  connected: true,
};

it('`schema` prints the schema in docs/, and it is one', async () => {
  const program = run(['schema']);
  expect(await program.ended).toBe(0);
  expect(program.stdout.text).toBe(TEXT);
  expect(program.stderr.text).toBe('');
  expect(ajv.validateSchema(JSON.parse(TEXT))).toBe(true);
});

it('describes each type and each field', () => {
  const { $defs } = JSON.parse(TEXT);
  for (const type of RECORD_TYPES) {
    const { description, properties, required, additionalProperties } = $defs[type];
    expect(description).toMatch(/\.$/);
    expect(required).toEqual(Object.keys(properties));
    expect(additionalProperties).toBe(false);
    for (const [name, field] of Object.entries<{ description?: string; $ref?: string }>(properties)) {
      const described = field.description ?? $defs[field.$ref?.replace('#/$defs/', '') ?? '']?.description;
      if (name !== 'type') expect(described, `${type}.${name}`).toMatch(/\.$/);
    }
  }
});

describe('the tests of the whole suite hold each record against it', () => {
  it('which says yes to a record', () => {
    expect(() => checkRecord(HEARTBEAT)).not.toThrow();
  });

  it.each<[what: string, record: unknown, said: string]>([
    ['no record', 'heartbeat', 'has no records of this type'],
    ['a new type', { ...HEARTBEAT, type: 'pulse' }, 'has no records of this type'],
    ['a new field', { ...HEARTBEAT, since: 1 }, 'must NOT have additional properties'],
    ['a field less', { ...HEARTBEAT, connected: undefined }, "must have required property 'connected'"],
    ['another type of value', { ...HEARTBEAT, connected: null }, 'data/connected must be boolean'],
    ['a time without milliseconds', { ...HEARTBEAT, time: '2022-07-31T16:17:03Z' }, 'data/time must match'],
    ['another version', { ...HEARTBEAT, v: 2 }, 'data/v must be equal to constant'],
  ])('and no to %s', (_, record, said) => {
    // As it would come out of a program.
    const written: unknown = JSON.parse(JSON.stringify(record));
    expect(() => checkRecord(written)).toThrow(said);
  });
});
