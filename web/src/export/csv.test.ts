import { describe, expect, it } from "vitest";
import { parseFieldRules } from "../model/field";
import type { DataFrame, Field } from "../model/frame";
import { guardText, toCsv, writeCell } from "./csv";
import { oneSheet, uniqueNames } from "./join";
import { fileName } from "./save";

const config = parseFieldRules({ defaults: { unit: "percentunit", decimals: 1 } }).defaults;
const time = (values: number[]): Field => ({ name: "Time", type: "time", values });
const numbers = (name: string, values: number[]): Field => ({ name, type: "number", values, config });
const texts = (name: string, values: string[]): Field => ({ name, type: "string", values });
const frame = (refId: string, ...fields: Field[]): DataFrame => ({
  refId,
  fields,
  length: fields[0]!.values.length,
});

it.each([
  ["plain", "plain"],
  ["a,b", '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ["two\nlines", '"two\nlines"'],
  [" edge ", '" edge "'],
])("quotes %j as %j", (text, cell) => expect(writeCell(text)).toBe(cell));

it.each([
  ['=HYPERLINK("http://x")', `'=HYPERLINK("http://x")`],
  ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
  ["-1+1", "'-1+1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["-5", "-5"],
  ["+1.5e-3", "+1.5e-3"],
  ["a=b", "a=b"],
])("%j is kept from being a formula as %j", (text, guarded) => expect(guardText(text)).toBe(guarded));

describe("toCsv", () => {
  const sheet = frame(
    "A",
    time([1_700_000_000_000, NaN]),
    numbers("=used", [-0.25, NaN]),
    texts("host", ["=1+1", "b,c"]),
  );
  it("writes numbers in full and times in UTC", () =>
    expect(toCsv(sheet, "raw")).toBe(
      "Time,'=used,host\r\n2023-11-14T22:13:20.000Z,-0.25,'=1+1\r\n,,\"b,c\"\r\n",
    ));
  it("writes them as the page does", () =>
    expect(toCsv(sheet, "shown").split("\r\n")[1]).toMatch(/^2023-11-1\d \d\d:13:20,-25\.0%,'=1\+1$/));
  it("writes what is infinite in Prometheus's words", () =>
    expect(toCsv(frame("A", numbers("x", [Infinity, -Infinity])), "raw")).toBe("x\r\n+Inf\r\n-Inf\r\n"));
});

describe("oneSheet", () => {
  it("joins series by their times", () => {
    const joined = oneSheet([
      frame("A", time([1, 2]), numbers("a", [10, 20])),
      frame("B", time([2, 3]), numbers("a", [30, 40])),
    ])!;
    expect(joined.fields.map(({ shown }) => shown)).toEqual(["Time", "a", "a (2)"]);
    expect(joined.fields.map(({ values }) => [...(values as number[])])).toEqual([
      [1, 2, 3],
      [10, 20, NaN],
      [NaN, 30, 40],
    ]);
  });
  it("stacks tables", () => {
    const stacked = oneSheet([
      frame("A", texts("host", ["one"]), numbers("x", [1])),
      frame("B", texts("host", ["two"]), numbers("y", [2])),
    ])!;
    expect(stacked.fields.map(({ values }) => values)).toEqual([
      ["one", "two"],
      [1, null],
      [null, 2],
    ]);
  });
  it("has nothing of nothing", () => expect(oneSheet([])).toBeUndefined());
});

it("numbers names that stand several times", () =>
  expect(uniqueNames(["a", "b", "a", "a"])).toEqual(["a", "b", "a (2)", "a (3)"]));

it.each([
  ["CPU by mode", "CPU-by-mode.csv"],
  ["../../etc/passwd", "etc-passwd.csv"],
  ["Größe (°C)", "Gro-e-C.csv"],
  ["…", "panel.csv"],
])("calls the file of %j %j", (title, name) => expect(fileName(title, "csv")).toBe(name));
