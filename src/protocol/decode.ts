import { decodeAnswer } from './answers.js';
import { decodeEvent } from './events.js';
import { isObject, quote } from './fields.js';
import type { Message, Unreadable } from './message.js';

/**
 * Decodes one text frame of a Room. Total: any text gives a message, never an exception. What is no message at all
 * is `unreadable`; a message read only in part says in `problems` what was wrong. A byte order mark before a frame and
 * NULs after it are ignored.
 *
 * Source: the API's pages under `docs.trueconf.com/videosdk/en/` (`commands/`, `notifications/`).
 */
export function decode(text: string): Message {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch (error) {
    // The engine's own words quote the text, which was not made safe: a short quotation of ours serves.
    const kind = error instanceof RangeError ? 'too deeply nested' : 'not JSON';
    return unreadable('not-json', `a frame is ${kind}: ${quote(text)}`);
  }
  if (!isObject(value)) return unreadable('not-an-object', `a frame is ${quote(value)}, expected an object`);

  const { event, method } = value;
  // `appStateChanged` was seen without a `method`, so an event's name alone makes an event.
  if (typeof event === 'string' && (method === 'event' || method === undefined))
    return decodeEvent(event, value);
  if (typeof method === 'string' && method !== 'event') return decodeAnswer(method, value);
  return unreadable('unknown-message', `a frame has method ${quote(method)} and event ${quote(event)}`);
}

/** `JSON.parse`, but integers that a number can't hold exactly become text with all their digits. */
function parseExact(frame: string): unknown {
  const text = frame.replace(/^\ufeff/, '').replace(/\0+$/, '');
  const value: unknown = JSON.parse(text);
  if (!LONG_NUMBER.test(text)) return value;
  return JSON.parse(
    text.replace(STRINGS_AND_NUMBERS, (token) =>
      token.startsWith('"') || !isInexact(token) ? token : `"${token}"`,
    ),
  );
}

function isInexact(token: string): boolean {
  const value = Number(token);
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

const LONG_NUMBER = /\d{16}|\d[eE]/;
const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function unreadable(code: Unreadable['code'], reason: string): Unreadable {
  return { kind: 'unreadable', code, reason };
}
