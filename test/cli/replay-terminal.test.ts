import { describe, expect, it } from 'vitest';
import { useFolder } from '../support/folder.js';
import { statusFrame } from '../support/frames.js';
import { STARTED } from '../support/program.js';
import { type PseudoTerminal, useTerminals } from '../support/pseudo-terminal.js';

const { write } = useFolder();
const HOUR_MS = 3_600_000;
const RIGHT = '\x1b[C';
const LEFT = '\x1b[D';

const { open } = useTerminals();

const time = (ms: number) => new Date(Date.UTC(2022, 6, 31, 16, 0, 0, ms)).toISOString();
const line = (ms: number, fields: object) => `${JSON.stringify({ at: time(ms), room: 'one', ...fields })}\n`;
const received = (ms: number, id: string, status: number) =>
  line(ms, { kind: 'received', text: JSON.stringify(statusFrame(id, status)) });
const progress = (ms: number, id: string, percent: number) =>
  line(ms, {
    kind: 'received',
    text: JSON.stringify({
      method: 'event',
      event: 'incomingFileRequestDownloadingProgress',
      fileRequestId: id,
      processedPercents: percent,
    }),
  });

/** What is there at once, and changes an hour apart. */
const RECORDING = [
  `{"type":"recording","v":1,"time":"${time(0)}","rooms":["one"]}\n`,
  line(0, { kind: 'link', link: { state: 'live', attempt: 1 } }),
  received(0, 'first', 2),
  progress(HOUR_MS / 2, 'first', 50),
  received(HOUR_MS, 'second', 1),
  received(2 * HOUR_MS, 'first', 3),
].join('');

function replay(content: string, options = ''): PseudoTerminal {
  const script = `"$0" "$1" replay "$2" ${options}; echo code=$?; echo the end; read wait`;
  return open('sh', ['-c', script, ...STARTED, write(content)]);
}

async function ended(terminal: PseudoTerminal): Promise<string> {
  const screen = await terminal.until((text) => /^the end$/m.test(text));
  expect(terminal.emulator.state).toEqual({
    cursor: true,
    wrap: true,
    alternate: false,
    bracketedPaste: false,
  });
  return screen;
}

