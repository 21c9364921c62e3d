import type { RoomRecord, RoomWatch } from '../../src/index.js';
import { checkRecord } from '../support/record-schema.js';

/** A record in a few words. */
export function told(record: RoomRecord): string {
  switch (record.type) {
    case 'transfer':
      return `${record.id} ${record.status} (${record.origin})`;
    case 'connection':
      return record.state;
    default:
      return record.type;
  }
}

/** Records up to the first that fits; the watch goes on. */
export async function until(
  watch: RoomWatch,
  fits: (record: RoomRecord) => boolean,
): Promise<readonly RoomRecord[]> {
  const records: RoomRecord[] = [];
  for (;;) {
    const { done, value } = await watch.next();
    if (done) throw new Error(`It ended before that: ${records.map(told)}`);
    checkRecord(value);
    records.push(value);
    if (fits(value)) return records;
  }
}

/** Said once signed in and listed. */
export const isConnected = (record: RoomRecord) =>
  record.type === 'connection' && record.state === 'connected';

/** All records to the end, and the error at the end. */
export async function drain(watch: AsyncIterable<RoomRecord>) {
  const records: RoomRecord[] = [];
  try {
    for await (const record of watch) {
      checkRecord(record);
      records.push(record);
    }
  } catch (error) {
    return { records, error };
  }
  return { records, error: null };
}
