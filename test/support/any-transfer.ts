import fc from 'fast-check';
import { STATUSES, type Transfer } from '../../src/transfers/transfer.js';
import { inStatus } from '../screen/sample.js';

/** Texts as strangers choose them. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    '👨‍👩‍👧‍👦.png',
    'क्षि.txt',
    'e\u0301\u0302\u0303.doc',
    'ﷺ.pdf',
    '🇩🇪🇫🇷',
    '\u0300',
    '\ue000\ue000',
    '',
  ),
);
const amount = fc.oneof(fc.constant(null), fc.double({ noNaN: false }), fc.nat());

/** Transfers with whatever a Room could say of them. */
export const anyTransfer: fc.Arbitrary<Transfer> = fc
  .record({
    id: fc.string({ minLength: 1 }),
    status: fc.constantFrom(...STATUSES),
    direction: fc.constantFrom('inbound' as const, 'outbound' as const, 'unknown' as const),
    name: fc.option(anyText),
    size: amount,
    peer: fc.option(fc.record({ id: fc.option(anyText), name: fc.option(anyText) })),
    conferenceId: fc.option(anyText),
    progress: amount,
    bytes: amount,
    bytesPerSecond: amount,
    createdAt: amount,
    raw: fc.option(anyText),
    omittedSteps: fc.nat(3),
  })
  .map((facts) => inStatus(facts.status, 5, facts));
