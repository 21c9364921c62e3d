// The licences of the packages in the bundle ask to be handed on with it.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @param {string} file
 * @param {readonly import('esbuild').Metafile[]} builds
 */
export async function writeLicences(file, builds) {
  const holders = new Map();
  for (const folder of packagesIn(builds)) {
    const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const licence = await licenceIn(folder);
    holders.set(licence, [...(holders.get(licence) ?? []), `${name} ${version}`]);
  }
  const parts = [...holders].map(([licence, names]) => `${names.join(', ')}\n\n${licence}`);
  await writeFile(file, `Packages that this program holds, and their licences\n\n${parts.join(RULE)}\n`);
}

/**
 * The folders of the packages that a bundle holds something of, sorted.
 *
 * @param {readonly import('esbuild').Metafile[]} builds
 */
export function packagesIn(builds) {
  const inputs = builds.flatMap(({ outputs }) => Object.values(outputs).flatMap(filledBy));
  return [...new Set(inputs.flatMap((path) => PACKAGE.exec(path)?.[0] ?? []))].sort();
}

/** Modules with at least one byte in the output. */
function filledBy({ inputs }) {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
}

async function licenceIn(folder) {
  const name = (await readdir(folder)).find((name) => /^licen[cs]e(\.\w+)?$/i.test(name));
  if (name === undefined) throw new Error(`${folder} has no file with its licence.`);
  return (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n').trim();
}

const PACKAGE = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/;
const RULE = `\n\n${'-'.repeat(40)}\n\n`;
