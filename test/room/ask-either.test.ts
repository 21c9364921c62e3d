import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { decode } from '../../src/protocol/decode.js';
import type { Answer } from '../../src/protocol/message.js';
import type { Request } from '../../src/protocol/requests.js';
import { type Asker, askEither, NoAnswerError } from '../../src/room/ask.js';

const NOW = 'acceptIncomingFileRequest';
const BEFORE = 'acceptFile';
const ANSWER_MS = 10_000;

/** What becomes of a request: `true` or the words of a refusal, after so many milliseconds; `null` is silence. */
type Fate = readonly [says: true | string, afterMs: number] | null;

class ScriptedAsker implements Asker {
  isOld: boolean | null = null;
  readonly asked: string[] = [];
  readonly #fates: Readonly<Record<string, Fate>>;

  constructor(now: Fate, before: Fate) {
    this.#fates = { [NOW]: now, [BEFORE]: before };
  }

  request({ method }: Request): Promise<Answer> {
    this.asked.push(method);
    const fate = this.#fates[method] ?? null;
    return new Promise((resolve, reject) => {
      if (fate === null) setTimeout(() => reject(new NoAnswerError(method, ANSWER_MS)), ANSWER_MS);
      else setTimeout(() => resolve(answer(method, fate[0])), fate[1]);
    });
  }
}

function answer(method: string, says: true | string): Answer {
  const fields = says === true ? { result: true } : { result: false, error: says };
  const message = decode(JSON.stringify({ method, requestId: '1', ...fields }));
  if (message.kind !== 'other-answer') throw new Error('no answer');
  return message;
}

const ask = async (asker: Asker): Promise<string> => {
  const asked = askEither(
    asker,
    { method: NOW, fileRequestId: '1' },
    { method: BEFORE, fileRequestId: '1' },
    ({ result }) => result,
  ).then(
    ({ method, error }) => error ?? method,
    (error: unknown) => (error instanceof NoAnswerError ? error.message : 'another error'),
  );
  await vi.runAllTimersAsync();
  return asked;
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const SILENT = `the Room did not answer "${NOW}" within 10 s`;

it.each<[what: string, now: Fate, before: Fate, gives: string, isOld: boolean | null, asked: string[]]>([
  ['serves', [true, 5], ['unknown', 5], NOW, false, [NOW]],
  ['does not know the name', ['unknown', 5], [true, 5], BEFORE, true, [NOW, BEFORE]],
  ['is silent about a name that it does not know', null, [true, 5], BEFORE, true, [NOW, BEFORE]],
  ['refuses both', ['busy', 5], ['unknown', 5], 'busy', null, [NOW, BEFORE]],
  ['refuses the one and is silent about the other', ['busy', 5], null, 'busy', null, [NOW, BEFORE]],
  ['is silent about both', null, null, SILENT, null, [NOW, BEFORE]],
  ['is only slow', [true, 9_000], ['unknown', 5], NOW, false, [NOW, BEFORE]],
  ['is slow to refuse', ['busy', 9_000], ['unknown', 5], 'busy', null, [NOW, BEFORE]],
])('a Room that %s', async (_, now, before, gives, isOld, asked) => {
  const asker = new ScriptedAsker(now, before);
  expect(await ask(asker)).toBe(gives);
  expect(asker.isOld).toBe(isOld);
  expect(asker.asked).toEqual(asked);
});

it.each([
  [true, BEFORE, 'no such file'],
  [false, NOW, 'busy'],
])('asks only by the names that the Room is known for: old %s', async (isOld, asked, gives) => {
  const asker = new ScriptedAsker(['busy', 5], ['no such file', 5]);
  asker.isOld = isOld;
  expect(await ask(asker)).toBe(gives);
  expect(asker.asked).toEqual([asked]);
});

it('passes on what ends the link, also where it waits for the second answer', async () => {
  const lost = new Error('lost');
  const asker: Asker = {
    isOld: null,
    request: ({ method }) =>
      new Promise((_, reject) => setTimeout(() => reject(lost), method === NOW ? 9_000 : 5)),
  };
  expect(await ask(asker)).toBe('another error');
});
