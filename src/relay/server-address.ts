import { TrueConfFilesError } from '../errors.js';

/** A NATS server, or several of one cluster, as the user named it. */
export interface ServerAddress {
  /** What the user gave: it names the server wherever it is shown. */
  readonly label: string;
  /** `host:port` of each, IPv6 in brackets. */
  readonly servers: readonly string[];
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
 * Reads `nats://HOST[:PORT]` or `tls://HOST[:PORT]`, several servers of one cluster as in `nats://HOST,HOST`, and the
 * Room behind them, as in `nats://HOST/10.0.0.5`. The port is 4222 where none is given.
 * @throws TrueConfFilesError `usage` where it is neither, or carries credentials, which are never repeated
 */
export function parseServerAddress(given: string): ServerAddress {
  const label = given.trim();
  if (/^[^@]*\/@[^@/]*$/.test(label.replace(/^\w+:\/\//, ''))) {
    throw new TrueConfFilesError(
      'usage',
      'The Room behind the NATS server is given with "@".',
      'Leave the "@" out: a relay calls a Room of the config file by its name alone, as in nats://HOST/lobby.',
    );
  }
  // What stands before an "@" may be a secret: nothing of such an address is shown.
  if (label.includes('@')) {
    throw new TrueConfFilesError(
      'usage',
      'The address of the NATS server carries credentials, which every user of this machine could read.',
      'Leave them out, and use --nats-creds FILE, --nats-nkey FILE, or --nats-user with TRUECONF_FILES_NATS_PASSWORD.',
    );
  }
  const [, hosts = '', room = ''] =
    /^((?:nats|tls):\/\/[^/?#\s,]+(?:,(?:(?:nats|tls):\/\/)?[^/?#\s,]*)*)(?:\/(\S*))?$/i.exec(label) ?? [];
  const servers = hosts.split(',').map((host) => serverOf(host.replace(/^(?:nats|tls):\/\//i, '')));
  if (servers.includes(null)) {
    throw new TrueConfFilesError(
      'usage',
      `The address "${label}" names no NATS server.`,
      'Give it as nats://HOST[:PORT], or tls://HOST[:PORT] for an encrypted connection; several of a cluster as nats://A,B; /ROOM behind it means one Room.',
    );
  }
  return {
    label,
    servers: servers.filter((server) => server !== null),
    room: room === '' ? null : room,
    mustEncrypt: /\btls:\/\//i.test(hosts),
  };
}

function serverOf(given: string): string | null {
  const url = given === '' || !URL.canParse(`http://${given}`) ? null : new URL(`http://${given}`);
  if (url === null || url.hostname === '' || given.endsWith(':')) return null;
  // URL drops the port 80, which is http's default and nothing else here.
  return `${url.hostname}:${/:(\d+)$/.exec(given)?.[1] ?? DEFAULT_PORT}`;
}

const DEFAULT_PORT = '4222';
