import { describe, expect, test } from "vitest";
import { ancestors, inOrder, parseChoiceQuery, parseVariables } from "./variable";

const variable = (raw: object) => parseVariables({ list: [{ name: "x", ...raw }] })[0]!;

test("entries without a name, or with one that was there, are left out; unknown kinds are kept", () => {
  const list = [{ type: "query" }, { name: "a", type: "new-kind" }, { name: "a" }, 5];

  expect(parseVariables({ list }).map(({ name, kind }) => [name, kind])).toEqual([["a", "other"]]);
});

describe("dependencies", () => {
  const list = [
    { name: "pod", query: "label_values(up{ns='$ns', job=~\"[[job]]\"}, pod)" },
    { name: "ns", query: "label_values(ns)", datasource: { uid: "${ds}" } },
    { name: "job", regex: "/$ns-.*/" },
    { name: "ds", type: "datasource" },
    { name: "loop1", query: "$loop2" },
    { name: "loop2", query: "$loop1 $loop2" },
  ];
  const variables = parseVariables({ list });

  test("each stands after those it needs", () => {
    expect(inOrder(variables).map(({ name }) => name)).toEqual(["ds", "ns", "job", "pod", "loop2", "loop1"]);
  });

  test("needs are followed to their beginning", () => {
    expect([...ancestors("pod", variables)].sort()).toEqual(["ds", "job", "ns"]);
    expect([...ancestors("loop1", variables)].sort()).toEqual(["loop1", "loop2"]);
  });
});

describe("parseChoiceQuery", () => {
  test.each<[string, object | undefined]>([
    ["label_values(job)", { kind: "label_values", label: "job" }],
    [
      'label_values(up{job="a", x="y"}, instance)',
      { kind: "label_values", label: "instance", match: 'up{job="a", x="y"}' },
    ],
    [
      'label_values({__name__=~"a,b"},\n le)',
      { kind: "label_values", label: "le", match: '{__name__=~"a,b"}' },
    ],
    ['label_values(up, "my.label")', { kind: "label_values", label: "my.label", match: "up" }],
    ["label_names()", { kind: "label_names" }],
    ["label_names(up)", { kind: "label_names", match: "up" }],
    ["metrics(.*_total)", { kind: "metrics", pattern: ".*_total" }],
    ["query_result(topk(5, sum by (x) (up)))", { kind: "query_result", expr: "topk(5, sum by (x) (up))" }],
    ["up{job='a'}", { kind: "series", match: "up{job='a'}" }],
    ["label_values()", undefined],
    [" ", undefined],
  ])("%s", (text, query) => {
    expect(parseChoiceQuery(text)).toEqual(query);
  });

  test.each<[object, string]>([
    [{ query: "label_values(up, job)", refId: "x" }, "label_values(up, job)"],
    [{ qryType: 1, label: "job", metric: "up" }, "label_values(up, job)"],
    [
      { qryType: 1, label: "job", metric: "up", labelFilters: [{ label: "a", op: "=~", value: "b" }] },
      'label_values(up{a=~"b"}, job)',
    ],
    [{ qryType: 0 }, "label_names()"],
    [{ qryType: 2, metric: "node" }, "metrics(node)"],
    [{ qryType: 3, varQuery: "up" }, "query_result(up)"],
    [{ qryType: 4, seriesQuery: "up{a='b'}" }, "up{a='b'}"],
  ])("the object form %j", (query, text) => {
    expect(variable({ type: "query", query }).query).toBe(text);
  });
});

test("ad hoc filters as they were saved", () => {
  const filters = [
    { key: "job", operator: "=~", value: "a|b" },
    { key: "dc", operator: "=|", value: "x", values: ["x", "y"] },
    { key: "", operator: "=", value: "" },
  ];

  expect(variable({ type: "adhoc", filters }).filters).toEqual([
    { label: "job", op: "=~", values: ["a|b"] },
    { label: "dc", op: "=|", values: ["x", "y"] },
  ]);
});

test("hiding, refreshing and the range's own interval", () => {
  expect(variable({ type: "constant", query: "c" }).hide).toBe("all");
  expect(variable({ hide: 1, refresh: 2 })).toMatchObject({ hide: "label", refresh: "range" });
  expect(variable({ hide: "hideVariable", refresh: "never" })).toMatchObject({
    hide: "all",
    refresh: "never",
  });
  expect(variable({ type: "interval", auto: true, auto_min: "1m" }).auto).toEqual({
    count: 30,
    minMs: 60_000,
  });
});
