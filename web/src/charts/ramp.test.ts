import { describe, expect, it } from "vitest";
import { continuousColor, flatten, inkOn, mixStops, rampColors } from "./ramp";

describe("mixStops", () => {
  it("gives the stops themselves and what lies between", () => {
    expect(mixStops(["#000000", "#ffffff"], 0)).toBe("#000000");
    expect(mixStops(["#000000", "#ffffff"], 0.5)).toBe("#808080");
    expect(mixStops(["#000000", "#ffffff", "#ff0000"], 1)).toBe("#ff0000");
  });

  it("stays inside for shares that are not", () => {
    expect(mixStops(["#000000", "#ffffff"], -3)).toBe("#000000");
    expect(mixStops(["#000000", "#ffffff"], 7)).toBe("#ffffff");
  });

  it("takes a single stop", () => expect(mixStops(["#123456"], 0.4)).toBe("#123456"));
});

describe("rampColors", () => {
  const light = (color: string): number => Number.parseInt(color.slice(3, 5), 16);

  it("grows lighter on dark and darker on light", () => {
    const [dark, pale] = [rampColors("Oranges", false, "dark"), rampColors("Oranges", false, "light")];
    expect(light(dark[0]!)).toBeLessThan(light(dark.at(-1)!));
    expect(light(pale[0]!)).toBeGreaterThan(light(pale.at(-1)!));
  });

  it("parts at a middle for diverging schemes, and turns those round", () => {
    const [usual, turned] = [rampColors("RdBu", false, "dark"), rampColors("RdBu", true, "dark")];
    expect(usual[0]).toBe(turned.at(-1));
  });
});

describe("continuousColor", () => {
  it("goes from the first to the last colour of its name", () => {
    expect(continuousColor("continuous-GrYlRd", 0, "dark")).toBe("#3fb68b");
    expect(continuousColor("continuous-GrYlRd", 1, "dark")).toBe("#f2667a");
  });

  it("knows no other modes", () => expect(continuousColor("thresholds", 0.5, "dark")).toBeUndefined());
});

it("writes dark on light colours and light on dark ones", () => {
  expect(inkOn("#fbe96d")).toBe("#0c0e12");
  expect(inkOn("#19275a")).toBe("#ffffff");
});

it("flattens a translucent colour over its ground", () =>
  expect(flatten("#ffffff", "#000000", 0.25)).toBe("#404040"));
