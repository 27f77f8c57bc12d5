import { describe, expect, it } from "vitest";
import { slicePath, slices } from "./slice";

const ring = { cx: 50, cy: 50, outer: 40, inner: 0 };

describe("slices", () => {
  it("share a turn by size", () =>
    expect(slices([1, 3])).toEqual([
      [0, 0.25],
      [0.25, 1],
    ]));

  it("give nothing to what is absent, negative or infinite", () =>
    expect(slices([NaN, -1, Infinity, 2])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 1],
    ]));

  it("are empty where all is zero", () => expect(slices([0, 0]).flat()).toEqual([0, 0, 0, 0]));
});

describe("slicePath", () => {
  it("goes from the top clockwise to the right for a quarter", () =>
    expect(slicePath(ring, 0, 0.25)).toBe("M50.00 10.00A40.00 40.00 0 0 1 90.00 50.00L50.00 50.00Z"));

  it("closes a whole turn", () => expect(slicePath(ring, 0, 1).match(/M/g)).toHaveLength(2));

  it("goes back along the hole of a ring", () =>
    expect(slicePath({ ...ring, inner: 20 }, 0, 0.25)).toContain("A20.00 20.00 0 0 0 50.00 30.00"));
});
