import { JetStreamApiError } from '@nats-io/jetstream';
import { expect, it } from 'vitest';
import { RecordStore } from '../../src/relay/record-store.js';

const ITEM = { subject: 'trueconf.files.r.link', messageId: 'id', body: '{}', stands: '' };

/** A store whose stream knows another last record with each try; and the numbers that were published behind. */
function storeOf(lasts: readonly number[]) {
  const behind: (number | null)[] = [];
  const left = [...lasts];
  const publisher = {
    publish: async (_: typeof ITEM, last: number | null) => {
      behind.push(last);
      const [inStream = 0] = left;
      if (last === null || last === inStream) return inStream + 1;
      left.shift();
      throw new JetStreamApiError({
        code: 400,
        err_code: 10071,
        description: `wrong last sequence: ${inStream}`,
      });
    },
  };
  const store = new RecordStore({ publisher, leases: { isFresh: () => true }, onCut: () => {} });
  return { store, behind };
}

const refused = (store: RecordStore, last: number) =>
  store.store(ITEM, 'r', last).then(
    () => 'stored',
    (error) => error.message,
  );

it('a record is refused where another relay has stored a newer one, each time anew', async () => {
  const { store, behind } = storeOf([7, 8, 9]);
  const answers = [await refused(store, 5), await refused(store, 7), await refused(store, 8)];
  expect(answers).toEqual([7, 8, 9].map((sequence) => `wrong last sequence: ${sequence}`));
  expect(behind).toEqual([5, 7, 8]);
});

it('is stored behind the record that the stream insists on, though it was read without it', async () => {
  const { store, behind } = storeOf([7, 7, 7]);
  expect([await refused(store, 5), await refused(store, 5)]).toEqual(['wrong last sequence: 7', 'stored']);
  expect(behind).toEqual([5, 5, 7]);
});

it('is stored at once where the one before it was trimmed', async () => {
  const { store, behind } = storeOf([0, 0]);
  expect(await refused(store, 5)).toBe('stored');
  expect(behind).toEqual([5, 0]);
});
