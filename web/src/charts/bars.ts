/** Bars of a bar chart: where each stands along the categories and the values, whichever way the chart lies. Pure. */

export type BarStack = "none" | "normal" | "percent";

export interface BarLayout {
  stack: BarStack;
  /** Share of a category's room that its bars take, 0 to 1. */
  groupWidth: number;
  /** Share of a bar's own room that it fills, 0 to 1. */
  barWidth: number;
}

export interface Bar {
  series: number;
  category: number;
  /** Along the categories, in units of one category. */
  at: number;
  width: number;
  /** Along the values. */
  from: number;
  to: number;
  /** What was measured. */
  value: number;
}

type Rows = readonly (readonly number[])[];

function grouped(rows: Rows, { groupWidth, barWidth }: BarLayout): Bar[] {
  const room = groupWidth / Math.max(1, rows.length);
  return rows.flatMap((values, series) =>
    values.flatMap((value, category): Bar[] => {
      if (!Number.isFinite(value)) return [];
      const at = category + (1 - groupWidth) / 2 + series * room + (room * (1 - barWidth)) / 2;
      return [{ series, category, at, width: room * barWidth, from: 0, to: value, value }];
    }),
  );
}

/** The bars of one category on one another; negatives go downward from zero. */
function pile(rows: Rows, category: number, { stack, groupWidth }: BarLayout): Bar[] {
  const size = (value: number | undefined): number =>
    value !== undefined && Number.isFinite(value) ? Math.abs(value) : 0;
  const whole = stack === "percent" ? rows.reduce((sum, row) => sum + size(row[category]), 0) || 1 : 1;
  const ends = { up: 0, down: 0 };
  return rows.flatMap((row, series): Bar[] => {
    const value = row[category] ?? NaN;
    if (!Number.isFinite(value)) return [];
    const side = value < 0 ? "down" : "up";
    const from = ends[side];
    ends[side] += value / whole;
    return [
      {
        series,
        category,
        at: category + (1 - groupWidth) / 2,
        width: groupWidth,
        from,
        to: ends[side],
        value,
      },
    ];
  });
}

/** The bars of rows [S][C]. */
export function layoutBars(rows: Rows, layout: BarLayout): Bar[] {
  if (layout.stack === "none") return grouped(rows, layout);
  const categories = rows.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: categories }, (_, category) => pile(rows, category, layout)).flat();
}

/** Round marks between `low` and `high`, about `count` of them, at a distance from `steps`. */
export function axisMarks(low: number, high: number, count: number, steps: readonly number[]): number[] {
  const span = high - low || 1;
  const step = steps.find((size) => span / size <= count) ?? span;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => (first + at) * step);
}
