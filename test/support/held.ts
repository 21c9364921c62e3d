/** What holds the process: timers, sockets and servers. */
export const held = () =>
  process.getActiveResourcesInfo().filter((kind) => /Timeout|TCP|GetAddrInfo/.test(kind));

/** Waits until the process is held by nothing more than before; the test's own time limit ends it. */
export async function settles(before: readonly string[]): Promise<void> {
  const rest = () => {
    const left = [...before];
    return held().filter((kind) => !left.includes(kind) || left.splice(left.indexOf(kind), 1).length === 0);
  };
  while (rest().length > 0) await new Promise(setImmediate);
}
