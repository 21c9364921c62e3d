import { firstSeen, type Transfer } from '../../src/transfers/transfer.js';
import { fileFacts } from './messages.js';

/** A transfer of which little is known, apart from what is given. */
export function makeTransfer(facts: Partial<Transfer> = {}): Transfer {
  const { id = 'a', status = 'waiting' } = facts;
  return { ...firstSeen(fileFacts(id), status, null, 0, null), ...facts };
}
