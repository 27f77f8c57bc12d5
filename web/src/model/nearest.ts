/** The name that somebody may have meant who mistyped it. Pure. */

/** More than these letters wrong is another name; of short names, less. */
const MOST_WRONG = 3;
const LETTERS_PER_FAULT = 4;

/** How many letters are wrong, missing, too many, or two in the wrong order; `most` + 1 where they are more. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let [before, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const wrong = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before![j - 2]! + 1 : Infinity;
      row.push(Math.min(last![j]! + 1, row[j - 1]! + 1, last![j - 1]! + wrong, swapped));
    }
    if (Math.min(...row) > most) return most + 1;
    [before, last] = [last, row];
  }
  return Math.min(last![b.length]!, most + 1);
}

/** The known name with the fewest letters wrong, if there is one that is close; the first of several. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let most = Math.min(MOST_WRONG, Math.floor(name.length / LETTERS_PER_FAULT));
  let best: string | undefined;
  for (const other of known) {
    const wrong = distance(name, other, most);
    if (wrong > most) continue;
    best = other;
    most = wrong - 1;
  }
  return best;
}
