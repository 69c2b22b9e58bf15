/** The name that is meant by a misspelt one: the one of the fewest changes, a third of its letters at most, or that begins so; or undefined. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const bare = bareOf(name);
  let best: string | undefined,
    least = bare.length / 3;
  for (const each of names) {
    const known = bareOf(each),
      begins = bare.length > 3 && known.startsWith(bare),
      steps = Math.min(changes(bare, known), begins ? 1 : Infinity);
    if (steps > least || (steps === least && best !== undefined)) continue;
    best = each;
    least = steps;
  }
  return best;
}

/** A name without the case of its letters, hyphens and underscores. */
export function bareOf(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** How many letters have to be put in, left out or replaced. */
function changes(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
