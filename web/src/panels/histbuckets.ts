/** Buckets that Prometheus has counted, as bins of a histogram: their bounds, and what fell into each. Pure. */

import { bucketGrid, trimRows } from "../charts/buckets";
import type { Bins } from "../charts/bins";
import type { PanelFrame } from "../query/panel";

/** The newest sample of a row; 0 where there is none. */
function newest(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.at(-1) ?? 0;
}

/** The bins of frames that were asked for as buckets (`format` "heatmap"); undefined where some were not. */
export function bucketBins(frames: readonly PanelFrame[]): Bins | undefined {
  const filled = frames.filter(({ series }) => series.length > 0);
  const first = filled[0];
  if (first === undefined || frames.some(({ query }) => query.format !== "heatmap")) return undefined;
  const series = filled.flatMap((frame) => frame.series);
  if (series.some(({ labels }) => labels.le === undefined)) return undefined;
  const names = series.map(({ labels }) => labels.le!);
  const { rows, counts } = trimRows(bucketGrid({ ...first, series }, names, true));
  return { bounds: [rows[0]!.low, ...rows.map(({ high }) => high)], counts: [counts.map(newest)] };
}
