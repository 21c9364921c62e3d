import { describe, expect, it } from 'vitest';
import { isChange, Monitor } from '../../src/monitor/monitor.js';
import type { Entry } from '../../src/room/entry.js';
import { received, statusFrame } from '../support/frames.js';

const held = (fields: object): Entry => ({ ...received(fields), kind: 'held' });
const file = statusFrame('a', 1);
const asked = (cause: 'snapshot' | 'resync'): Entry => ({ kind: 'listing-asked', at: 5, cause });
const answered: Entry = { kind: 'listing-answered', at: 5, inbound: true, outbound: true };
const live: Entry = { kind: 'link', at: 5, link: { state: 'live', attempt: 1 } };

describe('entries and what there is to show of them', () => {
  it.each<[name: string, entries: readonly Entry[], notices: object[]]>([
    ['a request sent: nothing', [{ kind: 'sent', at: 5, text: '{}' }], []],
    ['a state of the link: itself', [live], [live]],
    [
      'a heartbeat: itself',
      [{ kind: 'heartbeat', at: 5, connected: true }],
      [{ kind: 'heartbeat', connected: true }],
    ],
    ['an event of a file: its change', [received(file, 5)], [{ kind: 'transfer', at: 5 }]],
    ['an event that says nothing new: nothing', [received(file), received(file)], [{ kind: 'transfer' }]],
    [
      'an answer without news: nothing',
      [received({ method: 'getTokenForHttpServer', requestId: '1', result: true, token: 't' })],
      [],
    ],
    ['a documented event about something else: nothing', [received({ event: 'slideAdded' })], []],
    [
      'the state of the Room: itself, where it changes',
      [
        received({ method: 'getAppState', requestId: '1', result: true, appState: 2, embeddedHttpPort: 1 }),
        received({ event: 'appStateChanged', appState: 2 }),
        received({ event: 'appStateChanged', appState: 3 }),
      ],
      [
        { kind: 'state', code: 2 },
        { kind: 'state', code: 3 },
      ],
    ],
    [
      'the state of the Room in an answer: itself',
      [received({ method: 'getAppState', requestId: '1', result: true, appState: 2 })],
      [{ kind: 'state', code: 2 }],
    ],
    [
      'unknown events: a warning for each name',
      ['x', 'y', 'x'].map((event) => received({ method: 'event', event })),
      [{ message: expect.stringContaining('"x"') }, { message: expect.stringContaining('"y"') }],
    ],
    [
      'an unknown event: a warning',
      [received({ method: 'event', event: 'x' })],
      [{ kind: 'warning', code: 'unknown-event', message: expect.stringContaining('"x"') }],
    ],
    [
      'names of unknown events without end: a warning for each of the first 50',
      Array.from({ length: 60 }, (_, nth) => received({ event: `x${nth}` })),
      Array.from({ length: 50 }, () => ({ kind: 'warning', code: 'unknown-event', count: 1, id: null })),
    ],
    [
      'an answer without the state of the Room: nothing new',
      [
        received({ event: 'appStateChanged', appState: 2 }),
        received({ method: 'getAppState', requestId: '1', result: false, error: 'no' }),
        received({ event: 'appStateChanged', appState: 2 }),
      ],
      [{ kind: 'state', code: 2 }],
    ],
    ['no message: a warning', [received('hello')], [{ kind: 'warning', code: 'not-json' }]],
    [
      'an event read in part: the change, and a warning that names the transfer',
      [received({ ...file, fileSize: 'x' })],
      [
        { kind: 'transfer' },
        { kind: 'warning', code: 'partly-read', id: 'a', message: expect.stringContaining('fileSize') },
      ],
    ],
    [
      'an answer read in part: a warning that names the method',
      [received({ method: 'getFileInfo', requestId: '1', id: 'a', status: 1 })],
      [{ kind: 'warning', code: 'partly-read', id: null, message: expect.stringContaining('"getFileInfo"') }],
    ],
    ...['getFileInfo', 'getFileUploads'].map((method): [string, readonly Entry[], object[]] => [
      `an answer to ${method} without what it is about: a warning`,
      [received({ method, requestId: '1', result: true })],
      [{ kind: 'warning', code: 'partly-read', id: null }],
    ]),
    [
      'another state of the link: only itself, as warnings are held back until the end',
      [received('x'), received('y'), live],
      [{ code: 'not-json' }, live],
    ],
    [
      'a warning of the link: itself, once',
      [0, 1].map((at): Entry => ({ kind: 'warning', at, code: 'c', message: 'm' })),
      [{ kind: 'warning', at: 0, code: 'c', message: 'm', count: 1 }],
    ],
    [
      'the end: what warnings were held back, then itself',
      [received('x'), received('y'), { kind: 'link', at: 9, link: { state: 'closed', reason: 'stopped' } }],
      [{ code: 'not-json', count: 1 }, { code: 'not-json', count: 1, at: 9 }, { kind: 'link' }],
    ],
    [
      'a listing after a gap: what is gone',
      [received(file), asked('resync'), answered],
      [{ kind: 'transfer' }, { kind: 'removed', id: 'a', reason: 'gone' }],
    ],
    [
      'what was known when a part of a recording began: as a listing gives it, an end taken back, too',
      [received({ ...file, status: 3 }), held(file), held({ event: 'appStateChanged', appState: 2 })],
      [
        { kind: 'transfer', origin: 'event' },
        { kind: 'transfer', origin: 'snapshot', previousStatus: 'complete', event: null },
        { kind: 'state', code: 2 },
      ],
    ],
    [
      'a rejection that was known: as a listing gives it',
      [held({ ...file, event: 'incomingFileRequestRejected' })],
      [{ kind: 'transfer', origin: 'snapshot', event: null }],
    ],
    [
      'progress that was known: how far it is, and no other status',
      [
        held(file),
        held({
          event: 'incomingFileRequestDownloadingProgress',
          fileRequestId: 'a',
          processedPercents: 5,
        }),
      ],
      [{ origin: 'snapshot' }, { kind: 'progress', transfer: { status: 'waiting', progress: 5 } }],
    ],
    ['a listing that was not asked for: nothing', [received(file), answered], [{ kind: 'transfer' }]],
  ])('%s', (_, entries, notices) => {
    const monitor = new Monitor();
    const shown = entries.flatMap((entry) => monitor.feed(entry));
    expect(shown).toHaveLength(notices.length);
    expect(shown).toMatchObject(notices);
  });
});

