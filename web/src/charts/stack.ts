/** Stacking: rows on top of one another, by group. Pure. */

export type StackMode = "none" | "normal" | "percent";

type Row = readonly (number | null)[];

/** What a row stands in: rows with the same key stand on one another. */
export interface Stack {
  key: string;
  /** As shares of the whole. */
  percent: boolean;
}

export interface Stacked {
  rows: (number | null)[][];
  /** Pairs [upper, lower] of row numbers between which a fill belongs. */
  bands: [number, number][];
}

const distinct = (stacks: readonly (Stack | undefined)[]): Stack[] => [
  ...new Map(stacks.flatMap((one) => (one === undefined ? [] : ([[one.key, one]] as const)))).values(),
];

/** Sums per time over the rows, for percentages. */
function totals(rows: readonly Row[], members: readonly number[]): number[] {
  const length = rows[0]?.length ?? 0;
  return Array.from({ length }, (_, at) =>
    members.reduce((sum, row) => sum + Math.abs(rows[row]![at] ?? 0), 0),
  );
}

/**
 * Lays rows of one stack on top of one another, the first at the bottom. `stacks[i]` is that of row i, or undefined
 * where it stands alone. A gap stays a gap and adds nothing to what lies above.
 */
export function stackRows(rows: readonly Row[], stacks: readonly (Stack | undefined)[]): Stacked {
  const stacked: (number | null)[][] = rows.map((row) => [...row]);
  const bands: [number, number][] = [];
  for (const { key, percent } of distinct(stacks)) {
    const members = stacks.flatMap((one, row) => (one?.key === key ? [row] : []));
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
