// Refuses to publish a package that doesn't say where it comes from: npm runs this before `npm publish`.
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const wanted = {
  repository:
    '{"type": "git", "url": "git+https://HOST/OWNER/trueconf-files.git"}, which provenance is checked against',
  homepage: '"https://HOST/OWNER/trueconf-files#readme"',
  bugs: '{"url": "https://HOST/OWNER/trueconf-files/issues"}',
};
const missing = Object.entries(wanted).filter(([field]) => manifest[field] === undefined);
for (const [field, example] of missing) console.error(`package.json has no "${field}". Add it: ${example}.`);
if (missing.length > 0) {
  console.error('Nothing was published. docs/release.md has the steps of a release.');
  process.exitCode = 1;
}
