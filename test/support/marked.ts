import { expect } from 'vitest';
import type { Frame } from '../simulator/client.js';
import { useFolder } from './folder.js';
import type { Program } from './program.js';
import type { Script, ScriptedWebRoom } from './scripted-web-room.js';

/** Secrets that are known again wherever they appear. With characters that JSON and patterns write differently. */
export const SECRET = 'Marked-"Пароль"\\+(secret)';
export const TOKEN = '1*marked-token/ab+cd==';
export const HTTP_TOKEN = '4*marked-token-for-http';
export const MARKED = [SECRET, TOKEN, HTTP_TOKEN];

/** What a program is given on its way in; all it shows is searched by `expectNoSecret`. */
export const SIGNED_IN: NonNullable<Script['answers']> = {
  auth: () => ({ token: TOKEN, tokenForHttpServer: HTTP_TOKEN, result: true, resultCode: 0 }),
};

/** A refusal that repeats what was sent, in several ways. */
export const REFUSED: NonNullable<Script['answers']> = {
  auth: ({ credentials }: Frame) => ({
    result: false,
    resultCode: 3,
    credentials,
    error: `no entry for ${credentials}, x${credentials}x or ${String(credentials).toUpperCase()}`,
  }),
};

/** A file with the secret in it, for the tests of the file that asks for it. */
export function credentialsFile(): string {
  return useFolder().write(`${SECRET}\r\n`);
}

/** As they are, in capitals (a PIN has no case), and as a Room's JSON may write them. */
function forms(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inAscii = inJson.replace(/[^ -~]/g, (character) => `\\u0${character.charCodeAt(0).toString(16)}`);
  return [secret, secret.toUpperCase(), inJson, inAscii];
}

export function expectNoSecret(program: Program): void {
  expectNoSecretIn(`${program.stdout.text}${program.stderr.text}`);
}

export function expectNoSecretIn(text: string): void {
  const shown = text.toLowerCase();
  for (const form of MARKED.flatMap(forms)) expect(shown).not.toContain(form.toLowerCase());
  // Nor a part of one, which is what a quotation that was cut would leave.
  expect(shown).not.toMatch(/marked|пароль|\\u043f/);
}

/** What was sent to sign in, so that a test that shows no secret has had one. */
export function expectSignIns(room: ScriptedWebRoom, ...credentials: readonly string[]): void {
  const sent = room.requests.filter(({ method }) => method === 'auth');
  expect(sent.map((request) => request['credentials'])).toEqual(credentials);
}

/** Lists that are refused with the secrets in the words. */
export function repeatingLists(): NonNullable<Script['answers']> {
  const refuse = () => ({ result: false, error: `no list for ${MARKED.join(' or ')}` });
  return { getOutgoingFilesRequests: refuse, getFileUploads: refuse };
}

/** The Room says the secrets wherever it can say something that is not a name of a file or of a person. */
export function repeatEverywhere(room: ScriptedWebRoom): void {
  for (const secret of MARKED) {
    const long = `${'x'.repeat(24)} ${secret}`;
    room.send({ method: 'event', event: `unknown ${secret}` });
    room.send({ method: 'event', event: long });
    room.send(`no JSON ${secret}`);
    room.send(`no JSON ${long}`);
    room.send(JSON.stringify(long));
    room.send({ method: secret, requestId: secret, result: true });
    room.send({ method: long, requestId: long, result: true, error: secret });
    room.send({ method: 'event', event: 'fileRequestStatusChanged', fileRequestId: 'a', status: secret });
    room.send({ method: 'event', event: 'receivedFileRequest', fileRequestId: 'b', fileSize: long });
    room.send({ method: 'event', event: 'receivedFileRequest', fileRequestId: { secret } });
    room.send({ method: 'event', event: 'appStateChanged', token: secret });
  }
  room.send({ method: 'event', event: 'fileTransferAvailabilityChanged', availability: 1 });
}
