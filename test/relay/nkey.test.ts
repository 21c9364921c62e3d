import { credsAuthenticator, nkeyAuthenticator, nkeys } from '@nats-io/transport-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCreds, fromSeed, readSeed } from '../../src/commands/nats-auth.js';

const OWNERS = ['Operator', 'Account', 'User', 'Server', 'Cluster'] as const;
const bytes = (text: string) => new TextEncoder().encode(text);
const makeSeed = (owner: (typeof OWNERS)[number]) =>
  new TextDecoder().decode(nkeys[`create${owner}`]().getSeed());
const credsOf = (jwt: string, seed: string) =>
  `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n*** keep it ***\n\n` +
  `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;

/** Signs in the same, byte for byte, as the client of NATS does by its own means. */
describe('the seed of an nkey', () => {
  it.each(OWNERS)('is read and signed with as the client does it: %s', (owner) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (nonce) => {
        const seed = makeSeed(owner);
        expect(fromSeed('file', `${seed}\n`)(nonce)).toEqual(nkeyAuthenticator(bytes(seed))(nonce));
      }),
      // The client's own arithmetic takes tens of milliseconds.
      { numRuns: 8 },
    );
  });

  it('is of one length, checked, and of a key that signs', () => {
    const seed = makeSeed('User');
    const changed = `${seed.slice(0, 20)}${seed[20] === 'A' ? 'B' : 'A'}${seed.slice(21)}`;
    const curve = new TextDecoder().decode(nkeys.createCurve().getSeed());
    const publicKey = nkeys.fromSeed(bytes(seed)).getPublicKey();
    const wrong = ['', 'S', seed.slice(2), seed.slice(0, -2), `${seed}${seed}`, changed, seed.toLowerCase()];
    for (const text of [...wrong, curve, publicKey, `${seed.slice(0, -1)}ü`]) {
      expect(() => readSeed(text), text).toThrow('it is no seed of an nkey that signs');
      expect(() => nkeys.fromSeed(bytes(text)).sign(bytes('x')), text).toThrow();
    }
  });

  it('and its JWT are found in credentials as the client finds them', () => {
    for (const text of [credsOf('a.b.c', makeSeed('User')), ` \n${credsOf(' eyJ0.x ', makeSeed('User'))}x`]) {
      for (const nonce of ['a nonce', undefined])
        expect(fromCreds('file', () => text)(nonce)).toEqual(credsAuthenticator(bytes(text))(nonce));
    }
    for (const text of ['', 'no creds', credsOf('', makeSeed('User')), credsOf('a.b.c', '')]) {
      expect(() => fromCreds('file', () => text)).toThrow('does not hold NATS credentials');
      expect(() => credsAuthenticator(bytes(text))('a nonce')).toThrow();
    }
  });

  it('and its JWT are found with the line ends of Windows, without the last of them, and quickly where there are none', () => {
    const text = credsOf('a.b.c', makeSeed('User'));
    const found = fromCreds('file', () => text)('a nonce');
    for (const same of [text.replaceAll('\n', '\r\n'), text.trimEnd()]) {
      expect(fromCreds('file', () => same)('a nonce')).toEqual(found);
    }
    for (const no of ['-'.repeat(200_000), `---\n${' '.repeat(200_000)}`, '---\n'.repeat(100_000)]) {
      expect(() => fromCreds('file', () => no)).toThrow('does not hold NATS credentials');
    }
  });

  it('is read anew each time, as credentials are replaced while the program runs', () => {
    let text = credsOf('old', makeSeed('User'));
    const authenticator = fromCreds('file', () => text);
    text = credsOf('new', makeSeed('User'));
    expect(authenticator('a nonce')).toEqual(credsAuthenticator(bytes(text))('a nonce'));
  });
});
