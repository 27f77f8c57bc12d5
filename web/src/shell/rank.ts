/** Which entries of a list match what was typed, the best first. Pure. */

/** How well a text matches: lower is better; undefined where it does not. */
export function scoreOf(text: string, typed: string): number | undefined {
  const [hay, needle] = [text.toLowerCase(), typed.toLowerCase()];
  const at = hay.indexOf(needle);
  if (at === 0) return 0;
  if (at > 0) return /[\s_.:/-]/.test(hay[at - 1]!) ? 1 : 2;
  const words = needle.split(/\s+/).filter(Boolean);
  if (words.length > 1 && words.every((word) => hay.includes(word))) return 3;
  return needle.length > 2 && isSubsequence(needle, hay) ? 4 : undefined;
}

function isSubsequence(needle: string, hay: string): boolean {
  let from = 0;
  for (const letter of needle) {
    from = hay.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

/** The matching entries; of equal ones, the shorter first. All of them where nothing is typed. */
export function rank<T extends { title: string }>(entries: readonly T[], typed: string): T[] {
  const wanted = typed.trim();
  if (wanted === "") return [...entries];
  return entries
    .flatMap((entry) => {
      const score = scoreOf(entry.title, wanted);
      return score === undefined ? [] : [{ entry, score }];
    })
    .sort((a, b) => a.score - b.score || a.entry.title.length - b.entry.title.length)
    .map(({ entry }) => entry);
}
