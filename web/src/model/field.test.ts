import { describe, expect, test } from "vitest";
import { fieldFor, parseFieldRules, writeAny, writeText, type FieldKey } from "./field";

describe("fieldFor", () => {
  const rules = parseFieldRules({
    defaults: { unit: "bytes", custom: { lineWidth: 2, stacking: { mode: "normal" } } },
    overrides: [
      { matcher: { id: "byName", options: "free" }, properties: [{ id: "unit", value: "percent" }] },
      {
        matcher: { id: "byRegexp", options: "/^disk/i" },
        properties: [{ id: "custom.stacking", value: { group: "B" } }],
      },
      {
        matcher: { id: "byFrameRefID", options: "Z" },
        properties: [{ id: "color", value: { mode: "fixed", fixedColor: "red" } }],
      },
      { matcher: { id: "byRegexp", options: "/[/" }, properties: [{ id: "unit", value: "never" }] },
    ],
  });

  test("what nothing matches keeps the defaults", () => {
    expect(fieldFor(rules, { name: "used", refId: "A" })).toBe(rules.defaults);
  });

  test("an override changes what it names and nothing else", () => {
    expect(fieldFor(rules, { name: "free", refId: "A" })).toMatchObject({
      unit: "percent",
      custom: { lineWidth: 2 },
    });
    expect(fieldFor(rules, { name: "Disk 1", refId: "A" })).toMatchObject({
      unit: "bytes",
      custom: { lineWidth: 2, stacking: { mode: "normal", group: "B" } },
    });
    expect(fieldFor(rules, { name: "x", refId: "Z" }).color).toEqual({ mode: "fixed", fixedColor: "red" });
  });
});

test.each([
  ["gauge", [{ value: null, color: "green" }], "thresholds"],
  ["gauge", undefined, "palette-classic"],
  ["timeseries", [{ value: null, color: "green" }], "palette-classic"],
])("a %s with the steps %j and no colour mode colours by %s", (type, steps, mode) => {
  const defaults = steps === undefined ? {} : { thresholds: { mode: "absolute", steps } };
  expect(parseFieldRules({ defaults }, type).defaults.color.mode).toBe(mode);
});

describe("matchers", () => {
  const matched = (id: string, options: unknown, key: Partial<FieldKey>): boolean => {
    const rules = parseFieldRules({
      overrides: [{ matcher: { id, options }, properties: [{ id: "displayName", value: "hit" }] }],
    });
    return fieldFor(rules, { name: "x", refId: "A", ...key }).displayName === "hit";
  };
  const values = [1, 5, NaN];

  test.each<[string, unknown, Partial<FieldKey>, boolean]>([
    ["byName", "x", {}, true],
    ["byName", "source", { sourceName: "source" }, true],
    ["byName", "y", {}, false],
    ["byNames", { names: ["x", "y"] }, {}, true],
    ["byNames", { mode: "exclude", names: ["x"] }, {}, false],
    ["byNames", { mode: "exclude", names: ["y"] }, {}, true],
    ["byRegexp", "/^X$/i", {}, true],
    ["byRegexp", "/[/", {}, false],
    ["constructor", {}, {}, false],
    ["byRegexpOrNames", { pattern: "/^x/", names: [] }, {}, true],
    ["byType", "number", {}, true],
    ["byType", "time", { type: "time" }, true],
    ["byType", "string", {}, false],
    ["byFrameRefID", "A", {}, true],
    ["byFrameRefID", "B", {}, false],
    ["byValue", { reducer: "max", op: ">=", value: 5 }, { values }, true],
    ["byValue", { reducer: "max", op: ">", value: 5 }, { values }, false],
    ["byValue", { reducer: "allIsNull", op: "==", value: 0 }, { values }, true],
    ["byValue", { reducer: "last", op: "?", value: 0 }, { values }, false],
    ["new-matcher", "x", {}, false],
  ])("%s %j of %j: %s", (id, options, key, expected) => {
    expect(matched(id, options, key)).toBe(expected);
  });
});

test.each<[string, string]>([
  ["${__field.labels.job} now", "web now"],
  ["${__field.labels}", '{job="web"}'],
  ["${__series.name}: $__name", "up: up"],
  ["${__field.labels.gone}", ""],
])("a shown name made of %s", (displayName, name) => {
  const rules = parseFieldRules({ defaults: { displayName } });

  expect(fieldFor(rules, { name: "up", refId: "A", labels: { job: "web" } }).displayName).toBe(name);
});

test("what data bring stands above the defaults and below the overrides", () => {
  const rules = parseFieldRules({
    defaults: { unit: "s", decimals: 1, custom: { lineWidth: 3 } },
    overrides: [{ matcher: { id: "byName", options: "x" }, properties: [{ id: "decimals", value: 2 }] }],
  });

  expect(fieldFor(rules, { name: "x", refId: "A" }, { unit: "bytes", decimals: 0 })).toMatchObject({
    unit: "bytes",
    decimals: 2,
    custom: { lineWidth: 3 },
  });
});

test("values of any kind are written", () => {
  const { defaults } = parseFieldRules({
    defaults: {
      unit: "s",
      noValue: "none",
      mappings: [
        { type: "value", options: { ok: { text: "fine", color: "green", icon: "check" } } },
        { type: "value", options: { "7": { color: "red" } } },
      ],
    },
  });

  expect(writeAny(defaults, "ok")).toEqual({ text: "fine", suffix: "", color: "green", icon: "check" });
  expect(writeAny(defaults, "other").text).toBe("other");
  expect(writeAny(defaults, true).text).toBe("true");
  expect(writeAny(defaults, null).text).toBe("none");
  expect(writeAny(defaults, 7)).toEqual({ text: "7", suffix: "s", color: "red" });
  expect(writeText(defaults, 7)).toBe("7\u00a0s");
});
