import { describe, expect, test } from "vitest";
import { applyMappings, parseMappings } from "../model/mappings";
import { changeKind, faultOfLine, linesOf, mappingsOf, newLine, type Line } from "./mappings";

const GRAFANA = [
  {
    type: "value",
    options: {
      "1": { text: "Up", color: "green", index: 1, icon: "check" },
      "0": { text: "Down", index: 0 },
    },
  },
  { type: "range", options: { from: 5, to: null, result: { text: "Many", index: 2 } } },
  { type: "regex", options: { pattern: "/^5(.)/", result: { text: "5$1", index: 3 } } },
  { type: "special", options: { match: "null+nan", result: { text: "None", index: 4 } } },
  { type: "of tomorrow", options: { a: 1 } },
];

test("a line a value, in the document's own order, and everything else beside it", () => {
  expect(linesOf(GRAFANA)).toEqual([
    { kind: "value", value: "0", result: { text: "Down" } },
    { kind: "value", value: "1", result: { text: "Up", color: "green", icon: "check" } },
    { kind: "range", value: "", from: 5, result: { text: "Many" } },
    { kind: "regex", value: "/^5(.)/", result: { text: "5$1" } },
    { kind: "special", value: "null+nan", result: { text: "None" } },
    { kind: "other", raw: GRAFANA[4] },
  ]);
});

test("lines become the same document again", () => {
  const [values, ...rest] = mappingsOf(linesOf(GRAFANA)) as [{ options: object }, ...unknown[]];

  expect(values).toEqual(GRAFANA[0]);
  expect(rest).toEqual(GRAFANA.slice(1));
});

test("the form of before Grafana 8 is read, and written in the current one", () => {
  const old = [
    { type: 1, value: "null", text: "N/A" },
    { type: 1, value: "1", text: "On" },
    { type: 2, from: "5", to: "9", text: "Some", color: "red" },
  ];
  const written = parseMappings(mappingsOf(linesOf(old)));

  expect([NaN, 1, 7].map((value) => applyMappings(written, value))).toEqual([
    { text: "N/A" },
    { text: "On" },
    { text: "Some", color: "red" },
  ]);
});

test("a value that is there twice keeps both lines, and the first counts", () => {
  const twice: Line[] = ["Up", "Again"].map((text) => ({ kind: "value", value: "1", result: { text } }));
  const written = mappingsOf(twice);

  expect(linesOf(written)).toEqual(twice);
  expect(applyMappings(parseMappings(written), 1)).toMatchObject({ text: "Up" });
  expect(faultOfLine(twice[1]!, twice)).toBe("The first line with this value counts.");
});

test("a new line is for a value that no other has", () => {
  expect(newLine(linesOf(GRAFANA)).value).toBe("2");
  expect(newLine([]).value).toBe("0");
});

describe("a line of another kind keeps what it can", () => {
  const line: Line = { kind: "value", value: "5", result: { text: "Five", color: "red" } };

  test("a number is the range from and to itself", () =>
    expect(changeKind(line, "range")).toEqual({ ...line, kind: "range", value: "", from: 5, to: 5 }));

  test("a value is a pattern, a special value is not", () => {
    expect(changeKind(line, "regex").value).toBe("5");
    expect(changeKind(changeKind(line, "special"), "value").value).toBe("");
  });

  test("a range that ends before it begins is said", () =>
    expect(faultOfLine({ ...changeKind(line, "range"), from: 6 }, [])).toBe("It ends before it begins."));
});
