import { TrueConfFilesError } from '../errors.js';

/** Where a Room is: its web page, from which the WebSocket port is discovered, or its WebSocket itself. */
export type RoomAddress =
  | {
      readonly kind: 'web';
      /** What the user gave; shown as the Room's name. */
      readonly label: string;
      /** `http://host[:port]`, without a path. */
      readonly origin: string;
      /** Host for a URL: IPv6 in brackets. */
      readonly host: string;
      /** Name of the Room's folder: several Rooms on one host ("twins") have one each. */
      readonly folder: string;
    }
  | { readonly kind: 'socket'; readonly label: string; readonly url: string };

/**
 * Reads `host`, `host:port`, `http://host[:port]` (the Room's web port), or `ws://host:port`, `wss://host:port`.
 * `http://host/NAME` means the twin NAME on that host.
 * @throws TrueConfFilesError `usage` where it is none of these, or carries credentials
 */
export function parseAddress(given: string): RoomAddress {
  const label = given.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(label)?.[1]?.toLowerCase();
  // Nothing that belongs into an address has an @, and what stands before one may be a password, however garbled.
  if (label.includes('@')) {
    throw new TrueConfFilesError(
      'usage',
      'The address of the Room carries credentials, which every user of this machine could read.',
      'Leave them out, and use --credentials-file FILE or TRUECONF_FILES_CREDENTIALS.',
    );
  }
  if (label === '' || /\s/.test(label)) throw invalid(label, 'is no address');
  const url = toUrl(scheme === undefined ? `http://${bracketed(label)}` : label, label);
  if (url.hostname === '') throw invalid(label, 'names no host');
  switch (scheme) {
    case 'ws':
    case 'wss':
      return { kind: 'socket', label, url: url.href.replace(/#.*$/, '') };
    case 'http':
    case undefined:
      return { kind: 'web', label, origin: url.origin, host: url.hostname, folder: folderOf(url, label) };
    default:
      throw invalid(label, `begins with ${scheme}://`);
  }
}

function toUrl(text: string, label: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalid(label, 'is no address');
  }
}

function folderOf(url: URL, label: string): string {
  const [, , folder] = /^\/(?:public\/)?(([\w.-]+)(?:\/(?:config\.json)?)?)?$/.exec(url.pathname) ?? [];
  if (folder === undefined && url.pathname !== '/') throw invalid(label, `has the path ${url.pathname}`);
  return folder ?? 'default';
}

/** A bare IPv6 address has at least two colons and no brackets. */
function bracketed(text: string): string {
  return /^[\da-f]*:[\da-f]*:[\da-f:.]*$/i.test(text) ? `[${text}]` : text;
}

function invalid(label: string, what: string): TrueConfFilesError {
  return new TrueConfFilesError(
    'usage',
    `The address "${label}" ${what}.`,
    'Give the Room as HOST, HOST:PORT or http://HOST[:PORT] (its web port), or as ws://HOST:PORT.',
  );
}
