import { credsAuthenticator, nkeyAuthenticator, nkeys } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { fromCreds, fromSeed } from '../../src/commands/nats-auth.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const makeSeed = () => new TextDecoder().decode(nkeys.createUser().getSeed());
const credsOf = (jwt: string, seed: string) =>
  `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n*** keep it ***\n\n` +
  `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;

describe('the seed of an nkey', () => {
  it('signs as the client does, blanks around it aside', () => {
    const seed = makeSeed();
    expect(fromSeed('file', ` ${seed}\r\n`)('a nonce')).toEqual(nkeyAuthenticator(bytes(seed))('a nonce'));
  });

  it('is refused where it is shortened, changed, a public key, or of a key that signs nothing', () => {
    const seed = makeSeed();
    const changed = `${seed.slice(0, 20)}${seed[20] === 'A' ? 'B' : 'A'}${seed.slice(21)}`;
    const curve = new TextDecoder().decode(nkeys.createCurve().getSeed());
    const publicKey = nkeys.fromSeed(bytes(seed)).getPublicKey();
    for (const text of [
      '',
      'S',
      seed.slice(2),
      seed.slice(0, -2),
      changed,
      seed.toLowerCase(),
      curve,
      publicKey,
    ]) {
      expect(() => fromSeed('file', text), text).toThrow('does not hold a NATS nkey seed');
    }
  });

  it('and its JWT are found in credentials as the client finds them', () => {
    for (const text of [credsOf('a.b.c', makeSeed()), ` \n${credsOf(' eyJ0.x ', makeSeed())}x`]) {
      for (const nonce of ['a nonce', undefined])
        expect(fromCreds('file', () => text)(nonce)).toEqual(credsAuthenticator(bytes(text))(nonce));
    }
    for (const text of ['', 'no creds', credsOf('', makeSeed()), credsOf('a.b.c', '')]) {
      expect(() => fromCreds('file', () => text)).toThrow('does not hold NATS credentials');
      expect(() => credsAuthenticator(bytes(text))('a nonce')).toThrow();
    }
  });

  it('and its JWT are found with the line ends of Windows, without the last of them, and quickly where there are none', () => {
    const text = credsOf('a.b.c', makeSeed());
    const found = fromCreds('file', () => text)('a nonce');
    for (const same of [text.replaceAll('\n', '\r\n'), text.trimEnd()]) {
      expect(fromCreds('file', () => same)('a nonce')).toEqual(found);
    }
    for (const no of ['-'.repeat(200_000), `---\n${' '.repeat(200_000)}`, '---\n'.repeat(100_000)]) {
      expect(() => fromCreds('file', () => no)).toThrow('does not hold NATS credentials');
    }
  });

  it('is read anew each time, as credentials are replaced while the program runs', () => {
    let text = credsOf('old', makeSeed());
    const authenticator = fromCreds('file', () => text);
    text = credsOf('new', makeSeed());
    expect(authenticator('a nonce')).toEqual(credsAuthenticator(bytes(text))('a nonce'));
  });
});
