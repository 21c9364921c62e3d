import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { LineCounter } from '../support/child.js';
import { compare, type Figure, whole } from '../support/figure.js';
import { PYTHON_CLIENT, WSCAT } from '../support/paths.js';
import { withRoom } from '../support/room.js';
import { inTurns, TURNS } from '../support/turns.js';
import { BLAST } from '../support/wire.js';
import { watchAsRecords } from './records.js';

interface Other {
  readonly name: string;
  /** A command of `sh` that writes a line per event; `$1` is the Room, `$2` the number of events. */
  readonly command: string;
  /** Commands that must be there. */
  readonly needs: readonly (readonly string[])[];
  readonly factor: number;
}

const OTHERS: readonly Other[] = [
  {
    name: '`wscat`, piped into `jq -c`',
    command: `"${process.execPath}" "${WSCAT}" -c "$1" -x '{"method":"getOutgoingFilesRequests"}' -w -1 | jq -c .`,
    needs: [['jq', '--version']],
    factor: 6,
  },
  {
    name: "the official client's stack (Python)",
    command: `/usr/bin/python3 "${PYTHON_CLIENT}" "$1" "$2"`,
    needs: [['/usr/bin/python3', '-c', 'import websocket']],
    factor: 4,
  },
];

/** The same blast through what people use today. What is not installed is left out, with a sentence. */
export async function others(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const other of OTHERS) {
    const missing = other.needs.find(([file = '', ...args]) => spawnSync(file, args).status !== 0);
    if (missing !== undefined) {
      console.error(`others: ${other.name} is left out, as ${missing.join(' ')} does not work here`);
      continue;
    }
    figures.push(await against(other));
  }
  return figures;
}

async function against({ name, command, factor }: Other): Promise<Figure> {
  const speed = (cpuMs: number) => (BLAST.events * 1_000) / cpuMs;
  const [ours = [], theirs = []] = await withRoom(BLAST, ({ url }) =>
    inTurns(TURNS, [
      async () => speed((await watchAsRecords(url, BLAST.events)).cpuMs),
      async () => speed(await runShell(command, url, BLAST.events)),
    ]),
  );
  return compare(ours, theirs, {
    row: 'others',
    what: `events a CPU second, against ${name}`,
    format: whole,
    wants: 'more',
    bound: factor,
  });
}

/** CPU milliseconds of a pipeline, all its processes together, as the shell's own `times` tells. */
async function runShell(command: string, url: string, events: number): Promise<number> {
  const child = spawn('sh', ['-c', `${command}; times >&2`, 'sh', url, String(events)], { stdio: 'pipe' });
  const counter = new LineCounter();
  let said = '';
  child.stdout.on('data', (chunk) => {
    counter.read(chunk);
    // wscat ends with its stdin, or else never; jq holds its last lines back until then.
    if (counter.lines >= events * NEARLY_ALL) child.stdin.end();
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await once(child, 'close');
  if (counter.lines < events * NEARLY_ALL)
    throw new Error(`${command} wrote ${counter.lines} lines: ${said}`);
  return cpuOf(said.trim().split('\n').at(-1) ?? '');
}

const NEARLY_ALL = 0.999;

/** The second line of `times`: user and system time of the children, as `1m2.5s 0m0.25s`. */
function cpuOf(line: string): number {
  const times = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return times.reduce((sum, [, minutes, rest]) => sum + (Number(minutes) * 60 + Number(rest)) * 1_000, 0);
}
