import { TrueConfFilesError } from '../errors.js';

/** A NATS server as the user named it. */
export interface ServerAddress {
  /** What the user gave: it names the server wherever it is shown. */
  readonly label: string;
  /** `host:port`, IPv6 in brackets. */
  readonly server: string;
  /** The one Room that is meant, as its relay was given it; `null` for all. */
  readonly room: string | null;
  /** `tls://`: never in clear text. */
  readonly mustEncrypt: boolean;
}

/** Whether an address names a NATS server rather than a Room. */
export function isServerAddress(given: string): boolean {
  return /^\s*(?:nats|tls):\/\//i.test(given);
}

/**
 * Reads `nats://HOST[:PORT]` or `tls://HOST[:PORT]`, and the Room behind them, as in `nats://HOST/10.0.0.5`. The port
 * is 4222 where none is given.
 * @throws TrueConfFilesError `usage` where it is neither, or carries credentials, which are never repeated
 */
export function parseServerAddress(given: string): ServerAddress {
  const label = given.trim();
  // What stands before an "@" may be a secret: nothing of such an address is shown.
  if (label.includes('@')) {
    throw new TrueConfFilesError(
      'usage',
      'The address of the NATS server carries credentials, which every user of this machine could read.',
      'Leave them out, and use --nats-creds FILE, --nats-nkey FILE, or --nats-user with TRUECONF_FILES_NATS_PASSWORD.',
    );
  }
  const [, scheme = '', rest = '', room = ''] = /^(nats|tls):\/\/([^/?#\s]+)(?:\/(\S*))?$/i.exec(label) ?? [];
  const url = rest === '' || !URL.canParse(`http://${rest}`) ? null : new URL(`http://${rest}`);
  if (url === null || url.hostname === '') {
    throw new TrueConfFilesError(
      'usage',
      `The address "${label}" names no NATS server.`,
      'Give it as nats://HOST[:PORT], or tls://HOST[:PORT] for an encrypted connection; /ROOM behind it means one Room.',
    );
  }
  // URL drops the port 80, which is http's default and nothing else here.
  const port = /:(\d+)$/.exec(rest)?.[1] ?? DEFAULT_PORT;
  const server = `${url.hostname}:${port}`;
  return { label, server, room: room === '' ? null : room, mustEncrypt: scheme.toLowerCase() === 'tls' };
}

const DEFAULT_PORT = '4222';
