// Runs the unbundled program with V8's precise coverage, for `path-of-an-event.mjs`: `coverage-probe.mjs ARGUMENTS`. What
// was called since the last question goes to the port that COVERAGE_PORT names, one line per question, and at the end
// of the process into COVERAGE_FILE. With COVERAGE_IMPORTS it only loads those modules.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { connect } from 'node:net';

const { COVERAGE_SOURCE = '', COVERAGE_PORT, COVERAGE_FILE, COVERAGE_IMPORTS } = process.env;
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

if (COVERAGE_FILE !== undefined) {
  process.on('exit', () => writeFileSync(COVERAGE_FILE, JSON.stringify(take())));
}
if (COVERAGE_PORT !== undefined) {
  const control = connect(Number(COVERAGE_PORT), '127.0.0.1').unref();
  control.on('data', () => control.write(`${JSON.stringify(take())}\n`)).on('error', () => control.destroy());
}
if (COVERAGE_IMPORTS !== undefined) {
  for (const url of JSON.parse(COVERAGE_IMPORTS)) await import(url);
} else {
  const { start } = await import(`${COVERAGE_SOURCE}start.js`);
  await start();
}

/**
 * What was called since this was last asked, without the bodies of modules.
 * @returns {{ file: string, name: string, at: number, count: number }[]}
 */
function take() {
  const calls = [];
  session.post('Profiler.takePreciseCoverage', (error, { result } = { result: [] }) => {
    if (error) throw new Error(error.message);
    for (const { url, functions } of result) {
      if (!url.startsWith(COVERAGE_SOURCE)) continue;
      for (const { functionName: name, ranges } of functions) {
        const [{ startOffset: at, count } = { startOffset: 0, count: 0 }] = ranges;
        const isModule = name === '' && at === 0;
        if (count > 0 && !isModule) calls.push({ file: url.slice(COVERAGE_SOURCE.length), name, at, count });
      }
    }
  });
  return calls;
}
