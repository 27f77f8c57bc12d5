import { expect, test } from "vitest";
import type { PanelFrame } from "../query/panel";
import { bucketBins } from "./histbuckets";

/** A frame of buckets with their cumulative counts, as an instant query gives them. */
function frameOf(counts: Readonly<Record<string, number[]>>, format = "heatmap"): PanelFrame {
  const series = Object.entries(counts).map(([le, values]) => ({
    labels: { le },
    values: Float64Array.from(values),
  }));
  const times = Float64Array.from(Object.values(counts)[0] ?? [], (_, at) => at * 60_000);
  const query = { refId: "A", expr: "x", source: "default", instant: true, format };
  return {
    times,
    step: 60_000,
    series,
    expr: "x",
    range: { fromMs: 0, toMs: 60_000 },
    query,
  } as unknown as PanelFrame;
}

test("what each bucket holds by itself, from the lowest that holds something to the highest, with one each for air", () => {
  const frame = frameOf({ "0.5": [0], "1": [0], "+Inf": [9], "5": [9], "2": [4], "10": [9], "30": [9] });
  expect(bucketBins([frame])).toEqual({ bounds: [0.5, 1, 2, 5, 10], counts: [[0, 4, 5, 0]] });
});

test("the newest samples count", () => {
  const frame = frameOf({ "1": [1, 2, NaN], "+Inf": [1, 5, NaN] });
  expect(bucketBins([frame])).toEqual({ bounds: [0, 1, Infinity], counts: [[2, 3]] });
});

test("series of one bound are added up", () => {
  expect(bucketBins([frameOf({ "1": [1], "2": [3] }), frameOf({ "1": [4], "2": [4] })])?.counts).toEqual([
    [5, 2],
  ]);
});

test("what was not asked for as buckets, or has no bounds, is counted as samples", () => {
  expect(bucketBins([frameOf({ "1": [1] }, "time_series")])).toBeUndefined();
  expect(bucketBins([])).toBeUndefined();
  const nameless = frameOf({ "1": [1] });
  nameless.series[0]!.labels = { job: "a" };
  expect(bucketBins([nameless])).toBeUndefined();
});
