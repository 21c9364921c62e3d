import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Sink, type SinkHandlers } from '../../src/output/sink.js';

const NEVER = new AbortController().signal;

/** A stream that takes a write only when the test says so. */
function slowStream(): { stream: Writable; written: string[]; proceed: (error?: Error) => void } {
  const written: string[] = [];
  let next: ((error?: Error) => void) | null = null;
  const stream = new Writable({
    highWaterMark: 8,
    write: (chunk, _, done) => {
      written.push(String(chunk));
      next = done;
    },
  });
  const proceed = (error?: Error) => {
    const done = next;
    next = null;
    done?.(error);
  };
  return { stream, written, proceed };
}

function noting(): { handlers: SinkHandlers; did: string[] } {
  const did: string[] = [];
  const handlers: SinkHandlers = {
    onFull: () => did.push('full'),
    onDrain: () => did.push('drain'),
    onGone: () => did.push('gone'),
    onError: (error) => did.push(`error ${error.message}`),
  };
  return { handlers, did };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const fault = (code: string) => Object.assign(new Error(code), { code });

describe('a sink', () => {
  it('writes what came in one turn at once, in order', async () => {
    const { stream, written, proceed } = slowStream();
    const sink = new Sink(stream);
    for (const line of ['a\n', 'b\n', 'c\n']) sink.write(line);
    expect(written).toEqual([]);
    await turn();
    expect(written).toEqual(['a\nb\nc\n']);
    proceed();
  });

  it('does not wait for the end of the turn with more than a pipe takes', async () => {
    const { stream, written, proceed } = slowStream();
    const { handlers, did } = noting();
    const sink = new Sink(stream, handlers);
    const line = `${'x'.repeat(9_999)}\n`;
    for (let count = 0; count < 8; count++) sink.write(line);
    expect(written).toEqual([line.repeat(7)]);
    expect(did).toEqual(['full']);
    proceed();
    await turn();
    expect(written).toEqual([line.repeat(7), line]);
    proceed();
  });

  it('says when the stream is full, holds what comes, and says when it has room', async () => {
    const { stream, written, proceed } = slowStream();
    const { handlers, did } = noting();
    const sink = new Sink(stream, handlers);
    sink.write('123456789\n');
    await turn();
    expect(did).toEqual(['full']);
    sink.write('held 1\n');
    sink.write('2\n');
    await turn();
    expect(written).toEqual(['123456789\n']);
    proceed();
    await turn();
    // What was held fills it again: there is no room yet.
    expect(written).toEqual(['123456789\n', 'held 1\n2\n']);
    expect(did).toEqual(['full', 'full']);
    proceed();
    await turn();
    expect(did).toEqual(['full', 'full', 'drain']);
  });

  it('is flushed when everything has reached the system, and not before', async () => {
    const { stream, written, proceed } = slowStream();
    const sink = new Sink(stream);
    let isFlushed = false;
    sink.write('123456789\n');
    await turn();
    sink.write('held\n');
    const flushed = sink.flush(NEVER).then(() => {
      isFlushed = true;
    });
    await turn();
    proceed();
    await turn();
    expect(isFlushed).toBe(false);
    proceed();
    await flushed;
    expect(written.join('')).toBe('123456789\nheld\n');
  });

  it('without anything to write is flushed at once', async () => {
    await new Sink(slowStream().stream).flush(NEVER);
  });

  it.each([
    ['EPIPE', 'gone'],
    ['ERR_STREAM_DESTROYED', 'gone'],
    ['ENOSPC', 'error ENOSPC'],
    ['ECONNRESET', 'error ECONNRESET'],
  ])(
    'whose stream fails with %s says so once, before the flush resolves, and is done',
    async (code, said) => {
      const { stream, written, proceed } = slowStream();
      const { handlers, did } = noting();
      const sink = new Sink(stream, handlers);
      sink.write('a\n');
      await turn();
      sink.write('b\n');
      const saidByThen = sink.flush(NEVER).then(() => [...did]);
      proceed(fault(code));
      expect(await saidByThen).toEqual([said]);
      sink.write('c\n');
      await sink.flush(NEVER);
      await turn();
      expect(did).toEqual([said]);
      expect(written).toEqual(['a\n']);
    },
  );

  it('whose stream was destroyed is done, too', async () => {
    const { stream } = slowStream();
    const { handlers, did } = noting();
    const sink = new Sink(stream, handlers);
    stream.destroy();
    sink.write('a\n');
    await sink.flush(NEVER);
    expect(did).toEqual(['full', 'drain', 'gone']);
  });

  it('that is disposed of leaves only what keeps a late fault from ending the process', async () => {
    const { stream } = slowStream();
    const sink = new Sink(stream);
    sink.dispose();
    expect(stream.listenerCount('drain')).toBe(0);
    stream.destroy(fault('EPIPE'));
    await new Promise((resolve) => stream.once('close', resolve));
  });
});
