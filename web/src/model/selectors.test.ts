import { describe, expect, test } from "vitest";
import { looksElsewhere, passes, selectorsOf, takesQuantile, takesRates, type Matcher } from "./selectors";

const shown = (expr: string): string[] =>
  selectorsOf(expr).map(
    ({ metric, matchers }) =>
      `${metric}: ${matchers.map(({ label, op, value }) => label + op + value).join(" ")}`,
  );

describe("selectorsOf", () => {
  test.each<[string, string[]]>([
    [
      'sum(rate(a_total{job="x",code!~"5.."}[5m])) / sum(b{job="x"})',
      ["a_total: job=x code!~5..", "b: job=x"],
    ],
    ['{"a.b", job="x"}', ["a.b: job=x"]],
    ['{__name__="a", job="x"}', ["a: job=x"]],
    [`a{path='/{id}', text="\\"q\\""}`, ['a: path=/{id} text="q"']],
    ["a{} + b + sum by (le) (c)", []],
  ])("of %s", (expr, expected) => expect(shown(expr)).toEqual(expected));

  test("each is a query by itself", () => {
    expect(selectorsOf('rate(a{b="c"}[5m]) > 1').map(({ text }) => text)).toEqual(['a{b="c"}']);
  });
});

test.each<[Matcher["op"], string, string, boolean]>([
  ["=", "a", "a", true],
  ["!=", "a", "a", false],
  ["=~", "a|b", "b", true],
  ["=~", "a", "ab", false],
  ["!~", "a.*", "ab", false],
  ["=~", "(?i)a", "zzz", true],
])("%s %s on %s", (op, value, candidate, expected) => {
  expect(passes({ label: "l", op, value, text: "" }, candidate)).toBe(expected);
});

test("words inside of strings are no part of the expression", () => {
  expect(looksElsewhere('a{b="offset @"}')).toBe(false);
  expect(looksElsewhere("a offset 1d")).toBe(true);
  expect([takesRates("sum(irate(a[5m]))"), takesRates("separate(a)")]).toEqual([true, false]);
  expect([takesQuantile("histogram_quantile(0.9, a)"), takesQuantile("a")]).toEqual([true, false]);
});
