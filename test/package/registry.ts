import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { basename } from 'node:path';
import { listen } from '../support/silent-server.js';

/** A registry of packages on this machine, which has what it is given: npm needs no other, and no network. */
export class Registry {
  /** Where it is. */
  url = '';
  readonly #server: Server;

  /** @param tarballs by the name of the package, each with the package's description of itself */
  static async start(
    tarballs: ReadonlyMap<string, { readonly file: string; readonly manifest: object & { version: string } }>,
  ): Promise<Registry> {
    const registry = new Registry(tarballs);
    registry.url = `http://127.0.0.1:${await listen(registry.#server)}/`;
    return registry;
  }

  private constructor(tarballs: Parameters<typeof Registry.start>[0]) {
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '/').slice(1);
      const file = [...tarballs.values()].find((one) => basename(one.file) === path)?.file;
      if (file !== undefined) {
        response.end(readFileSync(file));
        return;
      }
      const found = tarballs.get(path);
      if (found === undefined) response.writeHead(404).end('{}');
      else response.end(JSON.stringify(this.#describe(path, found.file, found.manifest)));
    });
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #describe(name: string, file: string, manifest: object & { version: string }) {
    const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
    const dist = { tarball: `${this.url}${basename(file)}`, integrity };
    const { version } = manifest;
    return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
  }
}
