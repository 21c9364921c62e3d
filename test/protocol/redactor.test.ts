import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Redactor, Secret } from '../../src/protocol/secrets.js';

function redact(secrets: readonly string[], text: string): string {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(new Secret(secret));
  return redactor.redact(text);
}

it.each<[what: string, secrets: readonly string[], text: string, shown: string]>([
  ['nothing known', [], 'all of it', 'all of it'],
  ['an empty secret', [''], 'all of it', 'all of it'],
  ['a PIN alone', ['4711'], 'PIN 4711.', 'PIN ***.'],
  ['a PIN inside a number', ['4711'], '14711 47112 x4711', '14711 47112 x4711'],
  ['another case', ['AbCd'], 'ABCD abcd', '*** ***'],
  ['a long one inside a word', ['long-secret-1'], 'xlong-secret-1x', 'x***x'],
  ['one that begins like another', ['secret', 'secret-two'], 'secret-two secret', '*** ***'],
  ['signs that patterns obey', ['^$\\.*+?()[]{}|/-'], 'is ^$\\.*+?()[]{}|/- so', 'is *** so'],
  ['a UUID', ['6c0e20a7-3c79-470d-869b-7c8287587620'], 'id 6c0e20a7-3c79-470d-869b-7c8287587620', 'id ***'],
  ['as JSON writes it', ['say "hi" \\o/'], '{"a":"say \\"hi\\" \\\\o/"}', '{"a":"***"}'],
  [
    'as JSON writes it in ASCII',
    ['пароль'],
    '{"a":"\\u043f\\u0430\\u0440\\u043E\\u043b\\u044c"}',
    '{"a":"***"}',
  ],
  ['by the name of its field', [], '{"token":"a\\"b","pin" : 12}', '{"token":"***","pin" : "***"}'],
])('%s', (_, secrets, text, shown) => {
  expect(redact(secrets, text)).toBe(shown);
});

function redactFrame(secrets: readonly string[], text: string, isUnderstood: boolean): string {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(new Secret(secret));
  return redactor.redactFrame(text, isUnderstood);
}

const PIN = '4711';
const LONG = 'a long secret';

describe('in a frame', () => {
  it.each<[what: string, secrets: readonly string[], text: string, shown: string]>([
    ['nothing to take out leaves it as it came', [PIN], '{ "a" : 1e3 }', '{ "a" : 1e3 }'],
    ['a field by its name', [], '{ "token" : "x", "a":1e3 }', '{ "token" : "***", "a":1e3 }'],
    ['a text', [PIN], '{"note":"PIN 4711"}', '{"note":"PIN ***"}'],
    ['no number', [PIN], '{"fileSize":4711,"status":"4711"}', '{"fileSize":4711,"status":"4711"}'],
    ['a number that is not read', [PIN], '{"a":4711}', '{"a":"***"}'],
    ['a text where a number should be', [PIN], '{"status":"PIN 4711"}', '{"status":"PIN ***"}'],
    ['no id', [PIN], '{"fileRequestId":"4711-a","note":"4711"}', '{"fileRequestId":"4711-a","note":"***"}'],
    ['no id that is a number', [PIN], '{"fileRequestId":4711,"a":4711}', '{"fileRequestId":4711,"a":"***"}'],
    ['no id of a conference', [PIN], '{"confId":4711,"fileId":4711}', '{"confId":4711,"fileId":4711}'],
    ['a long number as an id', ['1234567890'], '{"fileRequestId":1234567890}', '{"fileRequestId":"***"}'],
    ['no name', [PIN], '{"files":[{"fileName":"IMG_4711.jpg"}]}', '{"files":[{"fileName":"IMG_4711.jpg"}]}'],
    [
      'no digit of a long id',
      [PIN],
      '{"fileId":90071992547409931,"a":"4711"}',
      '{"fileId":"90071992547409931","a":"***"}',
    ],
    [
      'a frame with a byte order mark',
      [PIN],
      '\ufeff{"fileName":"4711.txt","a":"4711"}',
      '{"fileName":"4711.txt","a":"***"}',
    ],
    ['a long secret in a name', [LONG], '{"fileName":"a long secret.txt"}', '{"fileName":"***.txt"}'],
    ['a long secret as a field', [LONG], '{"a long secret":1}', '{"***":1}'],
  ])('that is understood: %s', (_, secrets, text, shown) => {
    expect(redactFrame(secrets, text, true)).toBe(shown);
  });

  it.each<[what: string, secrets: readonly string[], text: string, shown: string]>([
    [
      'a number becomes a text, so that JSON stays JSON',
      [PIN],
      '{"a":4711,"b":47110}',
      '{"a":"***","b":47110}',
    ],
    ['a name', [PIN], '{"fileName":"IMG_4711.jpg"}', '{"fileName":"IMG_***.jpg"}'],
    ['what is no JSON', [PIN], '{"a":4711', '{"a":***'],
  ])('that is not understood: %s', (_, secrets, text, shown) => {
    expect(redactFrame(secrets, text, false)).toBe(shown);
  });
});

describe('names of the API stay', () => {
  const frame = '{"method":"event","event":"fileStatus","id":"a","note":"fileStatus event"}';

  it.each(['event', 'fileStatus', 'method', 'note'])('where a secret is the same: %s', (secret) => {
    const redacted: unknown = JSON.parse(redactFrame([secret], frame, true));
    expect(redacted).toMatchObject({ method: 'event', event: 'fileStatus', id: 'a' });
    expect(redacted).toHaveProperty('note', 'fileStatus event'.replace(secret, '***'));
  });

  it('and a secret that no API could have as a name goes', () => {
    expect(redactFrame(['long-secret-1'], '{"event":"long-secret-1"}', true)).toBe('{"event":"***"}');
  });
});

