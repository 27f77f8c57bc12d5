import { describe, expect, test } from "vitest";
import { interpolate, interpolateDeep, referencesIn, single, type Variables } from "./interpolate";

const several = (...values: string[]) => ({ values, texts: values, all: false, several: true });
const VARIABLES: Variables = {
  one: single("a.b", "A"),
  job: several("a.b"),
  jobs: several("a.b", 'c"d'),
  path: single("C:\\Windows"),
  say: single(`a "b" 'c'`),
  paths: several("C:\\a.b", `"it's"`),
  matcher: single('job="a"'),
  none: several(),
  all: { ...several("x", "y"), all: true },
  own: { ...several("x", "y"), all: true, allValue: ".+" },
  __from: single(String(Date.UTC(2026, 10, 21, 9))),
};

describe("in an expression", () => {
  test.each<[string, string]>([
    ['up{job="$one"}', 'up{job="a.b"}'],
    ['up{job=~"$job"}', 'up{job=~"a\\\\.b"}'],
    ['up{job=~"${jobs}"}', 'up{job=~"(a\\\\.b|c\\"d)"}'],
    ['up{job=~"${job:regex}"}', 'up{job=~"a\\\\.b"}'],
    ['up{job=~"$none"}', 'up{job=~""}'],
    ['up{job=~"$all"}', 'up{job=~"(x|y)"}'],
    ['up{job=~"[[own]]"}', 'up{job=~".+"}'],
    ["up{job=~'${jobs:pipe}'}", "up{job=~'a.b|c\"d'}"],
    ['up{path="$path"}', 'up{path="C:\\\\Windows"}'],
    ['up{say="$say"}', `up{say="a \\"b\\" 'c'"}`],
    ["up{say='$say'}", `up{say='a "b" \\'c\\''}`],
    ['up{path=~"$paths"}', `up{path=~"(C:\\\\\\\\a\\\\.b|\\"it's\\")"}`],
    ['up{a="\\"", say="$say"}', `up{a="\\"", say="a \\"b\\" 'c'"}`],
    ['# don\'t\nup{say="$say"}', `# don't\nup{say="a \\"b\\" 'c'"}`],
    ["up{say=`$say`}", "up{say=`a \"b\" 'c'`}"],
    ["up{$matcher}", 'up{job="a"}'],
    ['up{job=~"${one:regex}"}', 'up{job=~"a\\\\.b"}'],
    ["rate(x[$__rate_interval])", "rate(x[$__rate_interval])"],
    ['label_replace(x, "a", "$1", "b", "(.*)")', 'label_replace(x, "a", "$1", "b", "(.*)")'],
    ["x{constructor='$constructor'}", "x{constructor='$constructor'}"],
  ])("%s", (expr, filled) => {
    expect(interpolate(expr, VARIABLES, "promql")).toBe(filled);
  });
});

describe("formats", () => {
  test.each<[string, string]>([
    ["${one}", "a.b"],
    ["${jobs}", '{a.b,c"d}'],
    ["${jobs:regex}", '(a\\.b|c"d)'],
    ["${jobs:csv}", 'a.b,c"d'],
    ["${jobs:raw}", 'a.b,c"d'],
    ["${jobs:join: - }", 'a.b - c"d'],
    ["${jobs:json}", '["a.b","c\\"d"]'],
    ["${one:json}", '"a.b"'],
    ["${jobs:doublequote}", '"a.b","c\\"d"'],
    ["${jobs:singlequote}", "'a.b','c\"d'"],
    ["${jobs:sqlstring}", "'a.b','c\"d'"],
    ["${jobs:lucene}", '("a.b" OR "c\\"d")'],
    ["${jobs:percentencode}", "%7Ba.b%2Cc%22d%7D"],
    ["${jobs:html}", "a.b, c&#34;d"],
    ["${jobs:text}", 'a.b + c"d'],
    ["${one:text} ${one.text} ${one.value}", "A A a.b"],
    ["${all:text} ${own:text}", "All All"],
    ["${all:csv} ${own:csv}", "x,y .+"],
    ["${jobs:queryparam}", "var-jobs=a.b&var-jobs=c%22d"],
    ["${own:queryparam}", "var-own=%24__all"],
    ["${one:customqueryparam:host}", "host=a.b"],
    ["${__from:date}", "2026-11-21T09:00:00.000Z"],
    ["${__from:date:seconds}", "1795251600"],
    ["$__from", "1795251600000"],
    ["[[one:text]]", "A"],
    ["${one:nonsense}", "a.b"],
    ["${one:date} ${one:date:YYYY}", "a.b a.b"],
    ["${one:__proto__} ${one:constructor} ${one.constructor}", "a.b a.b a.b"],
    ["${__from:date:constructor}", "con0tructor"], // the s is seconds
    ["$unknown ${unknown:csv} [[unknown]]", "$unknown ${unknown:csv} [[unknown]]"],
    ["costs $5", "costs $5"],
  ])("%s is %s", (text, filled) => {
    expect(interpolate(text, VARIABLES, "glob")).toBe(filled);
  });
});

test("references are found in every form", () => {
  expect(referencesIn("$a ${b:csv} [[c:raw]] ${d.text} $a $__range")).toEqual([
    "a",
    "b",
    "c",
    "d",
    "__range",
  ]);
});

test("a JSON value is filled in everywhere, and left alone where there is nothing to fill", () => {
  const plain = { a: ["x", { b: 1 }] };

  expect(interpolateDeep(plain, VARIABLES, "glob")).toBe(plain);
  expect(interpolateDeep({ a: ["$one", { b: 1, c: "$1" }] }, VARIABLES, "glob")).toEqual({
    a: ["a.b", { b: 1, c: "$1" }],
  });
});
