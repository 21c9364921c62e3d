import type { Path, ValueType } from '../protocol/shape.js';
import type { Census, MessageKind, MessageTally, TypeTally } from './census.js';
import type { Wording } from './share.js';

/** What is to be reported of a Room: where it is not as documented. */
export interface Finding {
  /**
   * `absent`, `extra`: a field. `type`, `unit`, `value`: of a field. `unknown-event`, `unknown-method`: the name
   * is not documented. `unanswered`: a request. `frame`: one that is not a message; its name is the code of the warning.
   */
  readonly finding:
    | 'absent'
    | 'extra'
    | 'type'
    | 'unit'
    | 'value'
    | 'unknown-event'
    | 'unknown-method'
    | 'unanswered'
    | 'frame';
  readonly kind: MessageKind | 'request' | 'frame';
  /** Of the message: an event, or a method. */
  readonly name: string;
  /** Where in it, as `incomingFilesRequests[].size`. */
  readonly field: string | null;
  readonly expected: string | null;
  readonly got: string | null;
  readonly count: number;
}

/** What came in one field of messages of one name, as values of one type. */
export interface FieldShape extends Readonly<TypeTally> {
  readonly field: string;
  readonly type: ValueType;
}

export interface Refusal {
  /** The Room's words. */
  readonly error: string | null;
  /** Its number. */
  readonly code: string | null;
  readonly count: number;
}

/** The messages of one name. */
export interface MessageReport {
  readonly kind: MessageKind;
  readonly name: string;
  readonly isDocumented: boolean;
  readonly count: number;
  readonly omitted: number;
  readonly fields: readonly FieldShape[];
  readonly refusals: readonly Refusal[];
  readonly findings: readonly Finding[];
}

export interface Report {
  readonly frames: number;
  /** From the first thing that was seen to the last; `null` where messages have no times. */
  readonly milliseconds: number | null;
  /** Answers, then events, in the order in which they first came. */
  readonly messages: readonly MessageReport[];
  /** Those of messages first. */
  readonly findings: readonly Finding[];
}

/** What a census comes to, in the words that are fit for who reads it. */
export function report(census: Census, wording: Wording): Report {
  const messages = [...census.messages.values()]
    .map((tally) => reportMessage(tally, wording))
    .sort((a, b) => a.kind.localeCompare(b.kind));
  const unanswered = [...census.unanswered].map(([method, count]): Finding => {
    const name = wording.name(method);
    return { finding: 'unanswered', kind: 'request', name, field: null, expected: null, got: null, count };
  });
  const frames = [...census.refusedFrames].map(([name, count]): Finding => {
    return { finding: 'frame', kind: 'frame', name, field: null, expected: null, got: null, count };
  });
  const { from, to } = census;
  return {
    frames: census.frames,
    milliseconds: from === null || to === null ? null : to - from,
    messages,
    findings: [...messages.flatMap(({ findings }) => findings), ...unanswered, ...frames],
  };
}

function reportMessage(tally: MessageTally, wording: Wording): MessageReport {
  const { kind, isDocumented, count, omitted } = tally;
  const name = wording.name(tally.name);
  const about = { kind, name, count } as const;
  const unknown: readonly Finding[] = isDocumented
    ? []
    : [
        {
          ...about,
          finding: kind === 'event' ? 'unknown-event' : 'unknown-method',
          field: null,
          expected: null,
          got: null,
        },
      ];
  const deviations = [...tally.deviations.values()].map(({ path, got, ...rest }): Finding => {
    const shown = typeof got === 'number' ? wording.number(got) : got;
    return { ...about, ...rest, field: fieldName(path, wording), got: shown };
  });
  return {
    kind,
    name,
    isDocumented,
    count,
    omitted,
    fields: fieldShapes(tally, wording),
    refusals: [...tally.refusals.values()].map(({ words, code, count: times }) => ({
      error: words === null ? null : wording.words(words),
      code: codeText(code, wording),
      count: times,
    })),
    findings: merged([...unknown, ...deviations]),
  };
}

/** Names that are written alike are counted together. */
function fieldShapes({ fields }: MessageTally, wording: Wording): readonly FieldShape[] {
  const shapes = new Map<string, FieldShape>();
  for (const { path, types } of fields.values()) {
    const field = fieldName(path, wording);
    for (const [type, tally] of types) {
      const key = JSON.stringify([field, type]);
      const known = shapes.get(key);
      shapes.set(key, {
        field,
        type,
        count: tally.count + (known?.count ?? 0),
        least: Math.min(tally.least, known?.least ?? tally.least),
        most: Math.max(tally.most, known?.most ?? tally.most),
      });
    }
  }
  return [...shapes.values()];
}

function merged(findings: readonly Finding[]): readonly Finding[] {
  const all = new Map<string, Finding>();
  for (const { count, ...finding } of findings) {
    const key = JSON.stringify([finding.finding, finding.field, finding.expected, finding.got]);
    all.set(key, { ...finding, count: count + (all.get(key)?.count ?? 0) });
  }
  return [...all.values()];
}

function fieldName(path: Path, wording: Wording): string {
  return path.reduce<string>((before, part) => {
    if (part === null) return `${before}[]`;
    return before === '' ? wording.name(part) : `${before}.${wording.name(part)}`;
  }, '');
}

/** A number is one of the Room's codes; what else stands there is only named. */
function codeText(code: unknown, wording: Wording): string | null {
  if (code === null) return null;
  return typeof code === 'number' ? wording.number(code) : `a ${typeof code}`;
}
