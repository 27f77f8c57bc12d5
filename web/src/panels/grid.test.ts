import { describe, expect, it } from "vitest";
import { parseFieldRules } from "../model/field";
import { fillLink } from "../links/datalinks";
import { setZone } from "../model/zone";
import {
  columnWidths,
  firstSorting,
  footerOf,
  gridOfFrame,
  gridOfRows,
  orderRows,
  subjectOf,
  textOf,
} from "./grid";

const field = (defaults: object = {}) => parseFieldRules({ defaults }).defaults;

const grid = gridOfRows({
  columns: [
    { name: "name", numeric: false, field: field() },
    { name: "size", numeric: true, field: field({ unit: "bytes" }) },
  ],
  rows: [
    ["disk10", 2048],
    ["disk9", NaN],
    ["root", 512],
  ],
});

describe("orderRows", () => {
  it("leaves rows as they come", () => expect(orderRows(grid, undefined, [])).toEqual([0, 1, 2]));

  it("sorts numbers by size, what is absent last either way", () => {
    expect(orderRows(grid, { at: 1, descending: false }, [])).toEqual([2, 0, 1]);
    expect(orderRows(grid, { at: 1, descending: true }, [])).toEqual([0, 2, 1]);
  });

  it("sorts texts as people count", () =>
    expect(orderRows(grid, { at: 0, descending: false }, [])).toEqual([1, 0, 2]));

  it("filters by what is written", () => {
    expect(orderRows(grid, undefined, ["DISK", ""])).toEqual([0, 1]);
    expect(orderRows(grid, undefined, ["", "kib"])).toEqual([0]);
  });
});

it("begins in the order that the panel asks for", () => {
  expect(firstSorting(grid, { sortBy: [{ displayName: "size", desc: true }] })).toEqual({
    at: 1,
    descending: true,
  });
  expect(firstSorting(grid, { sortBy: [{ displayName: "gone" }] })).toBeUndefined();
});

describe("footerOf", () => {
  const [name, size] = grid.columns;
  const sum = { footer: { show: true, reducer: ["sum"] } };

  it("adds numbers up, in their unit", () => expect(footerOf(size!, [0, 2], sum)).toBe("2.50\u00a0KiB"));
  it("adds no texts up", () => expect(footerOf(name!, [0, 2], sum)).toBeUndefined());
  it("counts rows", () =>
    expect(footerOf(size!, [0, 2], { footer: { show: true, countRows: true } })).toBe("2"));
  it("is not there unless asked for", () => expect(footerOf(size!, [0], {})).toBeUndefined());
  it("keeps to the columns that are named", () =>
    expect(footerOf(size!, [0], { footer: { show: true, fields: ["other"] } })).toBeUndefined());
});

describe("columnWidths", () => {
  it("follows the longest text, and a width of the column's own", () => {
    const narrow = gridOfRows({
      columns: [{ name: "a", numeric: false, field: field() }],
      rows: [["x".repeat(40)]],
    });
    expect(columnWidths(narrow)[0]).toBeGreaterThan(200);
    const own = { ...narrow, columns: [{ ...narrow.columns[0]!, field: field({ custom: { width: 90 } }) }] };
    expect(columnWidths(own)).toEqual([90]);
  });
});

describe("subjectOf", () => {
  const linked = (url: string) => ({ ...grid.columns[0]!, field: field({ links: [{ title: "", url }] }) });
  const address = (url: string): string | undefined => {
    const column = linked(url);
    return fillLink(column.field.links[0]!, subjectOf(grid, column, 0)!, "http://here/sub/").href;
  };

  it("fills in the value and other columns, encoded", () =>
    expect(
      address('/d/disk?var-disk=${__value.raw}&size=${__data.fields.size}&n=${__data.fields["name"]}'),
    ).toBe("http://here/sub/d/disk?var-disk=disk10&size=2048&n=disk10"));

  it("leads to pages only", () => expect(address("javascript:alert(1)")).toBeUndefined());

  it("knows the columns that are not seen, and the time of the row", () => {
    const frame = {
      refId: "A",
      length: 1,
      fields: [
        { name: "Time", type: "time" as const, values: [1000] },
        { name: "id", type: "string" as const, values: ["a7"], config: field({ custom: { hidden: true } }) },
        { name: "n", type: "number" as const, values: [2], config: field({ links: [{ url: "/" }] }) },
      ],
    };
    const made = gridOfFrame(frame, field());
    expect(subjectOf(made, made.columns[1]!, 0)).toMatchObject({ timeMs: 1000, row: { id: "a7" }, value: 2 });
    expect(subjectOf(made, made.columns[0]!, 0)).toBeUndefined();
  });
});

it("writes times in the page's zone", () => {
  setZone("Asia/Tokyo");
  const time = { name: "Time", type: "time" as const, values: [Date.UTC(2026, 10, 21, 20)] };
  const [column] = gridOfFrame({ refId: "A", length: 1, fields: [time] }, field()).columns;
  expect(textOf(column!.values[0], column!.field)).toBe("2026-11-22 05:00:00");
  setZone("browser");
});

it("leaves columns of a frame out that are hidden", () => {
  const frame = {
    refId: "A",
    length: 1,
    fields: [
      { name: "a", type: "number" as const, values: [1] },
      { name: "b", type: "number" as const, values: [2], config: field({ custom: { hidden: true } }) },
    ],
  };
  expect(gridOfFrame(frame, field()).columns.map(({ name }) => name)).toEqual(["a"]);
});
