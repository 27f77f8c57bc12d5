import { describe, expect, it } from "vitest";
import { logRange, valueRange } from "./scales";

describe("logRange", () => {
  it.each([
    [3, 700, 10, [1, 1000]],
    [1, 1000, 10, [1, 1000]],
    [3, 9, 2, [2, 16]],
    [null, null, 10, [0.001, 10]],
    [-5, 100, 10, [0.01, 100]],
    [5, 5, 10, [1, 10]],
  ] as const)("is whole powers around %d to %d, base %d", (low, high, base, range) => {
    const [from, to] = logRange(low, high, base, {});
    expect([from, to]).toEqual(range.map((end) => expect.closeTo(end) as number));
  });

  it("keeps to bounds, but never to such as have no logarithm", () =>
    expect(logRange(3, 700, 10, { min: 0, max: 500 })).toEqual([1, 500]));
});

it("sets zero in the middle where that is asked for", () => {
  const [low, high] = valueRange(-2, 10, { fromZero: false, centred: true });
  expect(low).toBe(-high);
  expect(high).toBeGreaterThanOrEqual(10);
});
