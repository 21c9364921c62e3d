import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Monitor } from '../../src/monitor/monitor.js';
import { LinesView, noteOf } from '../../src/output/lines.js';
import { makeLook } from '../../src/output/look.js';
import { Sink } from '../../src/output/sink.js';
import { decode } from '../../src/protocol/decode.js';
import { toLine } from '../../src/records/line.js';
import { toRecord } from '../../src/records/record.js';
import { EMOJI } from '../support/emoji.js';
import { received } from '../support/frames.js';
import { mutatedPayloads } from '../support/mutation.js';
import { IS_SOAK, SEED } from '../support/soak.js';

const RUNS = IS_SOAK ? 1_000_000 : 20_000;
const AT = Date.UTC(2026, 0);

/** What a terminal would obey, or what reorders or hides text. */
const UNSAFE = /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\n]]/v;
const CONTROL = /[\p{Cc}--[\n]]/v;

it(`${RUNS} mutated payloads give messages, and all that follows from them, from seed ${SEED}`, () => {
  const isMessage = fc.property(mutatedPayloads(), (text) => {
    const message = decode(text);
    if (!/^[a-z-]+$/.test(message.kind)) throw new Error(`no kind of message: ${message.kind}`);
    const quoted = message.kind === 'unreadable' ? [message.reason] : message.problems;
    for (const sentence of quoted) if (sentence.length > 300) throw new Error('a problem quotes too much');
    showAll(text);
  });
  fc.assert(isMessage, { seed: SEED, numRuns: RUNS });
});

/** All that is written of a frame that comes twice, during a listing and as it may be the answer to it. */
function showAll(text: string): void {
  const monitor = new Monitor();
  monitor.feed({ kind: 'listing-asked', at: AT, cause: 'resync' });
  const entry = received(text, AT);
  const lines = new Lines();
  const view = new LinesView(lines, { look: makeLook({ color: false, unicode: true }), nameRooms: false });
  for (const notice of [...monitor.feed(entry), ...monitor.feed(entry)]) {
    view.show(notice, 'room');
    const record = toRecord(notice, 'room');
    if (record !== null) expectNone(CONTROL, toLine(record));
    expectNone(UNSAFE, noteOf(notice, 'room') ?? '');
  }
  for (const line of lines.written) expectNone(UNSAFE, line);
}

/** Keeps lines instead of writing them. */
class Lines extends Sink {
  readonly written: string[] = [];

  constructor() {
    super({ write: () => true, on: () => {}, off: () => {} });
  }

  override write(line: string): void {
    this.written.push(line);
  }
}

/** Joiners inside an emoji are a part of it. */
function expectNone(unsafe: RegExp, line: string): void {
  if (unsafe.test(line)) expect(line.replace(EMOJI, '')).not.toMatch(unsafe);
}
