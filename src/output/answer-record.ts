import { isoTime, RECORD_VERSION } from './record.js';

/** What came of something that was asked of a Room. */
export interface AnswerRecord {
  readonly type: 'answer';
  /** The version of the records. */
  readonly v: 1;
  /** RFC 3339 with milliseconds, UTC. */
  readonly time: string;
  /** The Room's address, as it was given. */
  readonly room: string;
  readonly action: 'accept' | 'reject' | 'send';
  /** The request's; of a file that was sent the new one, or `null` where the Room gave none. */
  readonly id: string | null;
  /** Of a file that was sent, on the Room's HTTP server. */
  readonly fileId: string | null;
  /** Whether the Room did it. */
  readonly ok: boolean;
  /** The Room's own words where it did not. */
  readonly error: string | null;
}

/** @param at milliseconds since 1970 */
export function answerRecord(
  { action, id, fileId, error }: Pick<AnswerRecord, 'action' | 'id' | 'fileId' | 'error'>,
  at: number,
  room: string,
): AnswerRecord {
  const ok = error === null;
  return { type: 'answer', v: RECORD_VERSION, time: isoTime(at), room, action, id, fileId, ok, error };
}
