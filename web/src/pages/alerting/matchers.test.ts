import { expect, test } from "vitest";
import {
  faultOf,
  fromApi,
  matchersOf,
  OPERATORS,
  readMatcher,
  readMatchers,
  toApi,
  writeMatcher,
} from "./matchers";

test.each([
  ['severity="critical"', { name: "severity", operator: "=", value: "critical" }],
  ["severity=critical", { name: "severity", operator: "=", value: "critical" }],
  [' a =~ "b|c" ', { name: "a", operator: "=~", value: "b|c" }],
  ['a!~"x=y"', { name: "a", operator: "!~", value: "x=y" }],
  ['a!=""', { name: "a", operator: "!=", value: "" }],
  ["a=", { name: "a", operator: "=", value: "" }],
  ['"größe.x"="1"', { name: "größe.x", operator: "=", value: "1" }],
  [String.raw`a="say \"hi\"\n\\d"`, { name: "a", operator: "=", value: 'say "hi"\n\\d' }],
])("%s is read", (text, matcher) => {
  expect(readMatcher(text)).toEqual(matcher);
});

test.each(["", "severity", '="x"', "a ~ b", 'a="b" c'])("%s is no matcher", (text) => {
  expect(readMatcher(text)).toBeUndefined();
});

test("what is written is read as the same", () => {
  for (const operator of OPERATORS) {
    for (const [name, value] of [
      ["a", 'x"y\\z\n,}'],
      ["größe", ""],
      ["a b", "c"],
    ] as const) {
      const matcher = { name, operator, value };
      expect(readMatcher(writeMatcher(matcher))).toEqual(matcher);
      expect(fromApi(toApi(matcher))).toEqual(matcher);
    }
  }
});

test("a list is read with and without braces, or not at all", () => {
  const both = [
    { name: "a", operator: "=", value: "1, 2" },
    { name: "b", operator: "=~", value: "c{2}" },
  ];
  expect(readMatchers('{a="1, 2",b=~"c{2}"}')).toEqual(both);
  expect(readMatchers('a="1, 2" b=~"c{2}"')).toEqual(both);
  expect(readMatchers("{}")).toEqual([]);
  expect(readMatchers("a=1, b=2")).toEqual([
    { name: "a", operator: "=", value: "1" },
    { name: "b", operator: "=", value: "2" },
  ]);
  expect(readMatchers('a="1" or b')).toBeUndefined();
});

test("an alert is silenced by each of its labels, its name first", () => {
  const matchers = matchersOf({ job: "api", alertname: "Down", severity: "critical" });
  expect(matchers.map(writeMatcher)).toEqual(['alertname="Down"', 'job="api"', 'severity="critical"']);
});

test.each([
  [[], /at least one/],
  [[{ name: "", operator: "=", value: "x" }], /needs a label/],
  [[{ name: "a", operator: "=", value: "" }], /empty value/],
  [[{ name: "a", operator: "=~", value: ".*" }], /empty value/],
  [[{ name: "a", operator: "!=", value: "b" }], /empty value/],
] as const)("%j is refused", (matchers, why) => {
  expect(faultOf(matchers)).toMatch(why);
});

test("one that means something is enough", () => {
  const any = { name: "a", operator: "=~", value: ".*" } as const;
  expect(faultOf([any, { name: "b", operator: "=", value: "c" }])).toBeUndefined();
  expect(faultOf([{ name: "a", operator: "=~", value: "(?i)b" }])).toBeUndefined();
});
