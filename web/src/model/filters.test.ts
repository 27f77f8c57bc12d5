import { describe, expect, test } from "vitest";
import { addFilters, formatFilter, matcherText, parseFilter, type Filter } from "./filters";

const FILTER: Filter = { label: "dc", op: "=", values: ["eu"] };
const M = 'dc="eu"';

describe("a matcher is added to each selector", () => {
  test.each<[string, string]>([
    ["up", `up{${M}}`],
    ['up{job="a"}', `up{job="a", ${M}}`],
    ['up{job="a",}', `up{job="a",${M}}`],
    ["up{}", `up{${M}}`],
    ["up {\n job='a' # the job }\n}", `up {\n job='a' # the job }\n, ${M}}`],
    ["up{job='a' # }", "up{job='a' # }"],
    ['{__name__=~"a.*"}', `{__name__=~"a.*", ${M}}`],
    ['{"http.requests", "my.label"="}"}', `{"http.requests", "my.label"="}", ${M}}`],
    ["rate(x_total[5m])", `rate(x_total{${M}}[5m])`],
    ["rate(x_total[5m] offset 1h)", `rate(x_total{${M}}[5m] offset 1h)`],
    ["x offset -5m", `x{${M}} offset -5m`],
    ["x @ 1609746000 + y @ start()", `x{${M}} @ 1609746000 + y{${M}} @ start()`],
    [
      "sum by (job) (a) / on(job) group_left(env) b",
      `sum by (job) (a{${M}}) / on(job) group_left(env) b{${M}}`,
    ],
    ["sum(a) by (job)", `sum(a{${M}}) by (job)`],
    ["a and b or c unless on() d", `a{${M}} and b{${M}} or c{${M}} unless on() d{${M}}`],
    ["a > bool 5", `a{${M}} > bool 5`],
    ["1e3 * a:b:rate5m + Inf", `1e3 * a:b:rate5m{${M}} + Inf`],
    ['label_replace(a, "x", "up{}", "y", "(.*)")', `label_replace(a{${M}}, "x", "up{}", "y", "(.*)")`],
    ['count_values("v", a)', `count_values("v", a{${M}})`],
    ["rate(a[$__rate_interval]) * $factor + ${x}", `rate(a{${M}}[$__rate_interval]) * $factor + \${x}`],
    ["max_over_time(rate(a[5m])[1h:$__interval])", `max_over_time(rate(a{${M}}[5m])[1h:$__interval])`],
    ["a # sum(b)\n+ c", `a{${M}} # sum(b)\n+ c{${M}}`],
    ["a{x=`{`} + b", `a{x=\`{\`, ${M}} + b{${M}}`],
    ["time() - a", `time() - a{${M}}`],
    ["sum", `sum{${M}}`],
    ["sum{a='b'}", `sum{a='b', ${M}}`],
    ["topk(3, a)", `topk(3, a{${M}})`],
  ])("%s", (expr, filtered) => {
    expect(addFilters(expr, [FILTER])).toBe(filtered);
  });

  test.each(["up{job='a", 'up{job="a"', "sum by (job (up)"])("what is broken stays: %s", (expr) => {
    expect(addFilters(expr, [FILTER])).toBe(expr);
  });

  test("several filters stand together", () => {
    expect(addFilters("up", [FILTER, { label: "job", op: "!~", values: ["a.*"] }])).toBe(
      'up{dc="eu", job!~"a.*"}',
    );
  });
});

test.each<[Filter, string]>([
  [{ label: "a", op: "=", values: ['say "hi"\\'] }, 'a="say \\"hi\\"\\\\"'],
  [{ label: "my.label", op: "!=", values: ["x"] }, '"my.label"!="x"'],
  [{ label: "a", op: "=|", values: ["x.y", "z"] }, 'a=~"x\\\\.y|z"'],
  [{ label: "a", op: "!=|", values: ["x", "z"] }, 'a!~"x|z"'],
])("%j is %s", (filter, text) => {
  expect(matcherText(filter)).toBe(text);
});

describe("in the address", () => {
  test.each<[string, Filter]>([
    ["job|=|a", { label: "job", op: "=", values: ["a"] }],
    ["job|=~|a__gfp__b__gfc__c", { label: "job", op: "=~", values: ["a|b,c"] }],
    ["job|=||a|b", { label: "job", op: "=|", values: ["a", "b"] }],
    ["job|!=|", { label: "job", op: "!=", values: [""] }],
  ])("%s", (text, filter) => {
    expect(parseFilter(text)).toEqual(filter);
    expect(parseFilter(formatFilter(filter))).toEqual(filter);
  });

  test.each(["", "job", "job|~|x", "job|="])("“%s” is no filter", (text) => {
    expect(parseFilter(text)).toBeUndefined();
  });
});
