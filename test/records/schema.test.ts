import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CheckRecord } from '../../src/commands/doctor/check.js';
import type { AnyConformRecord } from '../../src/conform/output.js';
import type { ListeningRecord } from '../../src/records/record.js';
import type {
  AnswerRecord,
  ConfiguredRecord,
  FileRecord,
  HookRecord,
  RoomRecord,
} from '../../src/records/types.js';
import type { GroupRecord, OutcomeRecord } from '../../src/report/record.js';
import { RECORD_TYPES, SCHEMA_FILE } from '../support/record-schema.js';

/** Every record that the program writes; a new one belongs here, and then the compiler asks for its fields. */
type AnyRecord =
  | AnyConformRecord
  | RoomRecord
  | AnswerRecord
  | FileRecord
  | ConfiguredRecord
  | HookRecord
  | CheckRecord
  | ListeningRecord
  | OutcomeRecord
  | GroupRecord;

/** The kinds of values that a type allows: `string`, `=waiting` for one of a union, `null`. */
type Kind<T> = T extends string
  ? string extends T
    ? 'string'
    : `=${T}`
  : T extends number
    ? number extends T
      ? 'number'
      : `=${T}`
    : T extends boolean
      ? 'boolean'
      : T extends null
        ? 'null'
        : 'object';

/** All of them: one that is missing, or is none, does not compile. */
type Kinds<T> = Readonly<Record<Kind<T>, true>>;

type Shapes = {
  readonly [Type in AnyRecord['type']]: {
    readonly [Field in keyof Extract<AnyRecord, { type: Type }>]-?: Kinds<
      Extract<AnyRecord, { type: Type }>[Field]
    >;
  };
};

const STRING = { string: true } as const;
const STRING_OR_NULL = { string: true, null: true } as const;
const NUMBER = { number: true } as const;
const NUMBER_OR_NULL = { number: true, null: true } as const;
const STATUS = {
  '=waiting': true,
  '=processing': true,
  '=complete': true,
  '=failed': true,
  '=rejected': true,
  '=unknown': true,
} as const;
const BASE = { v: { '=1': true }, time: STRING, room: STRING } as const;

