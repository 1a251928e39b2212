/**
 * What each of some depends on, each on one other at the most: those in a circle, each of which waits for the next, and
 * the last for the first.
 * @param whoOf who it is that waits
 * @param on whom it waits for; null: for something else
 */
export function cyclesIn<Wait, Who>(
  waits: readonly Wait[],
  whoOf: (wait: Wait) => Who,
  on: (wait: Wait) => Who | null,
): Wait[][] {
  const waitOf = new Map(waits.map((each) => [whoOf(each), each]));
  const seen = new Set<Wait>();
  return waits.flatMap((start) => {
    const path: Wait[] = [];
    let next: Wait | undefined = start;
    while (next !== undefined && !seen.has(next)) {
      seen.add(next);
      path.push(next);
      const other = on(next);
      next = other === null ? undefined : waitOf.get(other);
    }
    const begin = next === undefined ? -1 : path.indexOf(next);
    return begin < 0 ? [] : [path.slice(begin)];
  });
}

/**
 * Those that wait, directly or not, for one of these, and are none of them.
 * @param on whom it waits for, each of which would do
 */
export function waitersBehind<Wait, Who>(
  these: Iterable<Who>,
  waits: readonly Wait[],
  whoOf: (wait: Wait) => Who,
  on: (wait: Wait) => readonly Who[],
): Wait[] {
  const first = new Set(these);
  const behind = new Set(first);
  for (let before = -1; before !== behind.size;) {
    before = behind.size;
    for (const wait of waits) if (on(wait).some((each) => behind.has(each))) behind.add(whoOf(wait));
  }
  return waits.filter((wait) => behind.has(whoOf(wait)) && !first.has(whoOf(wait)));
}

/** What is left of some when those are taken away, one after the other, that do not stay with those that are left. */
export function lasting<T>(all: Iterable<T>, stays: (one: T, left: ReadonlySet<T>) => boolean): Set<T> {
  const left = new Set(all);
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const one of left) if (!stays(one, left)) left.delete(one);
  }
  return left;
}
