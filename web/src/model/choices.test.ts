import { describe, expect, test } from "vitest";
import { makeChoices, ownChoices, settle, settleInterval, settleText, settleUnknown } from "./choices";
import { parseVariables, type Choice } from "./variable";

const variable = (raw: object) => parseVariables({ list: [{ name: "x", ...raw }] })[0]!;
const texts = (choices: readonly Choice[]): string[] =>
  choices.map(({ text, value }) => (text === value ? text : `${text}=${value}`));

describe("choices in the document", () => {
  test.each<[object, string[]]>([
    [{ type: "custom", query: "a, b\\,c , shown : value, 10" }, ["a", "b,c", "shown=value", "10"]],
    [{ type: "custom", query: "a:b,http://x" }, ["a:b", "http://x"]],
    [{ type: "custom", query: "a : b : c, d :  " }, ["a : b=c", "d="]],
    [{ type: "custom", query: '["p", {"text": "Q", "value": "q"}]' }, ["p", "Q=q"]],
    [{ type: "custom", query: "[broken" }, ["[broken"]],
    [{ type: "interval", query: "1m,'5 m',1h" }, ["1m", "5 m", "1h"]],
    [{ type: "interval", query: "1m", auto: true }, ["auto=$__auto", "1m"]],
    [
      {
        type: "query",
        options: [
          { text: "All", value: "$__all" },
          { text: "A", value: "a" },
        ],
      },
      ["A=a"],
    ],
  ])("%j", (raw, expected) => {
    expect(texts(ownChoices(variable(raw)))).toEqual(expected);
  });
});

describe("choices from answers", () => {
  const ANSWERS = ['up{job="b",instance="h10:1"} 1', 'up{job="a",instance="h9:1"} 1', 'up{job="b"} 0'];

  test.each<[string, number, string[], string[]]>([
    ["", 0, ["b", "a", "b"], ["b", "a"]],
    ['/job="([^"]+)"/', 1, ANSWERS, ["a", "b"]],
    ['/job="(?<text>[^"]+)",instance="(?<value>[^"]+)/', 0, ANSWERS, ["b=h10:1", "a=h9:1"]],
    ['/(?<text>[^=]+)="(?<value>[^"]+)/', 0, ['first="v"', 'then="v"'], ["first=v"]],
    ['/job="(?<value>[^"]+)"/', 0, ANSWERS, ["b", "a"]],
    ['/job="(?<text>[^"]+)|instance="(?<value>[^"]+)/g', 0, ANSWERS, ["b=h10:1", "a=h9:1", "b"]],
    ["h.*", 0, ["h1", "xh1"], ["h1"]],
    ["/h/", 0, ["h1", "xh1", "y"], ["h1", "xh1"]],
    ["/([a-z])/g", 0, ["ab", "b"], ["a", "b"]],
    ["/(/", 0, ["a"], ["a"]],
    ["", 1, ["b", "A", "a10", "a9"], ["A", "a10", "a9", "b"]],
    ["", 2, ["b", "A", "a10"], ["b", "a10", "A"]],
    ["", 3, ["n10", "n9", "x"], ["x", "n9", "n10"]],
    ["", 4, ["n9", "n10"], ["n10", "n9"]],
    ["", 5, ["b", "A"], ["A", "b"]],
    ["", 6, ["A", "b"], ["b", "A"]],
    ["", 7, ["a10", "a9"], ["a9", "a10"]],
    ["", 8, ["a9", "a10"], ["a10", "a9"]],
  ])("pattern %s, order %s, of %j", (regex, sort, answers, expected) => {
    expect(texts(makeChoices({ regex, sort }, answers))).toEqual(expected);
  });
});

describe("settle", () => {
  const CHOICES = [
    { text: "A", value: "a" },
    { text: "B", value: "b" },
  ];
  const saved = (value: unknown, extra: object = {}) => variable({ current: { value }, ...extra });

  test.each<[string, object, unknown, string[], string[], string[]]>([
    ["the first choice", {}, undefined, [], ["a"], []],
    ["what was saved", {}, "b", [], ["b"], []],
    ["not what was saved and is gone", {}, "z", [], ["a"], []],
    ["what the address says", {}, "b", ["a"], ["a"], []],
    ["a text of the address", {}, "a", ["B"], ["b"], []],
    ["one of several in the address", {}, "a", ["a", "b"], ["a"], []],
    ["several where they are allowed", { multi: true }, "a", ["a", "b"], ["a", "b"], []],
    ["several that were saved", { multi: true }, ["b", "z", "a"], [], ["b", "a"], []],
    ["a strange value, said to be one", {}, "a", ["z"], ["z"], ["z"]],
    ["everything", { includeAll: true }, "a", ["$__all"], ["a", "b"], []],
    ["everything by its text", { includeAll: true }, "a", ["All"], ["a", "b"], []],
    ["everything that was saved", { includeAll: true }, ["$__all"], [], ["a", "b"], []],
    ["no All where it is not offered", {}, "$__all", [], ["a"], []],
  ])("%s", (_, raw, current, asked, values, strange) => {
    const settled = settle(saved(current, raw), CHOICES, asked);

    expect([settled.value.values, settled.strange]).toEqual([values, strange]);
  });

  test("an own word for everything", () => {
    const all = settle(saved("$__all", { includeAll: true, allValue: ".+" }), CHOICES, []).value;

    expect(all).toMatchObject({ all: true, allValue: ".+", several: true, texts: ["A", "B"] });
  });

  test("without choices, nothing is strange and nothing is chosen", () => {
    expect(settle(saved("b"), [], ["z"])).toMatchObject({ value: { values: ["z"] }, strange: [] });
    expect(settle(saved("b"), [], [])).toMatchObject({ value: { values: [] } });
  });

  test("while the choices cannot be had, the address or the saved value holds, and everything is any value", () => {
    expect(settleUnknown(saved("b"), []).values).toEqual(["b"]);
    expect(settleUnknown(saved("b"), ["z"]).values).toEqual(["z"]);
    expect(settleUnknown(saved("$__all", { includeAll: true }), [])).toMatchObject({
      all: true,
      allValue: ".*",
    });
  });
});

test("constants cannot be changed by an address, texts can", () => {
  expect(settleText(variable({ type: "constant", query: "c" }), ["z"]).values).toEqual(["c"]);
  expect(settleText(variable({ type: "textbox", query: "t" }), ["z"]).values).toEqual(["z"]);
  expect(settleText(variable({ type: "textbox", query: "t" }), []).values).toEqual(["t"]);
});

test("an automatic interval follows from the range", () => {
  const one = variable({ type: "interval", query: "1m", auto: true, auto_count: 10, auto_min: "10s" });
  const auto = settle(one, ownChoices(one), []).value;

  expect(settleInterval(one, auto, { fromMs: 0, toMs: 3_600_000 })).toMatchObject({
    values: ["10m"],
    texts: ["auto"],
  });
  expect(settleInterval(one, auto, { fromMs: 0, toMs: 1000 }).values).toEqual(["10s"]);
});