const SHAPES: Shapes = {
  transfer: {
    ...BASE,
    type: { '=transfer': true },
    id: STRING,
    direction: { '=inbound': true, '=outbound': true, '=unknown': true },
    status: STATUS,
    statusCode: NUMBER_OR_NULL,
    previousStatus: { ...STATUS, null: true },
    name: STRING_OR_NULL,
    size: NUMBER_OR_NULL,
    peer: { object: true, null: true },
    conferenceId: STRING_OR_NULL,
    fileId: STRING_OR_NULL,
    createdAt: STRING_OR_NULL,
    progress: NUMBER_OR_NULL,
    origin: { '=snapshot': true, '=event': true, '=resync': true },
    event: STRING_OR_NULL,
  },
  progress: {
    ...BASE,
    type: { '=progress': true },
    id: STRING,
    percent: NUMBER_OR_NULL,
    bytes: NUMBER_OR_NULL,
    bytesPerSecond: NUMBER_OR_NULL,
    etaSeconds: NUMBER_OR_NULL,
  },
  removed: {
    ...BASE,
    type: { '=removed': true },
    id: STRING,
    reason: { '=deleted': true, '=cleared': true, '=gone': true },
    removedFromDisk: { boolean: true, null: true },
  },
  connection: {
    ...BASE,
    type: { '=connection': true },
    state: { '=connecting': true, '=connected': true, '=disconnected': true, '=closed': true },
    attempt: NUMBER_OR_NULL,
    retryInMs: NUMBER_OR_NULL,
    reason: STRING_OR_NULL,
  },
  availability: {
    ...BASE,
    type: { '=availability': true },
    availability: {
      '=forbidden-by-server': true,
      '=forbidden-by-licence': true,
      '=sign-in-needed': true,
      '=available': true,
      '=unknown': true,
    },
    code: NUMBER,
  },
  state: {
    ...BASE,
    type: { '=state': true },
    state: {
      '=no-server': true,
      '=connecting-to-server': true,
      '=sign-in-needed': true,
      '=idle': true,
      '=calling': true,
      '=in-conference': true,
      '=conference-ending': true,
      '=unknown': true,
    },
    code: NUMBER,
  },
  warning: {
    ...BASE,
    room: STRING_OR_NULL,
    type: { '=warning': true },
    code: STRING,
    message: STRING,
    count: NUMBER,
    id: STRING_OR_NULL,
  },
  heartbeat: { ...BASE, type: { '=heartbeat': true }, connected: { boolean: true } },
  check: {
    ...BASE,
    type: { '=check': true },
    check: {
      '=address': true,
      '=name': true,
      '=page': true,
      '=port': true,
      '=handshake': true,
      '=ping': true,
      '=sign-in': true,
      '=seat': true,
      '=inbound-list': true,
      '=outbound-list': true,
      '=availability': true,
      '=request': true,
      '=state': true,
      '=pin': true,
      '=events': true,
      '=server': true,
      '=jetstream': true,
      '=stream': true,
      '=leases': true,
      '=may-watch': true,
      '=may-relay': true,
      '=relays': true,
      '=rooms': true,
      '=commands': true,
    },
    ok: { boolean: true, null: true },
    detail: STRING,
    hint: STRING_OR_NULL,
    milliseconds: NUMBER_OR_NULL,
  },
  message: {
    ...BASE,
    room: STRING_OR_NULL,
    type: { '=message': true },
    kind: { '=event': true, '=answer': true },
    name: STRING,
    documented: { boolean: true },
    count: NUMBER,
    omitted: NUMBER,
    fields: { object: true },
    refusals: { object: true },
  },
  finding: {
    ...BASE,
    room: STRING_OR_NULL,
    type: { '=finding': true },
    finding: {
      '=absent': true,
      '=extra': true,
      '=type': true,
      '=unit': true,
      '=value': true,
      '=unknown-event': true,
      '=unknown-method': true,
      '=unanswered': true,
      '=frame': true,
    },
    kind: { '=event': true, '=answer': true, '=request': true, '=frame': true },
    name: STRING,
    field: STRING_OR_NULL,
    expected: STRING_OR_NULL,
    got: STRING_OR_NULL,
    count: NUMBER,
  },
  conform: {
    ...BASE,
    room: STRING_OR_NULL,
    type: { '=conform': true },
    ok: { boolean: true },
    frames: NUMBER,
    messages: NUMBER,
    findings: NUMBER,
    milliseconds: NUMBER_OR_NULL,
    program: STRING,
  },
  answer: {
    ...BASE,
    type: { '=answer': true },
    action: { '=accept': true, '=reject': true, '=send': true, '=rm': true, '=clear': true },
    id: STRING_OR_NULL,
    fileId: STRING_OR_NULL,
    name: STRING_OR_NULL,
    to: STRING_OR_NULL,
    ok: { boolean: true },
    error: STRING_OR_NULL,
    rule: STRING_OR_NULL,
    hook: STRING_OR_NULL,
    dryRun: { boolean: true },
  },
  file: {
    ...BASE,
    type: { '=file': true },
    fileId: STRING,
    name: STRING_OR_NULL,
    size: NUMBER_OR_NULL,
    requests: { object: true },
  },
  hook: {
    ...BASE,
    type: { '=hook': true },
    event: {
      ...STATUS,
      '=removed': true,
      '=connected': true,
      '=disconnected': true,
      '=taken-over': true,
    },
    id: STRING_OR_NULL,
    command: STRING,
    exitCode: NUMBER_OR_NULL,
    signal: STRING_OR_NULL,
    durationMs: NUMBER,
    stderr: STRING_OR_NULL,
    decision: { '=accept': true, '=reject': true, null: true },
    fault: STRING_OR_NULL,
  },
  configured: {
    ...BASE,
    type: { '=configured': true },
    address: STRING,
    role: { '=admin': true, '=user': true, null: true },
    tags: { object: true },
    credentials: { '=file': true, '=command': true, null: true },
  },
  outcome: {
    ...BASE,
    type: { '=outcome': true },
    id: STRING,
    direction: { '=inbound': true, '=outbound': true, '=unknown': true },
    status: STATUS,
    reason: {
      '=failed-before-start': true,
      '=failed-in-transfer': true,
      '=failed': true,
      '=deleted': true,
      '=cleared': true,
      '=gone': true,
      '=connection-lost': true,
      '=watch-ended': true,
      '=not-listed': true,
      '=unknown-status': true,
      null: true,
    },
    origin: { '=snapshot': true, '=event': true, '=resync': true, '=gap': true },
    name: STRING_OR_NULL,
    size: NUMBER_OR_NULL,
    peer: { object: true, null: true },
    conferenceId: STRING_OR_NULL,
    createdAt: STRING_OR_NULL,
    beganAt: STRING_OR_NULL,
    endedAt: STRING_OR_NULL,
    waitedMs: NUMBER_OR_NULL,
    tookMs: NUMBER_OR_NULL,
    bytesPerSecond: NUMBER_OR_NULL,
  },
  group: {
    ...BASE,
    room: STRING_OR_NULL,
    type: { '=group': true },
    by: { object: true },
    peerName: STRING_OR_NULL,
    transfers: NUMBER,
    waiting: NUMBER,
    processing: NUMBER,
    complete: NUMBER,
    failed: NUMBER,
    rejected: NUMBER,
    unknown: NUMBER,
    bytes: NUMBER,
    bytesPerSecond: NUMBER_OR_NULL,
  },
  listening: {
    v: { '=1': true },
    time: STRING,
    type: { '=listening': true },
    url: STRING,
    webSocketUrl: STRING,
  },
};

