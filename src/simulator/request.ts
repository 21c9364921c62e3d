import { isObject, parseJson } from '../protocol/json.js';
import type { WireObject } from './wire.js';

/** A request as a client sent it: an object with a `method`. */
export interface ParsedRequest {
  readonly method: string;
  /** `''` where the client gave none, or none that is a string. */
  readonly requestId: string;
  readonly fields: WireObject;
}

/** Reads one text frame; `null` if it is not a request (not JSON, not an object, no method), which gets no answer. */
export function readRequest(text: string): ParsedRequest | null {
  const fields = parseJson(text);
  if (!isObject(fields)) return null;
  const { method, requestId } = fields;
  if (typeof method !== 'string') return null;
  return { method, requestId: typeof requestId === 'string' ? requestId : '', fields };
}

/** The named field where it is a string. */
export function stringField(request: ParsedRequest, name: string): string | null {
  const value = own(request, name);
  return typeof value === 'string' ? value : null;
}

/** The named field where it is a number. */
export function numberField(request: ParsedRequest, name: string): number | null {
  const value = own(request, name);
  return typeof value === 'number' ? value : null;
}

export function hasField(request: ParsedRequest, name: string): boolean {
  return own(request, name) !== undefined;
}

/** Whether the named field is exactly `true`. */
export function isTrue(request: ParsedRequest, name: string): boolean {
  return own(request, name) === true;
}

/** An answer's text: the method and id come first, the result last (`introduction/common`). */
export function answerText(request: ParsedRequest, fields: WireObject): string {
  return JSON.stringify({ method: request.method, requestId: request.requestId, ...fields, result: true });
}

/** A refusal's text: `error` is a string beside `method`; `auth` adds its `resultCode`. */
export function refusalText(request: ParsedRequest, error: string, fields: WireObject = {}): string {
  const { method, requestId } = request;
  return JSON.stringify({ method, requestId, result: false, ...fields, error });
}

function own(request: ParsedRequest, name: string): unknown {
  return Object.hasOwn(request.fields, name) ? request.fields[name] : undefined;
}
