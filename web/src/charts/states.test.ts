import { expect, describe, it } from "vitest";
import { distinctLooks, hatchings, spanAt, stateSpans, type StateSamples } from "./states";

const samples = (values: number[]): StateSamples => ({
  times: values.map((_, at) => at * 10),
  values,
  stepMs: 10,
  look: (value) =>
    Number.isNaN(value) ? undefined : { text: value > 0 ? "up" : "down", color: value > 0 ? "#0f0" : "#f00" },
});

describe("stateSpans", () => {
  it("merges equal neighbours", () =>
    expect(
      stateSpans(samples([1, 2, 0, 1]), true).map(({ fromMs, toMs, text }) => [fromMs, toMs, text]),
    ).toEqual([
      [0, 20, "up"],
      [20, 30, "down"],
      [30, 40, "up"],
    ]));

  it("keeps them apart where that is wanted", () =>
    expect(stateSpans(samples([1, 1]), false)).toHaveLength(2));

  it("never merges over a gap", () => expect(stateSpans(samples([1, NaN, 1]), true)).toHaveLength(2));
});

it("lists each state once, the longest held first", () => {
  const spans = stateSpans(samples([0, 1, 1]), true);
  expect(distinctLooks([{ name: "api", spans }]).map(({ text }) => text)).toEqual(["up", "down"]);
});

describe("hatchings", () => {
  const [green, red, orange, blue] = ["#3fb68b", "#f2667a", "#e8a33d", "#56b4e9"];

  it("hatches what is bad, alone or beside others, and leaves what is well plain", () => {
    expect([...hatchings([red])]).toEqual([[red, 1]]);
    expect([...hatchings([green, orange, red, red])]).toEqual([
      [green, 0],
      [orange, 2],
      [red, 1],
    ]);
  });

  it("gives no two colours the same one", () => {
    const made = [...hatchings([green, blue, red, "#d01030", orange]).values()];
    expect(new Set(made).size).toBe(made.length);
  });
});

it("finds the span of a time", () => {
  const row = { name: "api", spans: stateSpans(samples([1, 0]), true) };
  expect(spanAt(row, 10)?.text).toBe("down");
  expect(spanAt(row, 99)).toBeUndefined();
});
