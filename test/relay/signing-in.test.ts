import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer, JETSTREAM, type NatsServer } from '../support/nats-server.js';
import { makeCertificates, makeOperator, makeUserKey } from './credentials.js';
import { settled, useRelays } from './support.js';

describe.skipIf(!hasNatsServer)('signing in to NATS', () => {
  const rooms = useRooms();
  const { run, natsServer, relay, watcher } = useRelays();

  /** A relay and a watcher sign in, and what the one tells comes to the other. */
  async function bothWork(
    nats: NatsServer,
    options: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl], { options, env });
    const watching = await watcher(nats, { options, env });
    room.receive({ id: 'a' });
    await settled(watching, { a: 'waiting' });
  }

  /** Neither signs in; both say so in a sentence, with no trace of what they were given. */
  async function neitherWorks(
    nats: NatsServer,
    options: readonly string[],
    expected: { readonly code: number; readonly says: string; readonly never?: string },
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    for (const command of [
      ['relay', 'demo', '--to', nats.url],
      ['watch', nats.url, '--json'],
    ]) {
      const program = run([...command, ...options], { env });
      expect(await program.ended).toBe(expected.code);
      expect(program.stderr.text).toContain(expected.says);
      expect(program.stderr.text).not.toMatch(/\bat .*\.js|undefined/);
      if (expected.never !== undefined) expect(program.report).not.toContain(expected.never);
    }
  }

  const file = (nats: NatsServer, name: string, text: string): string => {
    const path = join(nats.folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('with user and password: from a file, or from the environment', async () => {
    const nats = await natsServer(() => `${JETSTREAM}authorization { user: ann, password: "s3cret pass" }\n`);
    const password = file(nats, 'password', 's3cret pass\n');
    await bothWork(nats, ['--nats-user', 'ann', '--nats-password-file', password]);
    const env = { TRUECONF_FILES_NATS_USER: 'ann', TRUECONF_FILES_NATS_PASSWORD: 's3cret pass' };
    await bothWork(nats, [], env);
    const refused = { code: 4, says: 'refused the sign-in' };
    await neitherWorks(nats, [], refused);
    const wrong = { TRUECONF_FILES_NATS_PASSWORD: 'wr0ng' };
    await neitherWorks(nats, ['--nats-user', 'ann'], { ...refused, never: 'wr0ng' }, wrong);
  });

  it('with the seed of an nkey', async () => {
    const key = makeUserKey();
    const nats = await natsServer(
      () => `${JETSTREAM}authorization { users: [ { nkey: ${key.publicKey} } ] }\n`,
    );
    await bothWork(nats, ['--nats-nkey', file(nats, 'seed', `${key.seed}\n`)]);
    const { seed } = makeUserKey();
    const other = file(nats, 'other', seed);
    await neitherWorks(nats, ['--nats-nkey', other], { code: 4, says: 'refused the sign-in', never: seed });
  });

  it('with credentials that the tools of an operator made', async () => {
    const operator = makeOperator();
    const nats = await natsServer(() => `${JETSTREAM}${operator.config}`);
    const creds = file(nats, 'user.creds', operator.creds());
    await bothWork(nats, ['--nats-creds', creds]);
    const expires = Math.floor(Date.now() / 1_000) - 60;
    const old = file(nats, 'old.creds', operator.creds({ expires }));
    await neitherWorks(nats, ['--nats-creds', old], { code: 4, says: 'refused the sign-in' });
    const strange = file(nats, 'strange.creds', makeOperator().creds());
    await neitherWorks(nats, ['--nats-creds', strange], { code: 4, says: 'refused the sign-in' });
  });

  it('refuses what can not be credentials before it connects', async () => {
    const nats = await natsServer();
    const secret = 'SUAMLK2ZNL35WSMW37E7UD4VZ7ELPKW7DHC3BWBSD2GCZ7IUQQXZIORRBU';
    const garbled = file(nats, 'garbled', `${secret.slice(1)}!`);
    const never = secret.slice(4, 30);
    for (const [options, says] of [
      [['--nats-creds', garbled], `The file "${garbled}" of --nats-creds does not hold NATS credentials.`],
      [['--nats-nkey', garbled], `The file "${garbled}" of --nats-nkey does not hold a NATS nkey seed.`],
      [['--nats-creds', '/none'], 'The file "/none" of --nats-creds can\'t be read: there is no such file.'],
      [['--nats-nkey', '/'], 'The file "/" of --nats-nkey can\'t be read: it is a folder.'],
      [
        ['--nats-user', 'a', '--nats-creds', garbled],
        'Give one of --nats-creds, --nats-nkey and --nats-user.',
      ],
      [['--nats-password-file', garbled], 'A password needs its user'],
      [['--nats-cert', garbled], 'A client certificate needs its key'],
      [['--nats-ca', garbled], `The file "${garbled}" of --nats-ca does not hold certificates.`],
    ] as const) {
      await neitherWorks(nats, options, { code: 2, says, never });
    }
  });

  it.each(['nats://ann:s3cret@127.0.0.1', 'nats://t0ken-s3cret@127.0.0.1:4222'])(
    'refuses credentials in the address, and never repeats them: %s',
    async (address) => {
      for (const args of [
        ['watch', address],
        ['relay', 'demo', '--to', address],
      ]) {
        const program = run(args);
        expect(await program.ended).toBe(2);
        expect(program.stderr.text).toContain('carries credentials');
        expect(program.report).not.toContain('s3cret');
      }
    },
  );

  it('encrypted: with an authority, and with certificates of both sides', async () => {
    let made = { ca: '', client: { cert: '', key: '' } };
    const nats = await natsServer((folder) => {
      const certificates = makeCertificates(folder);
      made = certificates;
      const { cert, key } = certificates.server;
      const tls = `tls { cert_file: "${cert}", key_file: "${key}", ca_file: "${certificates.ca}", verify: true }`;
      return `${JETSTREAM}${tls}\n`;
    });
    const ca = ['--nats-ca', made.ca];
    const client = ['--nats-cert', made.client.cert, '--nats-key', made.client.key];
    await bothWork(nats, [...ca, ...client]);
    await neitherWorks(nats, client, { code: 3, says: 'certificate' });
    await neitherWorks(nats, ca, { code: 3, says: '--nats-cert with --nats-key' });
  });

  it('with its certificate checked, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    const nats = await natsServer((folder) => {
      const { server } = makeCertificates(folder);
      return `${JETSTREAM}tls { cert_file: "${server.cert}", key_file: "${server.key}" }\n`;
    });
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    for (const program of [
      run(['watch', nats.url], { env }),
      run(['relay', 'demo', '--to', nats.url], { env }),
    ]) {
      expect(await program.ended).toBe(3);
      expect(program.stderr.text).toContain('--nats-ca');
    }
  });

  it('never in clear text where encryption was asked for', async () => {
    const nats = await natsServer();
    const tls = nats.url.replace('nats:', 'tls:');
    for (const args of [
      ['watch', tls],
      ['relay', 'demo', '--to', tls],
    ]) {
      const program = run(args);
      expect(await program.ended).toBe(3);
      expect(program.stderr.text).toContain('the server does not encrypt.\nGive nats:// instead of tls://');
    }
  });
});
