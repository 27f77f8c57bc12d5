/** Which entries of a list match what was typed, the best first: the same in list, navigation and palette. Pure. */

/** What of an entry is looked at. */
export interface Ranked {
  title: string;
  tags?: readonly string[];
  folderTitle?: string;
  description?: string;
}

/** How far apart single letters may be: in a long text any are there somewhere. */
const SPREAD = 2;

/** How well a text matches: lower is better; undefined where it does not. */
export function scoreOf(text: string, typed: string): number | undefined {
  const [hay, needle] = [text.toLowerCase(), typed.toLowerCase()];
  const at = hay.indexOf(needle);
  if (at === 0) return 0;
  if (at > 0) return /[\s_.:/-]/.test(hay[at - 1]!) ? 1 : 2;
  const words = needle.split(/\s+/).filter(Boolean);
  if (words.length > 1 && words.every((word) => hay.includes(word))) return 3;
  return needle.length > 2 && spanOf(hay, needle) <= SPREAD * needle.length ? 4 : undefined;
}

/** The least number of characters in which the letters stand in their order. */
function spanOf(text: string, letters: string): number {
  let best = Infinity;
  for (let start = text.indexOf(letters[0]!); start !== -1; start = text.indexOf(letters[0]!, start + 1)) {
    let at = start - 1;
    for (const letter of letters) {
      at = text.indexOf(letter, at + 1);
      if (at === -1) return best;
    }
    best = Math.min(best, at + 1 - start);
  }
  return best;
}

/** How far behind a title another match comes. */
const BEHIND = { tag: 5, folder: 10, description: 15 } as const;

const plus = (score: number | undefined, more: number): number | undefined =>
  score === undefined ? undefined : score + more;

/** How well an entry matches, by its title or what else it says of itself. */
export function matchOf(
  { title, tags = [], folderTitle = "", description = "" }: Ranked,
  typed: string,
): number | undefined {
  const said = description.toLowerCase().includes(typed.toLowerCase()) ? BEHIND.description : undefined;
  const scores = [
    scoreOf(title, typed),
    ...tags.map((tag) => plus(scoreOf(tag, typed), BEHIND.tag)),
    plus(scoreOf(folderTitle, typed), BEHIND.folder),
    said,
  ].filter((score) => score !== undefined);
  return scores.length === 0 ? undefined : Math.min(...scores);
}

const byLength = (a: Ranked, b: Ranked): number => a.title.length - b.title.length;

/** The matching entries; of equal ones, the shorter first unless told. All as they are where nothing is typed. */
export function rank<T extends Ranked>(
  entries: readonly T[],
  typed: string,
  compare: (a: T, b: T) => number = byLength,
): T[] {
  const wanted = typed.trim();
  if (wanted === "") return [...entries];
  return entries
    .flatMap((entry) => {
      const score = matchOf(entry, wanted);
      return score === undefined ? [] : [{ entry, score }];
    })
    .sort((a, b) => a.score - b.score || compare(a.entry, b.entry))
    .map(({ entry }) => entry);
}
