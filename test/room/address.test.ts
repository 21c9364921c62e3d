import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrueConfFilesError } from '../../src/errors.js';
import { parseAddress } from '../../src/room/address.js';

function errorOf(given: string): unknown {
  try {
    parseAddress(given);
  } catch (error) {
    return error;
  }
  return null;
}

describe('an address of a web page', () => {
  it.each<[given: string, origin: string, host: string, folder: string]>([
    ['10.0.0.5', 'http://10.0.0.5', '10.0.0.5', 'default'],
    ['room.local', 'http://room.local', 'room.local', 'default'],
    [' room.local ', 'http://room.local', 'room.local', 'default'],
    ['localhost:8080', 'http://localhost:8080', 'localhost', 'default'],
    ['cafe:80', 'http://cafe', 'cafe', 'default'],
    ['http://room', 'http://room', 'room', 'default'],
    ['HTTP://Room:81/', 'http://room:81', 'room', 'default'],
    ['http://room/twin', 'http://room', 'room', 'twin'],
    ['http://room/twin/', 'http://room', 'room', 'twin'],
    ['http://room/public/twin/config.json', 'http://room', 'room', 'twin'],
    ['room:81/twin-2.a', 'http://room:81', 'room', 'twin-2.a'],
    ['::1', 'http://[::1]', '[::1]', 'default'],
    ['[::1]', 'http://[::1]', '[::1]', 'default'],
    ['[::1]:8080', 'http://[::1]:8080', '[::1]', 'default'],
    ['fe80::1:2', 'http://[fe80::1:2]', '[fe80::1:2]', 'default'],
    ['::ffff:10.0.0.5', 'http://[::ffff:a00:5]', '[::ffff:a00:5]', 'default'],
    ['http://[::1]:81/twin', 'http://[::1]:81', '[::1]', 'twin'],
    ['bücher.example', 'http://xn--bcher-kva.example', 'xn--bcher-kva.example', 'default'],
  ])('%s', (given, origin, host, folder) => {
    expect(parseAddress(given)).toEqual({ kind: 'web', label: given.trim(), origin, host, folder });
  });
});

describe('an address of a WebSocket', () => {
  it.each([
    ['ws://room:8765', 'ws://room:8765/'],
    ['WS://room:8765', 'ws://room:8765/'],
    ['wss://room', 'wss://room/'],
    ['wss://proxy/path?room=1', 'wss://proxy/path?room=1'],
    ['ws://room:1#part', 'ws://room:1/'],
    ['ws://[::1]:8765', 'ws://[::1]:8765/'],
  ])('%s', (given, url) => {
    expect(parseAddress(given)).toEqual({ kind: 'socket', label: given, url });
  });
});

describe('what is no address', () => {
  it.each([
    '',
    '  ',
    'two words',
    'line\nbreak',
    'https://room',
    'ftp://room',
    'file:///etc/passwd',
    'http://',
    'ws://',
    ':8080',
    'room:99999',
    'room:port',
    '999.999.999.999',
    '[::1',
    'a:b:c:d',
    'fe80::1%eth0',
    'room/a/b/c',
    'http:/room/a/b',
  ])('%j', (given) => {
    const error = errorOf(given);
    expect(error).toBeInstanceOf(TrueConfFilesError);
    expect(error).toMatchObject({ code: 'usage', hint: expect.stringContaining('HOST') });
  });
});

describe('credentials in an address', () => {
  it.each([
    'http://user:geheim@room',
    'ws://user:geheim@room:8765',
    'user:geheim@room',
    ':geheim@room',
    'geheim@room',
    'http://user:geheim@room:99999',
    'http://user:geheim word@room',
    'http://user:ge/geheim@room',
    'http://user:12#geheim@room',
    'ws://user:12?geheim@room',
    'http:/user:geheim@room',
    'http:\\\\user:geheim@room',
    'ftp://user:geheim@room',
    'http://user:geheim@room@other',
    'user:geheim@',
  ])('are refused and not repeated: %j', (given) => {
    const error = errorOf(given);
    expect(error).toMatchObject({ code: 'usage', hint: expect.stringContaining('--credentials-file') });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('geheim');
  });
});

describe('any text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.tuple(fc.constantFrom('http://', 'ws://', 'wss://', ''), fc.string()).map((parts) => parts.join('')),
    fc.ipV6(),
  );

  it('is an address or wrong usage', () => {
    fc.assert(
      fc.property(text, (given) => {
        const error = errorOf(given);
        expect(error === null || (error instanceof TrueConfFilesError && error.code === 'usage')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('with something before an @ is not repeated', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(String(errorOf(`${before}geheim@${after}`))).not.toContain('geheim');
      }),
    );
  });
});
