import type { Visit } from './visit.js';

/** Everything that is checked, in this order. */
export type CheckName =
  | 'address'
  | 'name'
  | 'page'
  | 'port'
  | 'handshake'
  | 'ping'
  | 'sign-in'
  | 'seat'
  | 'inbound-list'
  | 'outbound-list'
  | 'availability'
  | 'request';

/** What a check found. Sentences may quote the Room; secrets are taken out of them. */
export interface Finding {
  /** `null` where it was not checked, or there was nothing to check. */
  readonly ok: boolean | null;
  readonly detail: string;
  /** What to do, where something is wrong. */
  readonly hint: string | null;
  /** How long it took, where that tells something. */
  readonly milliseconds: number | null;
}

export interface Check extends Finding {
  readonly check: CheckName;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** One step of an examination. */
export interface Step {
  readonly check: CheckName;
  /** It takes a seat of the Room, or needs one. */
  readonly needsSeat: boolean;
  /**
   * @throws whatever leaves nothing to check behind it. What is wrong and yet does not stop a watch is a finding.
   */
  run(visit: Visit): Promise<Finding> | Finding;
}

export function fine(detail: string, milliseconds: number | null = null): Finding {
  return { ok: true, detail, hint: null, milliseconds };
}

export function wrong(detail: string, hint: string | null, milliseconds: number | null = null): Finding {
  return { ok: false, detail, hint, milliseconds };
}

export function unchecked(detail: string): Finding {
  return { ok: null, detail, hint: null, milliseconds: null };
}