it('what is known of a Room is reported at once', () => {
  const monitor = new Monitor();
  expect(monitor.standing).toMatchObject({ link: null, state: null, availability: null });
  monitor.feed({ kind: 'link', at: 5, link: { state: 'live', attempt: 1 } });
  monitor.feed(received({ event: 'appStateChanged', appState: 4 }));
  monitor.feed(received({ event: 'fileTransferAvailabilityChanged', availability: 3 }));
  monitor.feed(received(file));
  const { transfers, ...rest } = monitor.standing;
  expect(rest).toEqual({ link: { state: 'live', attempt: 1 }, state: 4, availability: 3 });
  expect([...transfers].map(({ id }) => id)).toEqual(['a']);
});

it('changes of transfers and of their availability are told from what else is shown', () => {
  const monitor = new Monitor();
  const notices = [
    { kind: 'link', at: 5, link: { state: 'live', attempt: 1 } } as const,
    received(file),
    received({ event: 'incomingFileRequestDownloadingProgress', fileRequestId: 'a', processedPercents: 5 }),
    received({ event: 'fileTransferAvailabilityChanged', availability: 3 }),
    received({ event: 'fileDeletedFromFileTransferHistory', fileRequestId: 'a' }),
    received({ event: 'appStateChanged', appState: 4 }),
    received('no message'),
    { kind: 'heartbeat', at: 5, connected: true } as const,
  ].flatMap((entry) => monitor.feed(entry));
  expect(notices.filter(isChange).map(({ kind }) => kind)).toEqual([
    ...['transfer', 'transfer', 'progress', 'availability', 'removed'],
  ]);
  expect(notices.filter((one) => !isChange(one)).map(({ kind }) => kind)).toEqual([
    ...['link', 'state', 'warning', 'heartbeat'],
  ]);
});

describe('the path of a transfer', () => {
  it.each([
    [true, ['waiting', 'complete']],
    [false, []],
  ])('with details %s: %j', (keepsDetails, path) => {
    const monitor = new Monitor({ keepsDetails });
    monitor.feed(received(file));
    monitor.feed(received({ ...file, status: 3 }));
    expect(monitor.ledger.get('a')?.path.map(({ status }) => status)).toEqual(path);
  });
});

describe('the last frame about a transfer', () => {
  it('is kept with it where that is wanted, unless it is an answer', () => {
    const monitor = new Monitor({ keepsDetails: true });
    monitor.feed(received(file));
    monitor.feed(received({ ...file, method: 'getFileRequestInfo', requestId: '1', result: true }));
    expect(monitor.ledger.get('a')?.raw).toBe(JSON.stringify(file));
  });

  it('is not kept where it is not wanted', () => {
    const monitor = new Monitor();
    monitor.feed(received(file));
    expect(monitor.ledger.get('a')?.raw).toBeNull();
  });

  it('is kept up to 16,384 characters', () => {
    const monitor = new Monitor({ keepsDetails: true });
    const padded = (length: number) => received(JSON.stringify(file).padEnd(length));
    monitor.feed(padded(16_385));
    expect(monitor.ledger.get('a')?.raw).toBeNull();
    monitor.feed(padded(16_384));
    expect(monitor.ledger.get('a')?.raw).not.toBeNull();
  });

  it('is not kept where it is long: many of them would fill the memory', () => {
    const monitor = new Monitor({ keepsDetails: true });
    monitor.feed(received({ ...file, fileName: 'x'.repeat(20_000) }));
    expect(monitor.ledger.get('a')).toMatchObject({ raw: null, name: `${'x'.repeat(4_096)}…` });
  });
});
