/** Paints a heatmap's cells; what is empty stays the panel. */

import type { HeatGrid } from "../buckets";
import { RAMP_SIZE } from "../ramp";
import type { Band } from "./bandchart";

export interface HeatPaint {
  colors: readonly string[];
  /** A count's place on the ramp, 0 to 1. */
  place: (count: number) => number;
  /** px between cells. */
  gap: number;
  /** Counts at most this are not drawn. */
  least: number;
}

/** The number of the ramp's colour for a place on it. */
export const rampIndex = (place: number): number =>
  Math.min(RAMP_SIZE - 1, Math.max(0, Math.round(place * (RAMP_SIZE - 1))));

/** Cells smaller than this many px have no gaps between them. */
const GAP_FROM_PX = 4;

/** Draws every cell that counts something. Edges are whole pixels, or neighbours would blur into one another. */
export function paintHeatmap({ ctx, ratio, x, y }: Band, grid: HeatGrid, look: HeatPaint): void {
  const gapIn = (size: number): number => (size > GAP_FROM_PX * ratio ? Math.round(look.gap * ratio) : 0);
  const columns = Array.from(grid.ends, (end): [number, number] => [
    Math.round(x(end - grid.widthMs)),
    Math.round(x(end)),
  ]);
  grid.counts.forEach((row, at) => {
    const [foot, head] = [Math.round(y(at)), Math.round(y(at + 1))];
    const height = Math.max(1, foot - head - gapIn(foot - head));
    columns.forEach(([left, right], column) => {
      const count = row[column]!;
      if (!(count > look.least)) return;
      ctx.fillStyle = look.colors[rampIndex(look.place(count))]!;
      ctx.fillRect(left, head, Math.max(1, right - left - gapIn(right - left)), height);
    });
  });
}
