import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_CONFIG, pathInConfig, readConfig } from '../../src/config/config.js';
import { useFolder } from '../support/folder.js';

const { newPath, write } = useFolder();
const { signal } = new AbortController();

function place(mode = 0o600, folderMode = 0o700) {
  const home = newPath('home');
  const folder = join(home, 'trueconf-files');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'config.json');
  writeFileSync(path, '{"rooms":{"lobby":{"address":"10.0.0.5"}}}');
  chmodSync(path, mode);
  chmodSync(folder, folderMode);
  return { home, folder, path };
}

const read = (env: Record<string, string>, given?: string) =>
  readConfig(given, { env, platform: 'linux', signal });

describe('the config file', () => {
  it('is the one given, else the one of the environment, else the one in the folder of the user', async () => {
    const { home, path } = place();
    const other = place().path;
    writeFileSync(other, '{}');
    expect((await read({ XDG_CONFIG_HOME: home })).rooms).toHaveLength(1);
    expect((await read({ TRUECONF_FILES_CONFIG: path })).rooms).toHaveLength(1);
    expect((await read({ TRUECONF_FILES_CONFIG: path }, other)).rooms).toEqual([]);
    expect(await read({ XDG_CONFIG_HOME: newPath() })).toEqual(NO_CONFIG);
  });

  it('must exist where it is named', async () => {
    await expect(read({}, '/no/such/config')).rejects.toThrow("can't be read: there is no such file");
  });

  it.each([
    [0o620, 0o700, 'chmod go-w'],
    [0o602, 0o700, 'chmod go-w'],
    [0o600, 0o720, 'chmod go-w'],
    [0o600, 0o707, 'chmod go-w'],
  ])('of mode %o in a folder of mode %o is refused', async (mode, folderMode, hint) => {
    const { path } = place(mode, folderMode);
    await expect(read({}, path)).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining(hint),
    });
  });

  it('may be read by all, and lie in a folder where only owners may delete', async () => {
    expect((await read({}, place(0o644, 0o755).path)).rooms).toHaveLength(1);
    expect((await read({}, place(0o644, 0o1777).path)).rooms).toHaveLength(1);
  });

  it('may begin with a byte order mark', async () => {
    expect((await read({}, write('\ufeff{}'))).rooms).toEqual([]);
  });

  it('has paths from its own folder', () => {
    expect(pathInConfig('lobby.pin', '/etc/tcf/config.json')).toBe('/etc/tcf/lobby.pin');
    expect(pathInConfig('/run/pin', '/etc/tcf/config.json')).toBe('/run/pin');
    expect(pathInConfig('~/pin', '/etc/tcf/config.json')).toMatch(/^\/.*\/pin$/);
  });
});
