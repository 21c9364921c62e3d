export type Direction = 'inbound' | 'outbound';
export type Status = 'waiting' | 'processing' | 'complete' | 'failed';

export interface Held {
  readonly direction: Direction;
  readonly status: Status;
}

/** The reference: what a Room holds after the steps of a plan, by the API's pages alone. */
export class Model {
  readonly held = new Map<string, Held>();
  /** What was rejected: the Room holds it no more, and who saw it happen may know of it. */
  readonly rejected = new Set<string>();
  made = 0;

  begin(direction: Direction): string {
    const id = `${direction}-${++this.made}`;
    this.held.set(id, { direction, status: 'waiting' });
    return id;
  }

  become(id: string, status: Status): void {
    const held = this.held.get(id);
    if (held !== undefined) this.held.set(id, { ...held, status });
  }

  leave(id: string): void {
    this.held.delete(id);
  }

  clear(): void {
    for (const [id, { status }] of this.held) if (hasEnded(status)) this.leave(id);
  }
}

export function hasEnded(status: Status): boolean {
  return status === 'complete' || status === 'failed';
}
