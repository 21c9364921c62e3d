/**
 * For each id its shortest beginning, of at least `least` characters, that no other of the ids has: what a person
 * needs to type. Between code points, so that none is torn.
 */
export function shortIds(ids: readonly string[], least = 8): ReadonlyMap<string, string> {
  const sorted = [...new Set(ids)].sort();
  return new Map(
    sorted.map((id, at) => {
      const shared = Math.max(common(id, sorted[at - 1] ?? ''), common(id, sorted[at + 1] ?? ''));
      return [id, beginning(id, Math.max(least, shared + 1))];
    }),
  );
}

/** How many code units two texts share at their beginning. */
function common(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function beginning(id: string, units: number): string {
  const last = id.charCodeAt(units - 1);
  const tearsPair = last >= 0xd800 && last <= 0xdbff;
  return id.slice(0, tearsPair ? units + 1 : units);
}
