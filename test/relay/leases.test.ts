import { afterEach, describe, expect, it } from 'vitest';
import { type LeaseStore, Leases } from '../../src/relay/leases.js';
import { encodeToken } from '../../src/relay/subjects.js';
import { TestClock } from '../support/clock.js';

/** A bucket in memory: its keys go when the test says so. */
class Bucket implements LeaseStore {
  readonly ttlMs = 30_000;
  readonly leases = new Map<string, { owner: string; revision: number }>();
  /** Whether the next operation is stored, but its answer lost. */
  losesAnswers = false;
  /** How many reads come from a copy in which every lease has expired. */
  staleReads = 0;
  looks = 0;
  #revision = 0;

  async put(room: string, owner: string, revision: number): Promise<number | null> {
    if ((this.leases.get(room)?.revision ?? 0) !== revision) return null;
    const stored = ++this.#revision;
    this.leases.set(room, { owner, revision: stored });
    if (!this.losesAnswers) return stored;
    this.losesAnswers = false;
    throw new Error('timeout');
  }

  async release(revision: number): Promise<void> {
    for (const [room, lease] of this.leases) if (lease.revision === revision) this.leases.delete(room);
  }

  async holder(room: string): Promise<{ owner: string; revision: number } | null> {
    return this.staleReads-- > 0 ? null : (this.leases.get(room) ?? null);
  }

  async held(): Promise<ReadonlySet<string>> {
    this.looks++;
    return new Set([...this.leases.keys()].map(encodeToken));
  }

  async reopen(): Promise<void> {}
}

describe('leases', () => {
  const clock = new TestClock();
  const stops: AbortController[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop.abort();
  });

  /** One relay's leases, that run; what it is told of, and a way to wait for it. */
  function relay(bucket: Bucket, owner: string, rooms: readonly string[], claim = rooms.length) {
    const told: string[] = [];
    const tell = (text: string) => told.push(text);
    const leases = new Leases({
      store: bucket,
      clock,
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
    /** Lets ticks pass until so much was told. */
    const until = async (count: number) => {
      for (let ticks = 0; told.length < count && ticks < 10; ticks++) await clock.pass(bucket.ttlMs / 3);
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

  it('of hundreds of Rooms are renewed while others are still being taken from a slow store', async () => {
    const bucket = new Bucket();
    const put = bucket.put.bind(bucket);
    bucket.put = async (...lease) => {
      await new Promise<void>((resolve) => clock.after(500, resolve));
      return put(...lease);
    };
    const rooms = Array.from({ length: 1_000 }, (_, nth) => `room-${nth}`);
    const { leases, told } = relay(bucket, 'one', rooms);
    for (let seconds = 0; seconds < 120; seconds++) {
      await clock.pass(1_000);
      expect(told.filter((room) => !leases.isFresh(room))).toEqual([]);
    }
    expect(told).toHaveLength(rooms.length);
  });

  it('that end are taken by another, who knows that it inherits', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    const two = relay(bucket, 'two', ['a']);
    await clock.pass(bucket.ttlMs / 3);
    await one.leases.giveUp('a');
    expect(await two.until(1)).toEqual(['a inherited']);
    // Whoever gave one up never takes it again.
    await two.leases.releaseAll();
    expect(await two.until(2)).toEqual(['a inherited', 'a inherited']);
    expect(one.told).toEqual(['a']);
  });

  it('that are left to others are taken again only after one of them', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a', 'b'], 1);
    await one.until(1);
    await one.leases.standBy('a');
    expect(await one.until(2)).toEqual(['a', 'b']);
    const two = relay(bucket, 'two', ['a']);
    await two.until(1);
    await one.leases.giveUp('b');
    await clock.pass(bucket.ttlMs / 3);
    expect(one.told).toEqual(['a', 'b']);
    await two.leases.releaseAll();
    stops.at(-1)?.abort();
    expect(await one.until(3)).toEqual(['a', 'b', 'a inherited']);
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

  it('that ended unseen, and no relay took, are kept', async () => {
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

  it("that a frozen server reads as absent are still the other relay's", async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    bucket.leases.set('a', { owner: 'two', revision: 99 });
    bucket.staleReads = 2;
    await one.leases.confirm();
    expect([one.told, bucket.leases.get('a')?.owner]).toEqual([['a', 'a lost'], 'two']);
  });

  it('are neither lost nor kept while reads and writes contradict each other', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    bucket.leases.set('a', { owner: 'two', revision: 99 });
    bucket.staleReads = 3;
    await expect(one.leases.confirm()).rejects.toThrow('contradict each other');
    expect(one.told).toEqual(['a']);
    await one.leases.confirm();
    expect(one.told).toEqual(['a', 'a lost']);
  });

  it('are in doubt for a lease life after one was refused, or NATS could not be asked', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    expect(one.leases.areInDoubt).toBe(false);
    bucket.leases.clear();
    await one.leases.confirm();
    expect(one.leases.areInDoubt).toBe(true);
    await clock.pass(bucket.ttlMs - 1);
    expect(one.leases.areInDoubt).toBe(true);
    await clock.pass(1);
    expect(one.leases.areInDoubt).toBe(false);
    bucket.losesAnswers = true;
    expect(await one.until(2)).toEqual(['a', 'fault']);
    expect(one.leases.areInDoubt).toBe(true);
  });

  it('allow a seat to be taken only while no other relay can have them', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    const { signal } = new AbortController();
    await one.leases.whenFresh('a', signal);
    const put = bucket.put.bind(bucket);
    bucket.put = () => Promise.reject(new Error('timeout'));
    await clock.pass(bucket.ttlMs);
    let isFresh = false;
    const fresh = one.leases.whenFresh('a', signal).then(() => (isFresh = true));
    await clock.pass(bucket.ttlMs);
    expect(isFresh).toBe(false);
    bucket.put = put;
    await one.leases.confirm();
    await clock.pass(1_000);
    await fresh;
  });

  it('are held for as long as no other relay can have them', async () => {
    const bucket = new Bucket();
    const one = relay(bucket, 'one', ['a']);
    await one.until(1);
    bucket.put = () => Promise.reject(new Error('timeout'));
    await clock.pass(bucket.ttlMs - 1);
    expect(one.leases.isFresh('a')).toBe(true);
    await clock.pass(1);
    expect([one.leases.isFresh('a'), one.leases.size]).toEqual([false, 1]);
  });
});
