import type { TransferChange } from '../../src/transfers/change.js';
import type { Transfer } from '../../src/transfers/transfer.js';

/** A fixed moment: 2024-05-01T12:00:00Z, milliseconds since 1970. */
export const NOW = Date.UTC(2024, 4, 1, 12);

const SECOND_MS = 1_000;

/** A transfer with everything known, half done; override what a test is about. */
export function makeTransfer(overrides: Partial<Transfer> = {}): Transfer {
  return {
    id: 'id-1',
    key: overrides.id ?? 'id-1',
    direction: 'inbound',
    status: 'processing',
    statusCode: 2,
    name: 'report.pdf',
    size: 32 * 1_024 * 1_024,
    peer: { id: 'anna@some.server', name: 'Anna' },
    conferenceId: null,
    fileId: null,
    createdAt: NOW - 15 * SECOND_MS,
    progress: 48,
    bytes: 0.48 * 32 * 1_024 * 1_024,
    bytesPerSecond: 3.1 * 1_024 * 1_024,
    progressAt: NOW - SECOND_MS,
    path: [
      { status: 'waiting', at: NOW - 15 * SECOND_MS },
      { status: 'processing', at: NOW - 3 * SECOND_MS },
    ],
    omittedSteps: 0,
    firstSeenAt: NOW - 15 * SECOND_MS,
    raw: '{"method":"event","event":"fileRequestStatusChanged"}',
    ...overrides,
  };
}

/** A transfer whose status began `secondsAgo`, with nothing known of its progress. */
export function inStatus(
  status: Transfer['status'],
  secondsAgo: number,
  overrides: Partial<Transfer> = {},
): Transfer {
  const at = NOW - secondsAgo * SECOND_MS;
  return makeTransfer({
    status,
    statusCode: null,
    progress: null,
    bytes: null,
    bytesPerSecond: null,
    progressAt: null,
    createdAt: at,
    firstSeenAt: at,
    path: [{ status, at }],
    ...overrides,
  });
}

export function changeOf(transfer: Transfer, overrides: Partial<TransferChange> = {}): TransferChange {
  return {
    kind: 'transfer',
    at: NOW,
    transfer,
    previousStatus: null,
    origin: 'event',
    event: 'fileRequestStatusChanged',
    ...overrides,
  };
}
