/** Runs each in turn, so many times over: what disturbs the machine then disturbs all of them alike. */
export async function inTurns<T>(
  times: number,
  runs: readonly ((turn: number) => Promise<T> | T)[],
): Promise<readonly (readonly T[])[]> {
  const results: T[][] = runs.map(() => []);
  for (let turn = 0; turn < times; turn++) {
    for (const [at, run] of runs.entries()) results[at]?.push(await run(turn));
  }
  return results;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const TURNS = 5;
