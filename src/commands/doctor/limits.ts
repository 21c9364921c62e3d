/**
 * Gives an act so long.
 * @throws Error that says how long was waited; the signal's reason where it is aborted
 */
export async function limited<T>(
  ms: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const onAbort = () => limit.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    limit.abort();
  }, ms);
  try {
    return await act(limit.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isLate) throw new Error(`no answer within ${ms / 1_000} s`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

export async function timed<T>(
  act: () => Promise<T>,
): Promise<{ readonly value: T; readonly milliseconds: number }> {
  const begunAt = performance.now();
  const value = await act();
  return { value, milliseconds: performance.now() - begunAt };
}
