import { describe, expect, it } from 'vitest';
import { cleared, deleted, implied, list, status } from '../support/messages.js';
import { type Row, tell } from '../support/told.js';

const TABLES: Record<string, readonly Row[]> = {
  'the first listing': [
    [
      'tells what is there',
      ['snapshot?', list('inbound', { a: 1 }), list('outbound', { b: 3 }), 'both'],
      ['a →waiting (snapshot)', 'b →complete (snapshot)'],
    ],
    [
      'asked for again, as the link was lost during it, tells the rest and what went meanwhile',
      [
        'snapshot?',
        list('inbound', { a: 1, b: 1 }),
        'snapshot?',
        list('inbound', { b: 2, c: 1 }),
        list('outbound', {}),
        'both',
      ],
      [
        'a →waiting (snapshot)',
        'b →waiting (snapshot)',
        'b waiting→processing (snapshot)',
        'c →waiting (snapshot)',
        'a removed (gone)',
      ],
    ],
  ],
  'a listing after a gap': [
    [
      'tells what changed, what is new and what is gone, and nothing else',
      [
        'snapshot?',
        list('inbound', { a: 1, b: 2, c: 1 }),
        list('outbound', { d: 1 }),
        'both',
        'resync?',
        list('inbound', { a: 1, b: 3, e: 1 }),
        list('outbound', { d: 2 }),
        'both',
      ],
      [
        'a →waiting (snapshot)',
        'b →processing (snapshot)',
        'c →waiting (snapshot)',
        'd →waiting (snapshot)',
        'b processing→complete (resync)',
        'e →waiting (resync)',
        'd waiting→processing (resync)',
        'c removed (gone)',
      ],
    ],
    ...(['in only', 'out only', 'neither'] as const).map(
      (answered) =>
        [
          `of which ${answered} answered says gone only of that`,
          [
            status('a', 1, { direction: 'inbound' }),
            status('b', 1, { direction: 'outbound' }),
            status('c', 1, { direction: 'unknown' }),
            'resync?',
            answered,
          ],
          [
            'a →waiting (event)',
            'b →waiting (event)',
            'c →waiting (event)',
            ...(answered === 'in only' ? ['a removed (gone)'] : []),
            ...(answered === 'out only' ? ['b removed (gone)'] : []),
          ],
        ] satisfies Row,
    ),
    [
      'of which both answered says gone of a transfer without a direction',
      [status('c', 1, { direction: 'unknown' }), 'resync?', 'both'],
      ['c →waiting (event)', 'c removed (gone)'],
    ],
    ...(['inbound', 'outbound'] as const).map(
      (partly) =>
        [
          `of which only a part of ${partly} could be read says gone only of the other`,
          [
            status('a', 1, { direction: 'inbound' }),
            status('b', 1, { direction: 'outbound' }),
            status('c', 1, { direction: 'unknown' }),
            'resync?',
            list('inbound', {}, {}, partly !== 'inbound'),
            list('outbound', {}, {}, partly !== 'outbound'),
            'both',
          ],
          [
            'a →waiting (event)',
            'b →waiting (event)',
            'c →waiting (event)',
            partly === 'inbound' ? 'b removed (gone)' : 'a removed (gone)',
          ],
        ] satisfies Row,
    ),
    [
      'may take a transfer back that has not ended, as it is the newer',
      [status('a', 2), 'resync?', list('inbound', { a: 1 }), 'in only'],
      ['a →processing (event)', 'a processing→waiting (resync)'],
    ],
    ...[0, 1, 2, 3].map(
      (listed) =>
        [
          `never takes a complete one back (${listed})`,
          [status('a', 3), 'resync?', list('inbound', { a: listed }), 'both'],
          ['a →complete (event)'],
        ] satisfies Row,
    ),
    [
      'never takes a rejected one back, though Rooms list it as processed',
      [implied('a', 'rejected'), 'resync?', list('inbound', { a: 3 }), 'both'],
      ['a →rejected (event)'],
    ],
  ],
  'a listing overtaken by an event': [
    [
      'does not undo it, where it answers after it',
      [status('a', 1), 'resync?', status('a', 2), list('inbound', { a: 1 }), 'both'],
      ['a →waiting (event)', 'a waiting→processing (event)'],
    ],
    [
      'does not undo it, where it answers before it',
      [status('a', 1), 'resync?', list('inbound', { a: 1 }), status('a', 2), 'both'],
      ['a →waiting (event)', 'a waiting→processing (event)'],
    ],
    [
      'still moves forward',
      [status('a', 1), 'resync?', status('a', 2), list('inbound', { a: 3 }), 'both'],
      ['a →waiting (event)', 'a waiting→processing (event)', 'a processing→complete (resync)'],
    ],
    [
      'does not say gone of what it was too early to name',
      ['resync?', list('inbound', {}), status('a', 1), 'both'],
      ['a →waiting (event)'],
    ],
    [
      'does not bring back what was deleted meanwhile',
      [status('a', 3), 'resync?', deleted('a'), list('inbound', { a: 3 }), 'both'],
      ['a →complete (event)', 'a removed (deleted)'],
    ],
    [
      'does not bring back what was cleared meanwhile',
      [status('a', 3), 'resync?', cleared(), list('inbound', { a: 3 }), 'both'],
      ['a →complete (event)', 'a removed (cleared)'],
    ],
    [
      'leaves what was deleted and then requested anew',
      [status('a', 3), 'resync?', deleted('a'), status('a', 1), list('inbound', { a: 3 }), 'both'],
      ['a →complete (event)', 'a removed (deleted)', 'a →waiting (event)', 'a waiting→complete (resync)'],
    ],
  ],
  'a listing that nobody is waiting for': [
    [
      'only moves forward',
      [status('a', 2), status('b', 1), list('inbound', { a: 1, b: 2, c: 1 })],
      [
        'a →processing (event)',
        'b →waiting (event)',
        'b waiting→processing (snapshot)',
        'c →waiting (snapshot)',
      ],
    ],
    [
      'does not bring back what is gone',
      [status('a', 1), 'resync?', list('inbound', {}), 'both', list('inbound', { a: 1 })],
      ['a →waiting (event)', 'a removed (gone)'],
    ],
    ['that the Room refused says nothing', [{ ...list('inbound', { a: 1 }), result: false }], []],
    ['without a list says nothing', [{ ...list('inbound', {}), files: null }], []],
  ],
  'a cleared history': [
    [
      'takes what has ended; what the lists name no more follows',
      [
        status('a', 3),
        status('b', 0),
        status('c', 1),
        status('d', 1),
        cleared(),
        'cleared?',
        list('inbound', { d: 1 }),
        'both',
      ],
      [
        'a →complete (event)',
        'b →failed (event)',
        'c →waiting (event)',
        'd →waiting (event)',
        'a removed (cleared)',
        'b removed (cleared)',
        'c removed (cleared)',
      ],
    ],
    [
      'during the first listing does not leave what it took',
      ['snapshot?', cleared(), list('inbound', { a: 3 }), 'both', 'cleared?', list('inbound', {}), 'both'],
      ['a →complete (snapshot)', 'a removed (cleared)'],
    ],
  ],
};

for (const [subject, rows] of Object.entries(TABLES)) {
  describe(subject, () => {
    it.each(rows)('%s', (_, steps, expected) => {
      expect(tell(steps)).toEqual(expected);
    });
  });
}
