import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../file-fault.js';
import type { Host } from './host.js';
import type { NatsOptions } from './nats-options.js';

/**
 * The options as the client takes them.
 * @throws TrueConfFilesError `usage` where a file can't be read or holds something else, or options exclude each other
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
  checkCertificates({ ca: options.natsCa, cert: options.natsCert }, { ca, cert, key });
  const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  return { ...(await readIdentity(options, host)), ...(Object.keys(tls).length > 0 && { tls }) };
}

async function readIdentity(options: NatsOptions, host: Host): Promise<Partial<NodeConnectionOptions>> {
  const { natsCreds, natsNkey, natsPasswordFile } = options;
  const given = [natsCreds, natsNkey, options.natsUser].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw new TrueConfFilesError('usage', 'Give one of --nats-creds, --nats-nkey and --nats-user.');
  }
  if (natsCreds !== undefined) {
    let last = await readText(natsCreds, '--nats-creds', host);
    const { fromCreds } = await import('./nats-identity.js');
    const readAgain = () => {
      try {
        last = readFileSync(natsCreds, 'utf8');
      } catch {
        // It is being replaced: what was there before may still do.
      }
      return last;
    };
    return { authenticator: fromCreds(natsCreds, readAgain) };
  }
  if (natsNkey !== undefined) {
    const seed = await readText(natsNkey, '--nats-nkey', host);
    const { fromSeed } = await import('./nats-identity.js');
    return { authenticator: fromSeed(natsNkey, seed) };
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

/** What can't be used is said before anything is connected, and of each file by itself. */
function checkCertificates(
  files: { readonly ca: string | undefined; readonly cert: string | undefined },
  {
    ca,
    cert,
    key,
  }: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null },
): void {
  for (const [option, file, text] of [
    ['--nats-ca', files.ca, ca],
    ['--nats-cert', files.cert, cert],
  ] as const) {
    if (text === null || isCertificate(text)) continue;
    const hint = 'Give a file in PEM: -----BEGIN CERTIFICATE-----.';
    throw new TrueConfFilesError(
      'usage',
      `The file "${file}" of ${option} does not hold certificates.`,
      hint,
    );
  }
  if (cert === null || key === null) return;
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new TrueConfFilesError(
      'usage',
      'The certificate of --nats-cert and the key of --nats-key do not go together.',
      'Give both in PEM, and the key without a password.',
    );
  }
}

function isCertificate(text: string): boolean {
  try {
    new X509Certificate(text);
    return true;
  } catch {
    return false;
  }
}

async function readText(file: string, option: string, host: Host): Promise<string>;
async function readText(file: string | undefined, option: string, host: Host): Promise<string | null>;
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
