import { describe, expect, it } from "vitest";
import { clip, labelEvery, plotBox, textWidth } from "./plot";

describe("plotBox", () => {
  it("leaves room for the longest label", () => {
    const narrow = plotBox({ width: 400, height: 200 }, ["1"]);
    const wide = plotBox({ width: 400, height: 200 }, ["1", "1000000"]);
    expect(wide.left - narrow.left).toBe(textWidth("1000000") - textWidth("1"));
  });

  it("keeps most of the width for the drawing", () =>
    expect(plotBox({ width: 300, height: 200 }, ["x".repeat(500)]).width).toBeGreaterThan(150));

  it("never has no or negative room", () =>
    expect(plotBox({ width: 4, height: 4 }, ["long"])).toMatchObject({ width: 1, height: 1 }));
});

it("cuts a text that does not fit", () => {
  expect(clip("abcdef", 1000)).toBe("abcdef");
  expect(clip("abcdefghij", 40)).toBe("abcde…");
  expect(clip("abcdefghij", 8)).toBe("");
});

it("leaves labels out that would touch", () => {
  expect(labelEvery(["12:00", "12:05"], 400)).toBe(1);
  expect(labelEvery(Array<string>(40).fill("12:00"), 400)).toBe(5);
});
