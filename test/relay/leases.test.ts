import { afterEach, describe, expect, it } from 'vitest';
import { type LeaseStore, Leases } from '../../src/relay/leases.js';
import { encodeToken } from '../../src/relay/subjects.js';

/** A bucket in memory: its keys go when the test says so. */
class Bucket implements LeaseStore {
  readonly ttlMs = 30;
  readonly leases = new Map<string, { owner: string; revision: number }>();
  /** Whether the next operation is stored, but its answer lost. */
  losesAnswers = false;
  looks = 0;
  #revision = 0;

  async create(room: string, owner: string): Promise<number | null> {
    return this.leases.has(room) ? null : this.#put(room, owner);
  }

  async renew(room: string, owner: string, revision: number): Promise<number | null> {
    return this.leases.get(room)?.revision === revision ? this.#put(room, owner) : null;
  }

  async release(revision: number): Promise<void> {
    for (const [room, lease] of this.leases) if (lease.revision === revision) this.leases.delete(room);
  }

  async holder(room: string): Promise<{ owner: string; revision: number } | null> {
    return this.leases.get(room) ?? null;
  }

  async held(): Promise<ReadonlySet<string>> {
    this.looks++;
    return new Set([...this.leases.keys()].map(encodeToken));
  }

  async reopen(): Promise<void> {}

  #put(room: string, owner: string): number {
    const revision = ++this.#revision;
    this.leases.set(room, { owner, revision });
    if (!this.losesAnswers) return revision;
    this.losesAnswers = false;
    throw new Error('timeout');
  }
}

describe('leases', () => {
  const stops: AbortController[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop.abort();
  });

  /** One relay's leases, that run; what it is told of, and a way to wait for it. */
  function relay(bucket: Bucket, owner: string, rooms: readonly string[], claim = rooms.length) {
    const told: string[] = [];
    let wake = () => {};
    const tell = (text: string) => {
      told.push(text);
      wake();
    };
    const leases = new Leases({
      store: bucket,
      owner,
      rooms,
      claim,
      isUp: () => true,
      onTaken: (room, isInherited) => tell(isInherited ? `${room} inherited` : room),
      onLost: (room) => tell(`${room} lost`),
      onFault: () => tell('fault'),
    });
    const stop = new AbortController();
    stops.push(stop);
    void leases.run(stop.signal);
    const until = async (count: number) => {
      while (told.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return told;
    };
    return { leases, told, until };
  }

  it('are taken up to the number claimed, and by one alone', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a', 'b', 'c'], 2);
    const two = relay(bucket, 'two', ['a', 'b', 'c']);
    const [held, other] = [await one.until(2), await two.until(1)];
    expect([...held, ...other].sort()).toEqual(['a', 'b', 'c']);
    expect([one.leases.size, two.leases.size]).toEqual([2, 1]);
  });

  it('that end are taken by another, who knows that it inherits', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    const two = relay(bucket, 'two', ['a']);
    const before = bucket.looks;
    while (bucket.looks === before) await new Promise(setImmediate);
    await one.leases.giveUp('a');
    expect(await two.until(1)).toEqual(['a inherited']);
    // Whoever gave one up never takes it again.
    await two.leases.releaseAll();
    expect(await two.until(2)).toEqual(['a inherited', 'a inherited']);
    expect(one.told).toEqual(['a']);
  });

  it('that somebody else has are lost, and no longer spoken for', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    expect(one.leases.isFresh('a')).toBe(true);
    bucket.leases.set('a', { owner: 'two', revision: 99 });
    expect(await one.until(2)).toEqual(['a', 'a lost']);
    expect(one.leases.isFresh('a')).toBe(false);
  });

  it('whose renewal was stored without an answer are kept', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    bucket.losesAnswers = true;
    expect(await one.until(2)).toEqual(['a', 'fault']);
    await one.leases.confirm();
    expect([one.leases.isFresh('a'), one.told]).toEqual([true, ['a', 'fault']]);
  });

  it('that ended unseen, and nobody took, are kept', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    bucket.leases.clear();
    await one.leases.confirm();
    expect([bucket.leases.get('a')?.owner, one.told]).toEqual(['one', ['a']]);
  });

  it('are kept where they are confirmed twice at once', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    bucket.leases.clear();
    await Promise.all([one.leases.confirm(), one.leases.confirm()]);
    expect([one.leases.isFresh('a'), one.told]).toEqual([true, ['a']]);
  });

  it('that were taken without an answer are held after all', async () => {
    const bucket = new Bucket();
    bucket.losesAnswers = true;
    const one = relay(bucket, 'one', ['a']);
    expect(await one.until(2)).toEqual(['fault', 'a']);
    expect(one.leases.isFresh('a')).toBe(true);
  });
});
