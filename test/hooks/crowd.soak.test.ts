import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { useFolder } from '../support/folder.js';
import { statusFrame } from '../support/frames.js';
import { heapBytes, MEASURED } from '../support/heap.js';
import { usePrograms } from '../support/program.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';
import { IS_SOAK } from '../support/soak.js';

const { shell } = usePrograms();
const startRoom = useScriptedWebRooms();
const { newPath } = useFolder();

const COUNT = IS_SOAK ? 10_000 : 200;
/** Each sleeps for 0 to 50 ms, by its process number, and then leaves a line. */
const HOOK = `#!/bin/sh
sleep 0.0$(($$ % 6))
echo "$TCF_ID $TCF_STATUS" >> "$1"
`;
const STATUSES = ['waiting', 'complete'];
const MIB = 1_024 * 1_024;

const idOf = (nth: number) => `transfer-${nth}`;

it(`${COUNT} transfers through hooks that take a while: each change once, in order, and memory is flat`, async () => {
  const room = await startRoom();
  const [out, hook] = [newPath('out'), newPath('hook.sh')];
  const exec = STATUSES.map((event) => `--exec '${event}=sh ${hook} ${out}'`).join(' ');
  const program = shell(
    `cat > ${hook} <<'END'\n${HOOK}END\necho started >&2; exec $PROGRAM watch ${room.url} --json --quiet ${exec}`,
    { env: MEASURED },
  );
  await program.connected();
  const early = await heapBytes(program);
  const half = COUNT / 2;
  send(0, half);
  await ran(half);
  const halfway = await heapBytes(program);
  send(half, COUNT);
  await ran(COUNT);
  expect((await heapBytes(program)) - halfway).toBeLessThan(Math.max(5 * MIB, halfway - early));

  const lines = readFileSync(out, 'utf8').trim().split('\n');
  const statuses = new Map<string, string[]>();
  for (const line of lines) {
    const [id = '', status = ''] = line.split(' ');
    statuses.set(id, [...(statuses.get(id) ?? []), status]);
  }
  expect(statuses.size).toBe(COUNT);
  expect([...statuses].filter(([, seen]) => seen.join() !== STATUSES.join())).toEqual([]);
  expect(program.records.filter(({ type }) => type === 'warning')).toEqual([]);

  function send(from: number, to: number): void {
    for (const status of [1, 3]) {
      for (let nth = from; nth < to; nth++) room.send(statusFrame(idOf(nth), status));
    }
  }

  /** Waits until the hooks of so many have left their lines. */
  async function ran(count: number): Promise<void> {
    const ids = Array.from({ length: count }, (_, nth) => idOf(nth));
    const bytes = ids.flatMap((id) => STATUSES.map((status) => `${id} ${status}\n`)).join('').length;
    await vi.waitUntil(() => existsSync(out) && statSync(out).size >= bytes, {
      timeout: 3_600_000,
      interval: 100,
    });
  }
});
