import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Redactor } from '../../src/protocol/secrets.js';
import { NoAnswerError } from '../../src/room/ask.js';
import type { Entry } from '../../src/room/entry.js';
import { type Line, Session } from '../../src/room/session.js';

let end: AbortController;
let entries: Entry[];
let sent: { method: string; requestId: string; at: number }[];
let session: Session;
let line: Omit<Line, 'partBytes'> & { partBytes: number };
let onEntry: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  end = new AbortController();
  entries = [];
  sent = [];
  const startedAt = Date.now();
  line = {
    partBytes: 0,
    send: (text: string) => sent.push({ ...JSON.parse(text), at: Date.now() - startedAt }),
  };
  onEntry = () => {};
  const take = (entry: Entry) => {
    entries.push(entry);
    onEntry();
  };
  session = new Session(line, take, new Redactor(), end.signal);
});

afterEach(() => {
  end.abort(new Error('over'));
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** How a request ended, or `pending`. */
function outcomeOf(request: Promise<unknown>): { now: unknown } {
  const outcome: { now: unknown } = { now: 'pending' };
  request.then(
    (value) => {
      outcome.now = value;
    },
    (error: unknown) => {
      outcome.now = error;
    },
  );
  return outcome;
}

async function ask(...methods: ('getAppState' | 'getFileRequests')[]): Promise<{ now: unknown }[]> {
  const outcomes = methods.map((method) => outcomeOf(session.request({ method })));
  await vi.advanceTimersByTimeAsync(1_000);
  return outcomes;
}

async function receive(fields: object): Promise<void> {
  session.receive(JSON.stringify(fields));
  await vi.advanceTimersByTimeAsync(0);
}

const warnings = () => entries.flatMap((entry) => (entry.kind === 'warning' ? [entry.code] : []));

describe('requests', () => {
  it('leave one after the other, as the vendor’s client spaces them', async () => {
    await ask('getAppState', 'getAppState', 'getFileRequests');
    expect(sent).toMatchObject([
      { method: 'getAppState', requestId: '1', at: 100 },
      { method: 'getAppState', requestId: '2', at: 150 },
      { method: 'getFileRequests', requestId: '3', at: 200 },
    ]);
  });

  it('that are not answered fail after ten seconds', async () => {
    const [outcome] = await ask('getAppState');
    await vi.advanceTimersByTimeAsync(9_000);
    expect(outcome?.now).toBe('pending');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(outcome?.now).toBeInstanceOf(NoAnswerError);
    expect(String(outcome?.now)).toContain('did not answer "getAppState" within 10 s');
    expect(session.awaits('getAppState')).toBe(false);
  });

  it('do not fail while a long frame is coming, which may be the answer', async () => {
    const [outcome] = await ask('getAppState');
    for (let seconds = 0; seconds < 100; seconds++) {
      line.partBytes += 10_000;
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(outcome?.now).toBe('pending');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(outcome?.now).toBeInstanceOf(NoAnswerError);
  });

  it('fail while a long frame comes so slowly that it would never end', async () => {
    const [outcome] = await ask('getAppState');
    for (let seconds = 0; seconds < 20; seconds++) {
      line.partBytes += seconds === 0 ? 100_000 : 1;
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(outcome?.now).toBeInstanceOf(NoAnswerError);
  });

  it('do not fail while reading is paused, even where they were made during it', async () => {
    const [before] = await ask('getAppState');
    session.pause();
    const [during] = await ask('getAppState');
    await vi.advanceTimersByTimeAsync(100_000);
    expect([before?.now, during?.now]).toEqual(['pending', 'pending']);
    session.resume();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(before?.now).toBe('pending');
    await vi.advanceTimersByTimeAsync(1);
    expect(before?.now).toBeInstanceOf(NoAnswerError);
    expect(during?.now).toBeInstanceOf(NoAnswerError);
  });

  it('fail with the cause of the link’s end', async () => {
    const [outcome] = await ask('getAppState');
    const spaced = outcomeOf(session.request({ method: 'getAppState' }));
    end.abort(new Error('cut'));
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome?.now).toEqual(new Error('cut'));
    expect(spaced.now).toEqual(new Error('cut'));
  });

  it('made in the moment in which the link ends fail, too', async () => {
    await ask('getAppState');
    const outcome = outcomeOf(session.request({ method: 'getAppState' }));
    end.abort(new Error('cut'));
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome.now).toEqual(new Error('cut'));
    expect(sent).toHaveLength(1);
  });

  it('for a list let a large frame through until they are answered', async () => {
    await ask('getFileRequests');
    expect(session.listings).toEqual(['getFileRequests']);
    await receive({ method: 'getFileRequests', requestId: '1', result: true, files: [] });
    expect(session.listings).toEqual([]);
  });
});

describe('an answer', () => {
  const state = { method: 'getAppState', result: true, appState: 3, embeddedHttpPort: 1 };

  it.each([
    ['with its id', { requestId: '2' }, ['pending', 'answered']],
    ['with its id as a number', { requestId: 2 }, ['pending', 'answered']],
    ['with an empty id goes to the oldest of its method', { requestId: '' }, ['answered', 'pending']],
    ['without an id goes to the oldest of its method', {}, ['answered', 'pending']],
  ])('%s', async (_, fields, expected) => {
    const outcomes = await ask('getAppState', 'getAppState');
    await receive({ ...state, ...fields });
    expect(outcomes.map(({ now }) => (now === 'pending' ? now : 'answered'))).toEqual(expected);
    expect(warnings()).toEqual([]);
  });

  it.each([
    ['to an id that was not used', { requestId: '9' }],
    ['to the id of another method', { requestId: '1', method: 'getFileRequests' }],
    ['without an id, of a method that was not asked', { requestId: '', method: 'getFileRequests' }],
  ])('%s settles nothing and is warned of', async (_, fields) => {
    const [outcome] = await ask('getAppState');
    await receive({ ...state, files: [], ...fields });
    expect(outcome?.now).toBe('pending');
    expect(warnings()).toEqual(['unexpected-answer']);
  });

  it('that comes late or twice is warned of', async () => {
    const [outcome] = await ask('getAppState');
    await vi.advanceTimersByTimeAsync(10_000);
    await receive({ ...state, requestId: '1' });
    expect(outcome?.now).toBeInstanceOf(NoAnswerError);
    expect(warnings()).toEqual(['unexpected-answer']);
  });

  it('that ends the link itself, by what follows from it, is not warned of', async () => {
    await ask('getAppState');
    onEntry = () => end.abort(new Error('over'));
    await receive({ ...state, requestId: '1' });
    expect(warnings()).toEqual([]);
  });

  it('that says no is an answer', async () => {
    const [outcome] = await ask('getAppState');
    await receive({ method: 'getAppState', requestId: '1', result: false, error: 'no' });
    expect(outcome?.now).toMatchObject({ result: false, error: 'no' });
  });
});

describe('what is shown of a frame', () => {
  it.each([
    ['{"method":"auth","requestId":"1","token":"geheim","result":true}'],
    ['{"method":"auth","requestId":"1","tokenForHttpServer":"geheim","result":true}'],
    ['{"method":"getTokenForHttpServer","requestId":"1","token":"geheim","result":true}'],
    ['{"method":"auth","token":"geheim'],
    ['{"token":"geheim'],
    ['{"token":"geheim\\'],
    ['{"token":"geheim"}'],
    ['[{"token":"geheim"}]'],
  ])('holds no token: %s', (frame) => {
    session.receive(frame);
    expect(JSON.stringify(entries)).not.toContain('geheim');
    expect(entries[0]).toMatchObject({ kind: 'received', text: expect.stringContaining('***') });
  });

  it('is the frame itself, if it is about files', () => {
    const frame = '{"method":"event","event":"fileStatus","id":"a","status":1,"fileName":"token"}';
    session.receive(frame);
    expect(entries).toMatchObject([{ kind: 'received', text: frame }]);
  });
});
