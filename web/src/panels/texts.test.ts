import { expect, test } from "vitest";
import { parseDashboard } from "../model/dashboard";
import { column, frameOf } from "../query/transforms/kinds";
import { takesField, textValues } from "./texts";

const panel = (reduceOptions: object) =>
  parseDashboard({ panels: [{ type: "stat", options: { reduceOptions } }] }).panels[0]!;
const TABLES = [
  frameOf("A", [column("version", "string", ["1.2", "1.3"]), column("Value", "number", [1, 1])]),
];

test.each<[object, string[]]>([
  [{}, []],
  [{ fields: "/^version$/", calcs: ["lastNotNull"] }, ["1.3"]],
  [{ fields: "version", calcs: ["first"] }, ["1.2"]],
  [{ fields: "/.*/", values: true }, ["1.2", "1.3"]],
  [{ fields: "version", values: true, limit: 1 }, ["1.2"]],
  [{ fields: "Value" }, []],
])("%j shows %j", (options, texts) => {
  expect(textValues(TABLES, panel(options)).map(({ written }) => written.text)).toEqual(texts);
});

test("without a choice, every number is taken", () => {
  expect(takesField({}, "x")).toBe(true);
  expect(takesField({ reduceOptions: { fields: "/^y/" } }, "x")).toBe(false);
});
