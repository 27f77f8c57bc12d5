import { describe, expect, test } from "vitest";
import { parseDashboard, type Panel } from "./dashboard";
import type { Variables } from "./interpolate";
import { makeSections } from "./layout";
import { repeatPanels, repeatSections } from "./repeat";

const chosen = (...values: string[]): Variables => ({
  job: { values, texts: values, all: false, several: true },
});
const panels = (...raw: object[]): Panel[] => parseDashboard({ panels: raw }).panels;
const grids = (made: readonly Panel[]): number[][] => made.map(({ grid: { x, y, w, h } }) => [x, y, w, h]);

const BASE = { id: 1, gridPos: { x: 0, y: 0, w: 24, h: 4 }, repeat: "job" };
const BELOW = { id: 2, gridPos: { x: 0, y: 4, w: 24, h: 2 } };

test.each([
  [
    "before it",
    { x: 0, y: 0, w: 12, h: 8 },
    { x: 12, y: 0, w: 6, h: 4 },
    [
      [0, 0, 12, 8],
      [0, 8, 12, 4],
      [12, 8, 12, 4],
    ],
  ],
  [
    "after it",
    { x: 6, y: 0, w: 12, h: 8 },
    { x: 0, y: 0, w: 6, h: 4 },
    [
      [0, 0, 12, 4],
      [12, 0, 12, 4],
      [6, 4, 12, 8],
    ],
  ],
])("a neighbour that stands %s in the same lines makes room", (_, neighbour, place, expected) => {
  const [{ panels: drawn } = { panels: [] }] = makeSections(
    panels({ ...BASE, gridPos: place }, { id: 2, gridPos: neighbour }),
  );

  expect(grids(repeatPanels(drawn, chosen("a", "b")))).toEqual(expected);
});

describe("a panel", () => {
  test.each<[string, object, string[], number[][]]>([
    [
      "alone keeps the whole width",
      {},
      ["a"],
      [
        [0, 0, 24, 4],
        [0, 4, 24, 2],
      ],
    ],
    [
      "twice shares the row",
      {},
      ["a", "b"],
      [
        [0, 0, 12, 4],
        [12, 0, 12, 4],
        [0, 4, 24, 2],
      ],
    ],
    [
      "beyond a row goes on in the next, and moves what is below",
      { maxPerRow: 2 },
      ["a", "b", "c"],
      [
        [0, 0, 12, 4],
        [12, 0, 12, 4],
        [0, 4, 12, 4],
        [0, 8, 24, 2],
      ],
    ],
    [
      "downward",
      { repeatDirection: "v" },
      ["a", "b"],
      [
        [0, 0, 24, 4],
        [0, 4, 24, 4],
        [0, 8, 24, 2],
      ],
    ],
    [
      "of nothing stands once",
      {},
      [],
      [
        [0, 0, 24, 4],
        [0, 4, 24, 2],
      ],
    ],
  ])("%s", (_, extra, values, expected) => {
    expect(grids(repeatPanels(panels({ ...BASE, ...extra }, BELOW), chosen(...values)))).toEqual(expected);
  });

  test("copies have ids that follow from their value, the first its own", () => {
    const ids = (...values: string[]) => repeatPanels(panels(BASE), chosen(...values)).map(({ id }) => id);

    expect(ids("a", "b", "c")[0]).toBe(1);
    expect(ids("a", "b", "c")[2]).toBe(ids("x", "c")[1]);
    expect(new Set(ids(...Array.from({ length: 100 }, (_, at) => String(at)))).size).toBe(100);
    expect(ids("a", "b").every(Number.isSafeInteger)).toBe(true);
  });

  test("each copy has its own value, escaped as those of the whole", () => {
    const [, second] = repeatPanels(panels(BASE), chosen("a", "b"));

    expect(second!.scope).toEqual({ job: { values: ["b"], texts: ["b"], all: false, several: true } });
  });

  test("copies have an end, and say so where they begin and end", () => {
    const said = (most: number) =>
      repeatPanels(panels(BASE), chosen("a", "b", "c", "d"), most).map(({ notes }) => notes);

    expect(said(3)).toEqual([
      ["3 copies of $job are drawn, +1 more are not."],
      [],
      ["3 copies of $job are drawn, +1 more are not."],
    ]);
    expect(said(4)).toEqual([[], [], [], []]);
  });
});

test("a row repeats with all that is under it", () => {
  const sections = makeSections(
    panels(
      { id: 5, type: "row", title: "$job", repeat: "job", gridPos: { y: 0, w: 24, h: 1 } },
      { id: 6, gridPos: { x: 0, y: 1, w: 12, h: 4 } },
    ),
  );
  const made = repeatSections(sections, chosen("a", "b"));

  expect(
    made.map(({ row, panels: inside }) => [row!.scope!.job!.values, inside[0]!.scope!.job!.values]),
  ).toEqual([
    [["a"], ["a"]],
    [["b"], ["b"]],
  ]);
  expect(new Set(made.flatMap(({ row, panels: inside }) => [row!.id, inside[0]!.id])).size).toBe(4);
});

test("rows that are left out are told below the last one", () => {
  const sections = makeSections(
    panels({ id: 5, type: "row", repeat: "job", gridPos: { y: 0, w: 24, h: 1 } }),
  );

  expect(repeatSections(sections, chosen("a", "b", "c"), 2).map(({ note }) => note)).toEqual([
    undefined,
    "2 rows of $job are drawn, +1 more are not.",
  ]);
});
