import { describe, expect, it } from "vitest";
import { axisMarks, layoutBars } from "./bars";

const layout = { stack: "none", groupWidth: 0.8, barWidth: 1 } as const;

describe("layoutBars", () => {
  it("sets bars of one category side by side", () => {
    const [first, second] = layoutBars([[1], [2]], layout);
    expect([first!.at, first!.width]).toEqual([expect.closeTo(0.1), expect.closeTo(0.4)]);
    expect([second!.at, second!.width]).toEqual([expect.closeTo(0.5), expect.closeTo(0.4)]);
  });

  it("lays them on one another, negatives downward", () => {
    const bars = layoutBars([[2], [3], [-1]], { ...layout, stack: "normal" });
    expect(bars.map(({ from, to }) => [from, to])).toEqual([
      [0, 2],
      [2, 5],
      [0, -1],
    ]);
  });

  it("fills to one by percent", () => {
    const bars = layoutBars([[1], [3]], { ...layout, stack: "percent" });
    expect(bars.map(({ to, value }) => [to, value])).toEqual([
      [0.25, 1],
      [1, 3],
    ]);
  });

  it("leaves gaps out", () => expect(layoutBars([[NaN, 1]], layout)).toHaveLength(1));
});

it.each([
  [0, 10, [0, 5, 10]],
  [0, 9, [0, 5]],
  [-4, 4, [-4, -2, 0, 2, 4]],
])("marks %d to %d", (low, high, marks) => expect(axisMarks(low, high, 4, [1, 2, 5, 10])).toEqual(marks));
