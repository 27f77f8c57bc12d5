import { describe, expect, it } from "vitest";
import { countBins } from "./bins";

const plain = { size: 0, offset: 0, count: 10 };

describe("countBins", () => {
  it("counts every sample once, the highest too", () => {
    const { bounds, counts } = countBins([[0, 1, 1.9, 2, 4]], { ...plain, size: 2 });
    expect(bounds).toEqual([0, 2, 4, 6]);
    expect(counts).toEqual([[3, 1, 1]]);
  });

  it("shifts by an offset", () =>
    expect(countBins([[1, 2]], { size: 2, offset: 1, count: 10 }).bounds).toEqual([1, 3]));

  it("chooses a nice size", () =>
    expect(countBins([[0, 100]], plain).bounds.slice(0, 3)).toEqual([0, 10, 20]));

  it("puts several rows into the same buckets", () =>
    expect(countBins([[1], [3, NaN, Infinity]], { ...plain, size: 1 }).counts).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ]));

  it("makes no more buckets than can be seen", () =>
    expect(countBins([[0, 1e9]], { ...plain, size: 1 }).bounds.length).toBeLessThanOrEqual(502));

  it("has no buckets without samples", () => expect(countBins([[NaN]], plain).bounds).toEqual([]));

  it("gives equal samples one bucket", () => expect(countBins([[5, 5]], plain).counts).toEqual([[2]]));
});
