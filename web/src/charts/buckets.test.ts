import { describe, expect, it } from "vitest";
import type { Frame } from "../api/frames";
import { bucketGrid, countGrid, differences, isCumulative, niceSize, parseBound, trimRows } from "./buckets";

const frame = (series: [Record<string, string>, number[]][]): Frame => ({
  times: Float64Array.of(1000, 2000),
  step: 1000,
  warnings: [],
  series: series.map(([labels, values]) => ({ labels, values: Float64Array.from(values) })),
});

const names = (made: Frame): string[] => made.series.map(({ labels }) => labels.le ?? labels.name ?? "");

describe("parseBound", () => {
  it.each([
    ["0.5", 0.5],
    ["1e3", 1000],
    ["+Inf", Infinity],
    ["inf", Infinity],
    ["0.1-0.5", 0.5],
    ["10 – +Inf", Infinity],
    ["api", NaN],
    ["", NaN],
  ])("reads %j", (text, bound) => expect(parseBound(text)).toBe(bound));
});

describe("bucketGrid", () => {
  const cumulative = frame([
    [{ le: "+Inf" }, [10, 12]],
    [{ le: "10" }, [9, 12]],
    [{ le: "2" }, [4, 5]],
  ]);

  it("sorts by bound, +Inf last, and takes differences of cumulative counts", () => {
    const grid = bucketGrid(cumulative, names(cumulative), "detect");
    expect(grid.rows.map(({ low, high }) => [low, high])).toEqual([
      [0, 2],
      [2, 10],
      [10, Infinity],
    ]);
    expect(grid.counts.map((row) => [...row])).toEqual([
      [4, 5],
      [5, 7],
      [1, 0],
    ]);
    expect(grid.most).toBe(7);
  });

  it("sums buckets of several instances", () => {
    const two = frame([
      [{ le: "1", instance: "a" }, [1, 2]],
      [{ le: "1", instance: "b" }, [3, NaN]],
    ]);
    expect([...bucketGrid(two, ["1", "1"], "detect").counts[0]!]).toEqual([4, 2]);
  });

  it("leaves counts that are no sums as they are", () => {
    const own = frame([
      [{ le: "1" }, [5, 1]],
      [{ le: "2" }, [3, 4]],
    ]);
    expect(bucketGrid(own, names(own), "detect").counts.map((row) => [...row])).toEqual([
      [5, 1],
      [3, 4],
    ]);
  });

  it("keeps rows that are names", () => {
    const named = frame([
      [{ name: "api" }, [1, 2]],
      [{ name: "web" }, [3, 4]],
    ]);
    const grid = bucketGrid(named, names(named), "detect");
    expect(grid.rows.map(({ name }) => name)).toEqual(["api", "web"]);
    expect(grid.rows[0]!.low).toBeNaN();
  });
});

it("tells cumulative rows apart, in spite of rounding", () => {
  expect(isCumulative([Float64Array.of(1, 2), Float64Array.of(1 - 1e-12, 3)])).toBe(true);
  expect(isCumulative([Float64Array.of(1, 2), Float64Array.of(0.5, 3)])).toBe(false);
});

it("never gives a negative count", () =>
  expect([...differences([Float64Array.of(2), Float64Array.of(1)])[1]!]).toEqual([0]));

it("drops empty rows at both ends but one", () => {
  const rows = [0, 0, 3, 0, 0].map((count) => Float64Array.of(count));
  const grid = {
    ends: Float64Array.of(0),
    widthMs: 1,
    most: 3,
    counts: rows,
    rows: rows.map((_, at) => ({ name: "", low: at, high: at + 1 })),
  };
  expect(trimRows(grid).rows.map(({ low }) => low)).toEqual([1, 2, 3]);
});

describe("countGrid", () => {
  const range = { fromMs: 0, toMs: 4000 };
  const options = { columns: 4, rows: 4, columnMs: 0, rowSize: 0, log: false };
  const samples = frame([
    [{}, [1, 7]],
    [{}, [1.5, NaN]],
  ]);

  it("counts samples by time and value", () => {
    const grid = countGrid([samples], range, { ...options, rowSize: 2 });
    expect(grid.rows.map(({ low, high }) => [low, high])).toEqual([
      [0, 2],
      [2, 4],
      [4, 6],
      [6, 8],
    ]);
    expect([...grid.counts[0]!]).toEqual([0, 2, 0, 0]);
    expect([...grid.counts[3]!]).toEqual([0, 0, 1, 0]);
  });

  it("doubles the rows on a logarithmic scale", () => {
    const grid = countGrid([samples], range, { ...options, log: true });
    expect(grid.rows.map(({ high }) => high)).toEqual([2, 4, 8]);
  });

  it("makes no more cells than can be seen, however small they are asked for", () => {
    const grid = countGrid([samples], range, { ...options, rowSize: 1e-9, columnMs: 1e-3 });
    expect(grid.rows.length).toBeLessThanOrEqual(201);
    expect(grid.ends.length).toBeLessThanOrEqual(501);
  });

  it("stands for nothing with one empty row", () =>
    expect(countGrid([], range, options).rows).toHaveLength(1));
});

it.each([
  [0.3, 0.5],
  [1, 1],
  [2.2, 2.5],
  [70, 100],
])("rounds %d up to %d", (size, nice) => expect(niceSize(size)).toBeCloseTo(nice));
