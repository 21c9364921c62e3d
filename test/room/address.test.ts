import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrueConfFilesError } from '../../src/errors.js';
import { asFolder, asPin, identityOf, isUnsettled, parseAddress } from '../../src/room/address.js';

function errorOf(given: string): unknown {
  try {
    parseAddress(given);
  } catch (error) {
    return error;
  }
  return null;
}

describe('an address of a web page', () => {
  it.each<[given: string, origin: string, host: string]>([
    ['10.0.0.5', 'http://10.0.0.5', '10.0.0.5'],
    ['room.local', 'http://room.local', 'room.local'],
    [' room.local ', 'http://room.local', 'room.local'],
    ['localhost:8080', 'http://localhost:8080', 'localhost'],
    ['cafe:80', 'http://cafe', 'cafe'],
    ['http://room', 'http://room', 'room'],
    ['::1', 'http://[::1]', '[::1]'],
    ['[::1]', 'http://[::1]', '[::1]'],
    ['[::1]:8080', 'http://[::1]:8080', '[::1]'],
    ['::ffff:10.0.0.5', 'http://[::ffff:a00:5]', '[::ffff:a00:5]'],
    ['fe80::1%eth0', 'http://[fe80::1%eth0]', '[fe80::1%eth0]'],
    ['http://[fe80::1%br-0.1]:81', 'http://[fe80::1%br-0.1]:81', '[fe80::1%br-0.1]'],
    ['bücher.example', 'http://xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('%s', (given, origin, host) => {
    const label = given.trim();
    expect(parseAddress(given)).toEqual({ kind: 'web', label, origin, host, folder: 'default', pin: null });
  });

  it.each<[given: string, label: string, folder: string]>([
    ['HTTP://Room:81/', 'HTTP://Room:81', 'default'],
    ['http://room/default', 'http://room', 'default'],
    ['http://room?token=geheim', 'http://room', 'default'],
    ['http://room/?token=geheim#geheim', 'http://room', 'default'],
    ['http://room/longer-than-a-pin', 'http://room/longer-than-a-pin', 'longer-than-a-pin'],
    ['http://room/longername', 'http://room/longername', 'longername'],
    ['room:81/twin-2.a/', 'room:81/twin-2.a', 'twin-2.a'],
    ['http://room/public/twin/config.json', 'http://room/twin', 'twin'],
    ['http://room/public/twin/', 'http://room/twin', 'twin'],
  ])('%s names a Room, and is shown as %s', (given, label, folder) => {
    expect(parseAddress(given)).toMatchObject({ label, folder, pin: null });
  });

  it.each([
    ['http://room/ABC', 'http://room', 'ABC'],
    ['http://room:80/12345678/', 'http://room:80', '12345678'],
    ['room/a1?x=geheim', 'room', 'a1'],
    ['http://[::1]:81/twin', 'http://[::1]:81', 'twin'],
  ])('%s may end with a PIN: shown as %s, until the host has told', (given, label, last) => {
    const address = parseAddress(given);
    if (address.kind !== 'web') throw new Error('it is a WebSocket');
    expect(address).toMatchObject({ label, folder: last });
    expect(address.pin?.reveal()).toBe(last);
    expect(isUnsettled(address)).toBe(true);
    expect(asPin(address)).toMatchObject({ label, folder: 'default', pin: address.pin });
    expect(isUnsettled(asPin(address))).toBe(false);
    expect(asFolder(address)).toMatchObject({ label: `${label}/${last}`, folder: last, pin: null });
  });
});

describe('an address of a WebSocket', () => {
  it.each([
    ['ws://room:8765', 'ws://room:8765', 'ws://room:8765/'],
    ['WS://room:8765/', 'WS://room:8765/', 'ws://room:8765/'],
    ['wss://room', 'wss://room', 'wss://room/'],
    ['ws://[::1]:8765', 'ws://[::1]:8765', 'ws://[::1]:8765/'],
    ['ws://[fe80::1%eth0]:8765', 'ws://[fe80::1%eth0]:8765', 'ws://[fe80::1%eth0]:8765/'],
    ['wss://proxy/geheim?room=1', 'wss://proxy/…', 'wss://proxy/geheim?room=1'],
    ['ws://room:1/?token=geheim', 'ws://room:1/…', 'ws://room:1/?token=geheim'],
    ['ws://room:1?token=geheim', 'ws://room:1/…', 'ws://room:1/?token=geheim'],
    ['ws://room:1#geheim', 'ws://room:1/…', 'ws://room:1/'],
  ])('%s is shown as %s', (given, label, url) => {
    expect(parseAddress(given)).toEqual({ kind: 'socket', label, url });
  });
});

describe('what is not an address', () => {
  it.each([
    ['', 'is empty (an unset variable?)'],
    ['  ', 'is empty (an unset variable?)'],
    ['10.0.0 .5', '"10.0.0 …" contains a blank'],
    ['10.0.0.5 geheim', '"10.0.0.5 …" contains a blank'],
    ['10.0.0.5;geheim', '"10.0.0.5;…" is not an address'],
    ['http://room:80:geheim', '"http://room:80:…" is not an address'],
    ['room:80geheim', '"room:80…" is not an address'],
    ['room,geheim', '"room,…" is not an address'],
    ['room%2fgeheim', '"room%…" is not an address'],
    ['https://room;geheim', '"https://room;…" begins with https://'],
    ['\u200b10.0.0.5', 'is not an address'],
    ['"10.0.0.5"', 'is not an address'],
    [`${'a'.repeat(64)}.example`, 'has a host name that is too long'],
    ['a.'.repeat(127), 'has a host name that is too long'],
    ['http:10.0.0.5/geheim', 'lacks the two slashes after http:'],
    ['WS:/10.0.0.5:8765', 'lacks the two slashes after WS:'],
    ['line\nbreak', 'contains a blank'],
    ['https://room:443/geheim', "a Room's page is plain HTTP"],
    ['ftp://room', 'begins with ftp://'],
    ['file:///geheim', 'begins with file://'],
    ['http://', 'names no host'],
    ['ws://', 'names no host'],
    ['ws:///x', 'names no host'],
    [':8080', 'is not an address'],
    ['room:99999', 'has the port 99999'],
    ['ws://room:65536', 'has the port 65536'],
    ['room:0', 'has the port 0'],
    ['room:port', 'is not an address'],
    ['999.999.999.999', 'is not an address'],
    ['[::1', 'is not an address'],
    ['a:b:c:d', 'is not an address'],
    ['ws://::1:8765', 'without brackets'],
    ['fe80::1', 'needs its interface'],
    ['http://[fe80::1]:80', 'needs its interface'],
    ['room/a/b/geheim', 'is not the name of a Room'],
    ['http:/room/a/geheim', 'lacks the two slashes after http:'],
    ['http://room/a%20geheim', 'is not the name of a Room'],
  ])('%j', (given, what) => {
    const error = errorOf(given);
    expect(error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(what),
      hint: expect.any(String),
    });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('geheim');
  });

  it.each([
    ['https://room:443', 'http://room:443, or wss://HOST:PORT'],
    ['ws://::1:8765', 'ws://[::1]:8765'],
    ['ws://fe80::a:1', 'ws://[fe80::a:1]'],
    ['room:99999', '1 to 65535'],
    ['fe80::1', 'fe80::1%eth0'],
  ])('%s: says what to give', (given, hint) => {
    expect(errorOf(given)).toMatchObject({ hint: expect.stringContaining(hint) });
  });
});

describe('two addresses of one Room', () => {
  it.each([
    ['ws://h:1', 'WS://H:1/'],
    ['ws://localhost:1', 'ws://127.0.0.1:1'],
    ['ws://[::1]:1', 'ws://127.0.0.2:1'],
    ['127.0.0.1', 'http://localhost:80'],
    ['h/public/default', 'http://H'],
    ['127.0.0.1', 'localhost.'],
    ['127.0.0.1', '[::ffff:127.0.0.1]'],
    ['127.0.0.1', '0.0.0.0'],
    ['room.local.', 'room.local'],
    ['[fe80::1%25eth0]', 'fe80::1%eth0'],
  ])('are the same: %s and %s', (one, other) => {
    expect(identityOf(parseAddress(one))).toBe(identityOf(parseAddress(other)));
  });

  it.each([
    ['ws://h:1', 'ws://h:2'],
    ['ws://h:1/a', 'ws://h:1/b'],
    ['h/public/a', 'h/public/b'],
    ['ws://[fe80::1%eth0]:1', 'ws://[fe80::1%eth1]:1'],
  ])('are not: %s and %s', (one, other) => {
    expect(identityOf(parseAddress(one))).not.toBe(identityOf(parseAddress(other)));
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