describe('a recording on the table', () => {
  it('is played as it happened, stepped with Right, paused with Space, and stays at its end', async () => {
    const terminal = replay(RECORDING);
    const start = await terminal.until((text) => text.includes('first.txt'));
    expect(start).not.toContain('second.txt');
    await terminal.until((text) => text.includes('Playing 1x, 0:0'));
    terminal.type(RIGHT);
    // Progress on the way is played, and is no change to stop at.
    const stepped = await terminal.until((text) => text.includes('second.txt'));
    expect(stepped).toContain('50%');
    await terminal.until((text) =>
      text.includes('PAUSED, Space plays on, Right steps  1:00:00 of 2:00:00, 2022-07-31 17:00:00 UTC'),
    );
    terminal.type(' ');
    await terminal.until((text) => text.includes('Playing 1x, 1:00:0'));
    terminal.type(' ');
    await terminal.until((text) => text.includes('PAUSED, Space plays on'));
    terminal.type(RIGHT);
    await terminal.until((text) => text.includes('END OF THE RECORDING  2022-07-31 18:00:00 UTC'));
    terminal.type(` ${RIGHT}`);
    await terminal.press('a', (text) => text.includes('Not possible in a recording'));
    await terminal.press('q', (text) => text.includes('the end'));
    const screen = await ended(terminal);
    expect(screen).toMatch(/Watched one for (2h|1h 59m)/);
    expect(screen).toContain('code=0');
  });

  it('goes back with Left, a change each, and on again with Right', async () => {
    const terminal = replay(RECORDING, '--speed max');
    await terminal.until((text) => text.includes('END OF THE RECORDING'));
    terminal.type(LEFT);
    const before = await terminal.until((text) => /processing +↓ +first\.txt/.test(text));
    expect(before).toMatch(/waiting +↓ +second\.txt/);
    expect(before).toContain('2022-07-31 17:00:00 UTC');
    terminal.type(LEFT);
    const earlier = await terminal.until((text) => !text.includes('second.txt'));
    expect(earlier).toContain('50%');
    terminal.type(RIGHT);
    await terminal.until((text) => /waiting +↓ +second\.txt/.test(text));
    terminal.type(RIGHT);
    await terminal.until((text) => /complete +↓ +first\.txt/.test(text));
    terminal.type('q');
    expect(await ended(terminal)).toContain('Ended while watching: 1 complete');
  });

  it('says how the recorded watch ended, there and in the summary', async () => {
    const reason = 'The Room one was taken over: another client signed in in this mode.';
    const end = line(2 * HOUR_MS, { kind: 'link', link: { state: 'closed', reason } });
    const terminal = replay(RECORDING + end, '--speed max');
    await terminal.until((text) => text.includes('END OF THE RECORDING') && text.includes('closed'));
    terminal.type('q');
    expect(await ended(terminal)).toContain(`one: closed: ${reason.slice(0, 40)}`);
  });

  it('shows the last frame about a transfer', async () => {
    const terminal = replay(RECORDING, '--speed max');
    await terminal.until((text) => text.includes('END OF THE RECORDING'));
    terminal.type('j\r');
    await terminal.until((text) => text.includes('"fileRequestId":"'));
  });

  it('has ages by its own clock, and nothing is stalled because it was long ago', async () => {
    const terminal = replay(RECORDING, '--speed max');
    const screen = await terminal.until((text) => text.includes('END OF THE RECORDING'));
    expect(screen).toMatch(/second\.txt.* 1h /);
    expect(screen).not.toMatch(/\d+y|\d{3}d/);
    terminal.type('q');
    expect(await ended(terminal)).toContain('code=0');
  });

  it('can be nothing but a beginning', async () => {
    const terminal = replay(RECORDING.slice(0, RECORDING.indexOf('\n') + 1));
    await terminal.until((text) => text.includes('END OF THE RECORDING'));
    terminal.type('q');
    expect(await ended(terminal)).toContain('code=0');
  });

  it('ends as a watch does where it was asked to', async () => {
    const terminal = replay(RECORDING, '--speed max --until complete');
    const screen = await ended(terminal);
    expect(screen).toContain('code=0');
    expect(screen).toContain('Ended while watching: 1 complete');
  });

  it('steps over what a filter leaves out', async () => {
    const terminal = replay(RECORDING, '--id first');
    await terminal.until((text) => text.includes('first.txt'));
    terminal.type(RIGHT);
    const screen = await terminal.until((text) => text.includes('2022-07-31 18:00:00 UTC'));
    expect(screen).not.toContain('second.txt');
    terminal.type('\x03');
    expect(await ended(terminal)).toContain('code=130');
  });
});

it.each([
  ['--plain', '"$2" --plain'],
  ['stdin that is the terminal', '-'],
])('it is lines with %s', async (_, args) => {
  const script = `"$0" "$1" replay ${args}; echo code=$?; echo the end; read wait`;
  const terminal = open('sh', ['-c', script, ...STARTED, write(RECORDING)]);
  if (args === '-') terminal.type(`${RECORDING.replaceAll('\n', '\r')}\x04`);
  expect(await ended(terminal)).toContain('code=0');
  expect(terminal.written).not.toContain('\x1b[?');
  expect(terminal.written).toMatch(/complete[^\n]* first\.txt/);
});

it('reads keys from the terminal where the recording comes from stdin', async () => {
  const script = 'cat "$2" | "$0" "$1" replay -; echo code=$?; echo the end; read wait';
  const terminal = open('sh', ['-c', script, ...STARTED, write(RECORDING)]);
  await terminal.until((text) => text.includes('Playing 1x') && text.includes('first.txt'));
  terminal.type(RIGHT);
  await terminal.until((text) => text.includes('second.txt'));
  terminal.type('q');
  expect(await ended(terminal)).toContain('code=0');
});
