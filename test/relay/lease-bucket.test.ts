import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { expect, it } from 'vitest';
import { LeaseBucket } from '../../src/relay/lease-bucket.js';
import { encodeToken } from '../../src/relay/subjects.js';

/** A bucket of a server that finds nothing by its subject, as one of version 2.9 may after it hung. */
class BrokenBucket {
  readonly #messages = new Map<number, { readonly subject: string; readonly text: string }>();
  #last = 0;
  /** Whether it tells of the subjects at least. */
  listsSubjects = true;
  reads = 0;

  open(): Promise<LeaseBucket> {
    const client = {
      publish: async (subject: string, text: string, { expect }: Publish) => {
        // For it each record is the first under its subject.
        if (expect.lastSubjectSequence !== 0) throw refused();
        this.#messages.set(++this.#last, { subject, text });
        return { seq: this.#last };
      },
    };
    const streams = {
      info: async () => this.#info(),
      getMessage: async (_: string, query: { readonly seq?: number }) => {
        this.reads++;
        const message = this.#messages.get(query.seq ?? 0);
        if (message === undefined) return null;
        return { subject: message.subject, seq: query.seq, string: () => message.text };
      },
      deleteMessage: async (_: string, seq: number) => this.#messages.delete(seq),
    };
    // Only what a bucket uses of the client is there.
    const [js, jsm] = [client as unknown as JetStreamClient, { streams } as unknown as JetStreamManager];
    return LeaseBucket.open(js, jsm, { ttlMs: 15_000, replicas: [1], rooms: 10 });
  }

  /** All leases up to here end. */
  expire(): void {
    this.#messages.clear();
  }

  #info(): StreamInfo {
    const subjects = [...this.#messages.values()].map(({ subject }) => [subject, 1] as const);
    const [first = this.#last + 1] = this.#messages.keys();
    const info = {
      created: 'then',
      config: { max_age: 15e9, max_msgs_per_subject: 1 },
      state: {
        messages: this.#messages.size,
        first_seq: first,
        last_seq: this.#last,
        subjects: this.listsSubjects ? Object.fromEntries(subjects) : {},
      },
    };
    // Of the rest nothing is read.
    return info as unknown as StreamInfo;
  }
}

interface Publish {
  readonly expect: { readonly lastSubjectSequence: number };
}

function refused(): Error {
  return new JetStreamApiError({ code: 400, err_code: 10_071, description: 'wrong last sequence: 0' });
}

it.each([true, false])(
  'a lease is kept that the server finds by its number alone (subjects told: %s)',
  async (tells) => {
    const server = new BrokenBucket();
    server.listsSubjects = tells;
    const [mine, others] = [await server.open(), await server.open()];
    expect(await mine.put('room', 'me', 0)).toBe(1);
    for (const revision of [1, 2, 3]) expect(await mine.put('room', 'me', revision)).toBe(revision + 1);
    expect(await others.held()).toEqual(new Set([encodeToken('room')]));
    expect(await others.holder('room')).toEqual({ owner: 'me', revision: 4 });
    expect(await others.holder('other')).toBeNull();
    // What was read is not read again.
    const before = server.reads;
    await others.held();
    expect(server.reads).toBe(before);
  },
);

it('of two that such a server gave one lease, the later holds it', async () => {
  const server = new BrokenBucket();
  const [mine, others] = [await server.open(), await server.open()];
  expect([await mine.put('room', 'me', 0), await others.put('room', 'other', 0)]).toEqual([1, 2]);
  expect(await mine.put('room', 'me', 1)).toBeNull();
  expect(await mine.holder('room')).toEqual({ owner: 'other', revision: 2 });
  expect(await others.put('room', 'other', 2)).toBe(3);
});

it('one that was released, or has expired, is free', async () => {
  const server = new BrokenBucket();
  const [mine, others] = [await server.open(), await server.open()];
  await mine.put('room', 'me', 0);
  expect(await others.holder('room')).toMatchObject({ owner: 'me' });
  await mine.release(1);
  expect(await others.holder('room')).toBeNull();
  await mine.put('room', 'me', 0);
  server.expire();
  expect([await others.holder('room'), await mine.put('room', 'me', 2)]).toEqual([null, null]);
});
