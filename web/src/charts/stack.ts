/** Stacking: rows on top of one another, by group. Pure. */

export type StackMode = "none" | "normal" | "percent";

type Row = readonly (number | null)[];

export interface Stacked {
  rows: (number | null)[][];
  /** Pairs [upper, lower] of row numbers between which a fill belongs. */
  bands: [number, number][];
}

/** Sums per time over the rows, for percentages. */
function totals(rows: readonly Row[], members: readonly number[]): number[] {
  const length = rows[0]?.length ?? 0;
  return Array.from({ length }, (_, at) =>
    members.reduce((sum, row) => sum + Math.abs(rows[row]![at] ?? 0), 0),
  );
}

/**
 * Lays rows of one group on top of one another, the first at the bottom. `groups[i]` is the group of row i, or
 * undefined where it is not stacked. A gap stays a gap and adds nothing to what lies above.
 */
export function stackRows(
  rows: readonly Row[],
  groups: readonly (string | undefined)[],
  percent: boolean,
): Stacked {
  const stacked: (number | null)[][] = rows.map((row) => [...row]);
  const bands: [number, number][] = [];
  for (const group of new Set(groups)) {
    if (group === undefined) continue;
    const members = groups.flatMap((name, row) => (name === group ? [row] : []));
    const whole = percent ? totals(rows, members) : undefined;
    const sum = new Array<number>(rows[0]?.length ?? 0).fill(0);
    members.forEach((row, order) => {
      if (order > 0) bands.push([row, members[order - 1]!]);
      stacked[row] = rows[row]!.map((value, at) => {
        if (value === null) return null;
        const share = whole === undefined ? value : whole[at] === 0 ? 0 : value / whole[at]!;
        return (sum[at] = sum[at]! + share);
      });
    });
  }
  return { rows: stacked, bands };
}
