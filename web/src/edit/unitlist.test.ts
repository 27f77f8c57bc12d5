import { expect, test } from "vitest";
import { CURRENCIES, UNITS } from "../model/unit-table";
import { format } from "../model/units";
import { searchUnits, UNIT_LIST, unitName } from "./unitlist";

test("every unit on offer is one that numbers are written in, and stands there once", () => {
  const unknown = UNIT_LIST.filter(({ id }) => {
    const known = id in UNITS || id in CURRENCIES || id.startsWith("suffix:");
    return !known && format(1234, id).suffix.includes(id);
  });
  expect(unknown).toEqual([]);
  expect(new Set(UNIT_LIST.map(({ id }) => id)).size).toBe(UNIT_LIST.length);
});

test("a search finds by name, id and group, in any order of words", () => {
  expect(searchUnits("dollar").map(({ id }) => id)).toEqual(["currencyUSD"]);
  expect(searchUnits("BINBPS").map(({ id }) => id)).toContain("binBps");
  expect(searchUnits("s requests").map(({ id }) => id)).toContain("reqps");
  expect(searchUnits("no such unit")).toEqual([]);
  expect(searchUnits(" ")).toHaveLength(UNIT_LIST.length);
});

test.each([
  ["requests per min", "reqpm"],
  ["requests per minute", "reqpm"],
  ["req / min", "reqpm"],
  ["req/mins", "reqpm"],
  ["request per sec", "reqps"],
  ["requests/second", "reqps"],
  ["bytes per second", "Bps"],
  ["mb/s", "Bps"],
  ["secs", "s"],
  ["per", "percent"],
  ["€", "currencyEUR"],
])("%s finds %s", (text, id) => expect(searchUnits(text).map((unit) => unit.id)).toContain(id));

test("an example shows what a number looks like; an own unit is called by its text", () => {
  expect(UNIT_LIST.find(({ id }) => id === "percentunit")!.example).toBe("42%");
  expect(unitName("bytes")).toBe("Bytes (KiB, MiB)");
  expect(unitName("widgets")).toBe("widgets");
});
