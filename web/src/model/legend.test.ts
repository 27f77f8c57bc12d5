import { describe, expect, test } from "vitest";
import { fillTemplate, formatLabels, nameSeries } from "./legend";

test.each<[string, string]>([
  ["{{job}} on {{ instance }}", "web on a:1"],
  ["{{missing}}", ""],
  ["plain", "plain"],
])("template %s", (template, name) => {
  expect(fillTemplate(template, { job: "web", instance: "a:1" })).toBe(name);
});

test("a series is written as PromQL writes it", () => {
  expect(formatLabels({ __name__: "up", job: "web" })).toBe('up{job="web"}');
  expect(formatLabels({ __name__: "up" })).toBe("up");
});

test("a template that finds no label leaves the name that sets the series apart", () => {
  const all = [{ job: "a" }, { job: "b", i: "1" }];

  expect(nameSeries("{{i}}", all, "up")).toEqual(['{job="a"}', "1"]);
  expect(nameSeries("{{i}}", [{}], "sum(up)")).toEqual(["sum(up)"]);
});

test("what every object has by birth is no label", () =>
  expect(fillTemplate("{{constructor}}{{toString}}x", {})).toBe("x"));

describe("without a template", () => {
  test("a series that lacks the one label that differs has a name all the same", () =>
    expect(nameSeries(undefined, [{ job: "a" }, {}], "up")).toEqual(["a", "up"]));

  test("the one label that differs is the name", () => {
    const all = [
      { __name__: "up", job: "a" },
      { __name__: "up", job: "b" },
    ];

    expect(nameSeries(undefined, all, "up")).toEqual(["a", "b"]);
  });

  test("several labels that differ are written out", () => {
    const all = [
      { job: "a", code: "200" },
      { job: "b", code: "500" },
    ];

    expect(nameSeries("__auto", all, "x")[0]).toBe('{job="a", code="200"}');
  });

  test("a series without labels has the name of its expression", () => {
    expect(nameSeries("", [{}], "sum(up)")).toEqual(["sum(up)"]);
  });
});
