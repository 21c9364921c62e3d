import { type Committed, type Figure, keyOf } from './figure.js';

/**
 * Compares figures with the ratios of a table that was committed.
 * @returns a sentence for each figure that is worse than any turn was then
 */
export function findRegressions(
  figures: readonly Figure[],
  committed: ReadonlyMap<string, Committed>,
): readonly string[] {
  return figures.flatMap((figure) => {
    const { ratio, wants } = figure;
    const before = committed.get(keyOf(figure));
    if (ratio === null || before === undefined) return [];
    const limit = limitOf(before, wants);
    const isWorse = wants === 'less' ? ratio > limit : ratio < limit;
    if (!isWorse) return [];
    const was = `it was ${before.ratio.toFixed(2)}×, and ${limit.toFixed(2)}× is as far as it may go`;
    return [`${keyOf(figure)}: ${ratio.toFixed(2)}×; ${was}`];
  });
}

/** The worst turn, or a few percent beyond the ratio where the turns were closer to each other than machines are. */
function limitOf({ ratio, spread }: Committed, wants: Figure['wants']): number {
  const margin = spread === null ? SINGLE_MARGIN : MARGIN;
  const [low, high] = spread ?? [ratio, ratio];
  return wants === 'less' ? Math.max(high, ratio * (1 + margin)) : Math.min(low, ratio * (1 - margin));
}

const MARGIN = 0.05;
/** What was measured once has no known spread. */
const SINGLE_MARGIN = 0.15;
