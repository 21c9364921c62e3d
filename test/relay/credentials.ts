import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** What NATS's own tools make for an operator, as files' contents. */
export interface Operator {
  /** Lines of the server's configuration. */
  readonly config: string;
  /** Credentials of a user of its one account. */
  creds(user?: { readonly expires?: number; readonly claims?: object }): string;
}

/** An operator with one account, which has JetStream without limits. */
export function makeOperator(): Operator {
  const operator = nkeys.createOperator();
  const account = nkeys.createAccount();
  const system = nkeys.createAccount();
  const jwt = sign(operator, operator, 'O', { type: 'operator', system_account: system.getPublicKey() });
  const limits = { ...UNLIMITED, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const accounts = {
    [account.getPublicKey()]: sign(operator, account, 'A', { type: 'account', limits }),
    [system.getPublicKey()]: sign(operator, system, 'SYS', { type: 'account', limits: UNLIMITED }),
  };
  const preloaded = Object.entries(accounts).map(([key, token]) => `  ${key}: ${token}\n`);
  return {
    config: `operator: ${jwt}\nresolver: MEMORY\nresolver_preload: {\n${preloaded.join('')}}\n`,
    creds({ expires, claims = {} } = {}) {
      const user = nkeys.createUser();
      const token = sign(
        account,
        user,
        'U',
        { type: 'user', subs: -1, data: -1, payload: -1, ...claims },
        expires,
      );
      const seed = new TextDecoder().decode(user.getSeed());
      return `${block('NATS USER JWT', token)}\n${block('USER NKEY SEED', seed)}`;
    },
  };
}

export interface UserKey {
  /** `U…`, for the server. */
  readonly publicKey: string;
  /** `SU…`, for the client. */
  readonly seed: string;
}

export function makeUserKey(): UserKey {
  const user = nkeys.createUser();
  return { publicKey: user.getPublicKey(), seed: new TextDecoder().decode(user.getSeed()) };
}

export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** An authority of its own, and certificates for a server on loopback and for one client: paths of files. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=test authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  const issue = (name: string, ...extensions: readonly string[]) => {
    const added = extensions.flatMap((one) => ['-addext', one]);
    const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key')];
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
    openssl('req', '-x509', ...key, ...signed, '-subj', `/CN=${name}`, ...added, ...files);
    return { cert: at(`${name}.pem`), key: at(`${name}.key`) };
  };
  return {
    ca: at('ca.pem'),
    server: issue('server', 'subjectAltName=IP:127.0.0.1', 'basicConstraints=critical,CA:FALSE'),
    client: issue('client', 'extendedKeyUsage=clientAuth', 'basicConstraints=critical,CA:FALSE'),
  };
}

/** A claim in the form of JWT that NATS has: signed with an nkey. */
function sign(issuer: KeyPair, subject: KeyPair, name: string, nats: object, exp?: number): string {
  const header = { typ: 'JWT', alg: 'ed25519-nkey' };
  const claims = {
    jti: name,
    iat: Math.floor(Date.now() / 1_000) - 3_600,
    iss: issuer.getPublicKey(),
    name,
    sub: subject.getPublicKey(),
    ...(exp !== undefined && { exp }),
    nats: { ...nats, version: 2 },
  };
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${Buffer.from(issuer.sign(new TextEncoder().encode(text))).toString('base64url')}`;
}

function block(name: string, text: string): string {
  return `-----BEGIN ${name}-----\n${text}\n------END ${name}------\n`;
}

const UNLIMITED = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  conn: -1,
  leaf: -1,
  wildcards: true,
};