it('of tokens those of the newest link and of the one before are known', () => {
  const redactor = new Redactor();
  redactor.add(new Secret('password-1'));
  const token = (nth: number) => new Secret(`token-of-link-${nth}`);
  for (let nth = 0; nth < 3; nth++) redactor.addLink([token(nth), null]);
  redactor.addToken(new Secret('token-for-http'));
  const text = [0, 1, 2].map((nth) => token(nth).reveal()).join(' ');
  expect(redactor.redact(`${text} token-for-http password-1`)).toBe('token-of-link-0 *** *** *** ***');
});

it.each([20_000, 1_000_000])('a secret of %d characters is found', (length) => {
  const secret = 'k'.repeat(length);
  expect(redact([secret], `a ${secret} b`)).toBe('a *** b');
});

it('letters that change their length in lower case shift nothing', () => {
  expect(redact(['Geheimnis-1'], 'İİ geheimnis-1 İ')).toBe('İİ *** İ');
});

describe('a frame that is not about files', () => {
  const redactAll = (text: string, secrets: readonly string[] = []) => {
    const redactor = new Redactor();
    for (const secret of secrets) redactor.add(new Secret(secret));
    return redactor.redactAll(text);
  };

  it.each<[what: string, text: string, shown: string]>([
    [
      'chat',
      '{"event":"x","text":"hi","a":{"message":["b"]}}',
      '{"event":"x","text":"***","a":{"message":"***"}}',
    ],
    [
      'PINs and links',
      '{"userPin":12,"confUrl":{"a":1},"linked":"b"}',
      '{"userPin":"***","confUrl":"***","linked":"b"}',
    ],
    [
      'settings',
      '{"s":[{"name":"adminPassword","value":"x"},{"name":"volume","value":5},{"value":7},null,"name"]}',
      '{"s":[{"name":"adminPassword","value":"***"},{"name":"volume","value":5},{"value":7},null,"name"]}',
    ],
    ['what is known', '{"a":"it is 4711","b":4711}', '{"a":"it is ***","b":"***"}'],
    ['a name, as names are not read', '{"fileName":"4711.txt"}', '{"fileName":"***.txt"}'],
    ['what is no JSON', '{"token":"x", 4711', '{"token":"***", ***'],
  ])('loses %s', (_, text, shown) => {
    expect(redactAll(text, [PIN])).toBe(shown);
  });
});

it.each<[what: string, secrets: readonly string[], text: string, shown: string]>([
  ['several, in any order', ['one', 'two'], 'two one two one', '*** *** *** ***'],
  ['the first of two that overlap', ['abcdefghij', 'hij-klmnop'], 'abcdefghij-klmnop', '***-klmnop'],
  ['one that another covers no longer', ['aa', 'aa bb'], 'aa bb aa', '*** ***'],
  ['nine characters only as a word', ['ninechars'], 'xninechars ninechars', 'xninechars ***'],
  ['ten characters anywhere', ['tencharact'], 'xtencharact', 'x***'],
  ['one at the very end', ['4711'], 'PIN 4711', 'PIN ***'],
  ['one after a letter of two units', ['4711'], '𝐀4711 4711', '𝐀4711 ***'],
  ['one beside letters that lose their length', ['4711'], 'İ 4711 İİ 4711', 'İ *** İİ ***'],
  ['capitals beside such letters', ['geheim'], 'İ GEHEIM ß', 'İ *** ß'],
  ['a letter that is another at the end of a word', ['ΚΩΔΙΚΟΣΜΟΥΣ'], 'xΚΩΔΙΚΟΣΜΟΥΣx', 'x***x'],
  ['that letter beside ones that lose their length', ['ΚΩΔΙΚΟΣ'], 'İ ΚΩΔΙΚΟΣ', 'İ ***'],
  ['letters of two units beside such letters', ['𐐀𐐁'], 'İ 𐐀𐐁', 'İ ***'],
  ['one across a line end', ['İ\nx'], 'İ\nX', '***'],
])('takes out %s', (_, secrets, text, shown) => {
  expect(redact(secrets, text)).toBe(shown);
});

it('a number in a text field of numbers stays only where it is nothing but a number', () => {
  const frame = '{"status":"4711 ","fileSize":"4711"}';
  expect(redactFrame([PIN], frame, true)).toBe('{"status":"*** ","fileSize":"4711"}');
});

it('what is neither text nor number is left', () => {
  expect(redactFrame([PIN, 'null', 'true'], '{"a":null,"b":true,"c":"4711"}', true)).toBe(
    '{"a":null,"b":true,"c":"***"}',
  );
});

it('no secret at all, and a token of no link yet, are taken', () => {
  const redactor = new Redactor();
  redactor.add(null);
  redactor.addToken(new Secret('first-token'));
  expect(redactor.redact('Stryker first-token')).toBe('Stryker ***');
  redactor.addToken(new Secret('second-token'), new Secret('second%2Dtoken'));
  redactor.addLink([new Secret('third-token')]);
  expect(redactor.redact('first-token second-token second%2dtoken third-token')).toBe('*** *** *** ***');
});

it('a secret shows itself nowhere', () => {
  const secret = new Secret('4711');
  expect([`${secret}`, JSON.stringify({ secret }), inspect(secret), inspect([secret])]).toEqual([
    ...['***', '{"secret":"***"}', '***', '[ *** ]'],
  ]);
});
