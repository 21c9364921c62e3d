import { fileURLToPath } from 'node:url';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `scripts/bench.mjs` puts the bench, this file among it: three folders below the project's own. */
const TOP = '../../../';

/** The program that is measured. */
export const PROGRAM = fromHere(`${TOP}bin/trueconf-files.js`);
export const PERFORMANCE_PAGE = fromHere(`${TOP}docs/performance.md`);
export const PYTHON_CLIENT = fromHere(`${TOP}bench/programs/python-client.py`);
export const WSCAT = fileURLToPath(import.meta.resolve('wscat/bin/wscat'));

/** Programs of the bench's own. */
export const BUILT = {
  room: fromHere('programs/room.js'),
  floor: fromHere('programs/floor.js'),
  floorList: fromHere('programs/floor-list.js'),
  growth: fromHere('programs/growth.js'),
  usage: new URL('programs/usage.js', import.meta.url).href,
};
