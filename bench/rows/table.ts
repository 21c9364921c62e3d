import { spawn } from '@lydell/node-pty';
import { measured, type Usage } from '../support/child.js';
import { atMost, type Figure, seconds } from '../support/figure.js';
import { PROGRAM } from '../support/paths.js';
import { withRoom } from '../support/room.js';
import { inTurns, median, TURNS } from '../support/turns.js';
import { BLAST } from '../support/wire.js';
import { runFloor } from './records.js';

const PLAN = { ...BLAST, events: 100_000, perSecond: 10_000 };

/** The live table of ten seconds at 10,000 events each, against the floor on the same events. */
export async function table(): Promise<readonly Figure[]> {
  const [ours = [], floor = []] = await withRoom(PLAN, ({ url }) =>
    inTurns(TURNS, [() => watchAsTable(url), () => runFloor(url, PLAN.events)]),
  );
  const [program, other] = [ours, floor].map((runs) => median(runs.map(({ cpuMs }) => cpuMs)));
  return [
    {
      row: 'table',
      what: 'CPU of 10,000 events a second for 10 s, on 120x40',
      program: seconds(program ?? 0),
      other: seconds(other ?? 0),
      ratio: (program ?? 0) / (other ?? 0),
      bound: atMost(1.5),
    },
  ];
}

function watchAsTable(url: string): Promise<Usage> {
  return measured(async (env) => {
    const args = [PROGRAM, 'watch', url, '--count', String(PLAN.events)];
    const terminal = spawn(process.execPath, args, {
      cols: 120,
      rows: 40,
      env: { ...env, TERM: 'xterm-256color' },
    });
    let written = '';
    terminal.onData((text) => {
      written = (written + text).slice(-KEPT_UNITS);
    });
    const { exitCode } = await new Promise<{ exitCode: number }>((resolve) => terminal.onExit(resolve));
    if (exitCode !== 0) throw new Error(`the table ended with ${exitCode}: ${written}`);
  });
}

const KEPT_UNITS = 2_000;
