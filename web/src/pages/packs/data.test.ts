import { describe, expect, it } from "vitest";
import { byFile, placeIn, stateOf, type Difference, type JobHealth, type PackSummary } from "./data";

const pack = (enabled: boolean, ...health: JobHealth[]): PackSummary =>
  ({ enabled, jobs: health.map((each) => ({ health: each })) }) as PackSummary;

describe("how a pack is, in a word", () => {
  it.each([
    [pack(false, "off"), ["none", "Off"]],
    [pack(true), ["warn", "Nothing is scraped"]],
    [pack(true, "off", "off"), ["warn", "Nothing is scraped"]],
    [pack(true, "up", "off"), ["ok", "Up"]],
    [pack(true, "up", "unknown"), ["ok", "Up"]],
    [pack(true, "unknown"), ["none", "Waiting"]],
    [pack(true, "up", "down"), ["warn", "1 of 2 jobs down"]],
    [pack(true, "down", "down", "off"), ["crit", "Down"]],
  ])("%#", (given, said) => {
    expect(stateOf(given)).toEqual(said);
  });
});

const at = (where: string): Difference => ({ where }) as Difference;

describe("what differs", () => {
  it("stands together by file, in its order", () => {
    const [a, b, c] = [at("rules.yaml > A > expr"), at("dashboards/x.json > P"), at("rules.yaml > B > expr")];
    expect(byFile([a, b, c])).toEqual([
      ["rules.yaml", [a, c]],
      ["dashboards/x.json", [b]],
    ]);
  });

  it("is named by its place in the file, or by the file", () => {
    expect(placeIn(at("rules.yaml > A > expr"))).toBe("A > expr");
    expect(placeIn(at("routes.yaml"))).toBe("routes.yaml");
  });
});
