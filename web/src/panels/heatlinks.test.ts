import { expect, test } from "vitest";
import { parseFieldRules } from "../model/field";
import { cellSubject, seriesOfRow } from "./heatlinks";

const SERIES = [
  { name: "a", labels: { le: "0.5", job: "chat", pod: "a" } },
  { name: "b", labels: { le: "0.5", job: "chat", pod: "b" } },
  { name: "c", labels: { le: "1", job: "chat", pod: "a" } },
];
const ROW = { low: 0, high: 0.5, name: "a" };
const CELL = { row: ROW, name: "0 – 0.5", count: 3, endMs: 60_000 };
const LINKS = { defaults: { links: [{ title: "Logs", url: "/logs?job=${__field.labels.job}" }] } };

const fieldsOf = (config: unknown) => {
  const rules = parseFieldRules(config, "heatmap");
  return { rules, field: { ...rules.defaults, links: [] }, refId: "A" };
};

test("the series of a bucket are those with its bound; of a named row, those of its name", () => {
  expect(seriesOfRow(SERIES, ROW).map(({ name }) => name)).toEqual(["a", "b"]);
  expect(seriesOfRow(SERIES, { low: NaN, high: NaN, name: "c" })).toEqual([SERIES[2]]);
});

test("a cell is about its count, with the labels that its series share", () => {
  const subject = cellSubject(CELL, seriesOfRow(SERIES, ROW), fieldsOf(LINKS))!;
  expect(subject).toMatchObject({ name: "0 – 0.5", value: 3, timeMs: 60_000, refId: "A" });
  expect(subject.labels).toEqual({ le: "0.5", job: "chat" });
  expect(subject.field.links).toHaveLength(1);
});

test("without links there is nothing to follow", () => {
  expect(cellSubject(CELL, SERIES, fieldsOf({}))).toBeUndefined();
});
