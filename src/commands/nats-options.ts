import { readFile } from 'node:fs/promises';
import type { Authenticator, NodeConnectionOptions } from '@nats-io/transport-node';
import type { Command } from 'commander';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from './credentials.js';
import type { Host } from './host.js';

/** How to sign in to NATS and to encrypt. */
export interface NatsOptions {
  readonly natsCreds?: string;
  readonly natsNkey?: string;
  readonly natsUser?: string;
  readonly natsPasswordFile?: string;
  readonly natsCa?: string;
  readonly natsCert?: string;
  readonly natsKey?: string;
  readonly stream: string;
}

export function addNatsOptions(command: Command): Command {
  return command
    .option('--stream <name>', 'JetStream stream of the records', 'TCFILES')
    .option('--nats-creds <file>', 'NATS credentials file (.creds)')
    .option('--nats-nkey <file>', 'file with a NATS nkey seed')
    .option('--nats-user <name>', 'NATS user; the password comes from $TRUECONF_FILES_NATS_PASSWORD')
    .option('--nats-password-file <file>', 'file with the NATS password')
    .option('--nats-ca <file>', 'certificates that NATS servers are checked with (PEM)')
    .option('--nats-cert <file>', 'certificate of this client (PEM)')
    .option('--nats-key <file>', 'key of this client (PEM)');
}

/**
 * The options as the client takes them.
 * @throws TrueConfFilesError `usage` where a file can't be read, or options exclude each other
 */
export async function readNatsAuth(
  options: NatsOptions,
  host: Host,
): Promise<Partial<NodeConnectionOptions>> {
  const [ca, cert, key] = await Promise.all([
    readText(options.natsCa, '--nats-ca', host),
    readText(options.natsCert, '--nats-cert', host),
    readText(options.natsKey, '--nats-key', host),
  ]);
  if ((cert === null) !== (key === null)) {
    throw new TrueConfFilesError('usage', 'A client certificate needs its key: --nats-cert with --nats-key.');
  }
  const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  return { ...(await readIdentity(options, host)), ...(Object.keys(tls).length > 0 && { tls }) };
}

async function readIdentity(options: NatsOptions, host: Host): Promise<Partial<NodeConnectionOptions>> {
  const { natsCreds, natsNkey, natsPasswordFile } = options;
  const given = [natsCreds, natsNkey, options.natsUser].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw new TrueConfFilesError('usage', 'Give one of --nats-creds, --nats-nkey and --nats-user.');
  }
  const { credsAuthenticator, nkeyAuthenticator } = await import('@nats-io/transport-node');
  const creds = await readText(natsCreds, '--nats-creds', host);
  if (creds !== null) {
    return { authenticator: checked(credsAuthenticator(bytesOf(creds)), natsCreds, '--nats-creds') };
  }
  const seed = await readText(natsNkey, '--nats-nkey', host);
  if (seed !== null) {
    return { authenticator: checked(nkeyAuthenticator(bytesOf(seed.trim())), natsNkey, '--nats-nkey') };
  }
  const user = options.natsUser ?? host.env['TRUECONF_FILES_NATS_USER'] ?? '';
  if (user === '') {
    if (natsPasswordFile === undefined) return {};
    throw new TrueConfFilesError(
      'usage',
      'A password needs its user: --nats-password-file with --nats-user.',
    );
  }
  const fromFile = await readText(natsPasswordFile, '--nats-password-file', host);
  const pass = fromFile?.replace(/\r?\n$/, '') ?? host.env['TRUECONF_FILES_NATS_PASSWORD'];
  return { user, ...(pass !== undefined && { pass }) };
}

/** The client would say no sooner than it connects, and then like a fault of the server. */
function checked(authenticator: Authenticator, file: string | undefined, option: string): Authenticator {
  try {
    authenticator('a nonce');
    return authenticator;
  } catch {
    const what = option === '--nats-creds' ? 'NATS credentials' : 'a NATS nkey seed';
    throw new TrueConfFilesError(
      'usage',
      `The file "${file}" of ${option} does not hold ${what}.`,
      option === '--nats-creds'
        ? 'Give the file with JWT and seed that NATS tools make for a user (.creds).'
        : 'Give a file with the seed of a user alone: it begins with SU.',
    );
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function readText(file: string | undefined, option: string, host: Host): Promise<string | null> {
  if (file === undefined) return null;
  try {
    return await readFile(file, { encoding: 'utf8', signal: host.signal });
  } catch (error) {
    host.signal.throwIfAborted();
    throw new TrueConfFilesError(
      'usage',
      `The file "${file}" of ${option} can't be read: ${fileFault(error)}.`,
    );
  }
}
