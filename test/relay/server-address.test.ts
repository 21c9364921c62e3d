import { expect, it } from 'vitest';
import { parseServerAddress } from '../../src/relay/server-address.js';

it.each([
  ['nats://a', { servers: ['a:4222'], room: null, mustEncrypt: false }],
  ['nats://a,b:5,[::1]/10.0.0.5', { servers: ['a:4222', 'b:5', '[::1]:4222'], room: '10.0.0.5' }],
  ['nats://a:80,nats://b/ws://r:1/', { servers: ['a:80', 'b:4222'], room: 'ws://r:1/' }],
  ['nats://a,tls://b', { servers: ['a:4222', 'b:4222'], mustEncrypt: true }],
])('%s names its servers', (given, expected) => {
  expect(parseServerAddress(given)).toMatchObject({ label: given, ...expected });
});

it('a Room behind it has no "@", and nothing is said of credentials', () => {
  expect(() => parseServerAddress('nats://a,b:5/@lobby')).toThrow('The Room behind the NATS server');
  for (const given of ['nats://user:secret@a/lobby', 'nats://secret@a', 'nats://a/x@y']) {
    expect(() => parseServerAddress(given)).toThrow('carries credentials');
  }
});

it.each(['nats://', 'nats://a,', 'nats://a,,b', 'nats://a,http://b', 'nats://a b'])(
  '%s names none',
  (given) => {
    expect(() => parseServerAddress(given)).toThrow('names no NATS server');
  },
);
