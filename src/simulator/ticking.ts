/** No timer ticks more often; faster rates do more in a tick. */
const SHORTEST_TICK_MS = 10;

/**
 * Calls `act` so many times a second until the signal aborts.
 * @param rate a second, above 0
 */
export function startTicking(rate: number, act: () => void, signal: AbortSignal): void {
  const tickMs = Math.max(SHORTEST_TICK_MS, 1_000 / rate);
  const perTick = (rate * tickMs) / 1_000;
  let due = 0;
  const timer = setInterval(() => {
    for (due += perTick; due >= 1; due -= 1) act();
  }, tickMs);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
