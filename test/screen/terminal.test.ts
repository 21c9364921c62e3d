import { expect, test, vi } from 'vitest';
import { layoutOf, settle } from '../../src/screen/model.js';
import { Terminal } from '../../src/screen/terminal.js';
import { view } from '../../src/screen/view.js';
import { Emulator } from '../support/emulator.js';
import { FakeInput, FakeOutput } from '../support/fake-terminal.js';
import { NOW } from './sample.js';
import { modelWith, PLAIN, plainLine, sampleTransfers } from './sample-model.js';

function ignore(): void {}

test('200 to 30 to 200 columns leaves no stale row', async () => {
  const model = modelWith(sampleTransfers());
  const stdout = new FakeOutput(200, 20);
  const terminal = new Terminal(stdout, new FakeInput(), ignore, ignore);
  const emulator = new Emulator(200, 20);
  terminal.enter();
  for (const columns of [200, 30, 200]) {
    stdout.resize(columns, 20);
    emulator.resize(columns, 20);
    terminal.invalidate();
    const lines = view(settle(model, layoutOf(terminal.size)), terminal.size, NOW, PLAIN);
    terminal.draw(lines);
    await emulator.write(stdout.writes.splice(0).join(''));
    const onScreen = emulator.lines().map(withoutGaps);
    expect(onScreen).toEqual([...lines.map(plainLine).map(withoutGaps), '']);
  }
});

test('only changed lines are written, and nothing where nothing changed', () => {
  const stdout = new FakeOutput(80, 24);
  const terminal = new Terminal(stdout, new FakeInput(), ignore, ignore);
  terminal.enter();
  terminal.draw(['one', 'two', 'three']);
  stdout.writes.length = 0;
  expect(terminal.draw(['one', 'TWO', 'three'])).toBeGreaterThan(0);
  expect(stdout.writes).toEqual(['\x1b[?2026h\x1b[2;1HTWO\x1b[?2026l']);
  expect(terminal.draw(['one', 'TWO', 'three'])).toBe(0);
  expect(stdout.writes).toHaveLength(1);
});

test('restore undoes what enter did, once', () => {
  const stdout = new FakeOutput(80, 24);
  const stdin = new FakeInput();
  const terminal = new Terminal(stdout, stdin, ignore, ignore);
  terminal.enter();
  expect(stdin).toMatchObject({ isRaw: true, isPaused: false });
  expect(stdin.listenerCount('data')).toBe(1);
  terminal.restore();
  terminal.restore();
  expect(stdin).toMatchObject({ isRaw: false, isPaused: true });
  expect(stdin.listenerCount('data') + stdout.listenerCount('drain')).toBe(0);
  expect(stdout.writes).toHaveLength(2);
  const modes = [...stdout.text.matchAll(/\[\?(\d+)([hl])/g)].map(([, mode, state]) => `${mode}${state}`);
  expect(modes).toEqual(['1049h', '25l', '7l', '2004h', '2026l', '2004l', '7h', '25h', '1049l']);
});

test('keys are reported as they always were while the screen is open, and as before afterwards', () => {
  const stdout = new FakeOutput(80, 24);
  const terminal = new Terminal(stdout, new FakeInput(), ignore, ignore);
  terminal.enter();
  expect(stdout.text.split('1049h')[1]).toContain('\x1b[>0u\x1b[>4;0m');
  stdout.writes.length = 0;
  terminal.restore();
  // Where `>4m` is taken for an underline, the reset ends it.
  expect(stdout.text.split('1049l')[0]).toContain('\x1b[>4m\x1b[<u\x1b[0m');
});

test('a terminal is asked once how wide it draws, and only the answer to that counts', () => {
  vi.useFakeTimers({
    toFake: ['performance', 'setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'],
  });
  const [stdout, stdin, inputs] = [new FakeOutput(80, 24), new FakeInput(), vi.fn()];
  const onWide = vi.fn();
  const terminal = new Terminal(stdout, stdin, inputs, ignore, onWide);
  const asked = () => stdout.text.split('\x1b[2;1HЯ\x1b[6n').length - 1;
  terminal.enter();
  terminal.draw(['one', 'two']);
  // One that is left at once is not asked: the answer would come to the shell.
  expect(asked()).toBe(0);
  vi.advanceTimersByTime(500);
  terminal.draw(['one', 'two']);
  terminal.draw(['one', 'two']);
  expect(asked()).toBe(1);
  // The letter is drawn over in the same frame.
  expect(stdout.frames.at(-1)?.indexOf('two')).toBeGreaterThan(stdout.frames.at(-1)?.indexOf('Я') ?? 0);
  // Alt and F3, and an answer to another program's question.
  stdin.press('\x1b[1;3R');
  stdin.press('\x1b[2;40R');
  expect(onWide).not.toHaveBeenCalled();
  stdin.press('\x1b[2;3R');
  stdin.press('\x1b[2;3R');
  expect(onWide).toHaveBeenCalledTimes(1);
  expect(inputs.mock.calls.flat(2).map(({ kind }) => kind)).toEqual(Array(4).fill('report'));
  terminal.restore();
  terminal.enter();
  terminal.draw(['three']);
  expect(asked()).toBe(1);
  terminal.restore();
  vi.useRealTimers();
});

test('without an alternate screen what follows comes below the picture', async () => {
  const stdout = new FakeOutput(40, 6);
  const terminal = new Terminal(stdout, new FakeInput(), ignore, ignore);
  const emulator = new Emulator(40, 6);
  await emulator.write('earlier\r\n$ watch');
  terminal.enter();
  terminal.draw(['one', 'two', 'three', 'four', 'five'], { row: 1, column: 2 });
  terminal.restore();
  await emulator.write(`${stdout.text.replace('\x1b[?1049h', '').replace('\x1b[?1049l', '')}the summary`);
  expect(emulator.lines()).toEqual(['one', 'two', 'three', 'four', 'five', 'the summary']);
  expect(emulator.state).toMatchObject({ cursor: true, wrap: true });
});

test('raw mode is asked for before anything is drawn: it stops a program in the background', () => {
  const stdout = new FakeOutput(80, 24);
  const stdin = new FakeInput();
  const askRaw = vi.spyOn(stdin, 'setRawMode').mockImplementation(() => expect(stdout.writes).toEqual([]));
  new Terminal(stdout, stdin, ignore, ignore).enter();
  expect(askRaw).toHaveBeenCalledExactlyOnceWith(true);
  expect(stdout.writes).toHaveLength(1);
});

test('an input that is no terminal is left alone', () => {
  const stdin = Object.assign(new FakeInput(), { isTTY: false });
  new Terminal(new FakeOutput(80, 24), stdin, ignore, ignore).enter();
  expect(stdin).toMatchObject({ isRaw: false, isPaused: true });
});

/** The emulator gives some characters other widths than they have here, and keeps isolates; what counts is the text. */
function withoutGaps(text: string): string {
  return text.replace(/[\s\u2068\u2069]+/g, '');
}