/** What the schema allows beyond the types: `send` reports progress before there is a request. */
const ALSO_ALLOWED: Readonly<Record<string, readonly string[]>> = { 'progress.id': ['null'] };

interface Property {
  readonly const?: string | number;
  readonly enum?: readonly (string | null)[];
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly anyOf?: readonly Property[];
}

// The file is ours, and its shape is tested.
const { $defs } = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as {
  $defs: Readonly<Record<string, Property & { properties?: Readonly<Record<string, Property>> }>>;
};

/** The kinds of values that a property of the schema allows. */
function kindsOf(property: Property): readonly string[] {
  if (property.const !== undefined) return [`=${property.const}`];
  if (property.enum !== undefined)
    return property.enum.map((value) => (value === null ? 'null' : `=${value}`));
  if (property.anyOf !== undefined) return property.anyOf.flatMap(kindsOf);
  if (property.type !== undefined) {
    return [property.type]
      .flat()
      .map((type) => (type === 'integer' ? 'number' : type === 'array' ? 'object' : type));
  }
  const target = $defs[property.$ref?.replace('#/$defs/', '') ?? ''];
  return target === undefined ? [] : kindsOf(target);
}

describe('the schema of the records is that of their types', () => {
  it('and has the same records', () => {
    expect([...RECORD_TYPES].sort()).toEqual(Object.keys(SHAPES).sort());
  });

  it.each(Object.entries(SHAPES))('and in %s the same fields with the same values', (type, shape) => {
    const properties = $defs[type]?.properties ?? {};
    expect(Object.keys(properties).sort()).toEqual(Object.keys(shape).sort());
    for (const [field, kinds] of Object.entries<object>(shape)) {
      const allowed = [...Object.keys(kinds), ...(ALSO_ALLOWED[`${type}.${field}`] ?? [])];
      expect(kindsOf(properties[field] ?? {}).toSorted(), `${type}.${field}`).toEqual(allowed.toSorted());
    }
  });
});
