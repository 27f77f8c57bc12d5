import { expect, test } from "vitest";
import { fieldFor, parseFieldRules } from "../model/field";
import { KINDS } from "./kinds";
import {
  addOverride,
  addProperty,
  faultOfPattern,
  matcherText,
  moveOverride,
  overridesOf,
  removeOverride,
  removeProperty,
  sayMatcher,
  sayProperties,
  setMatcher,
  setMatcherText,
  setProperty,
} from "./overrides";
import { PROPERTIES, propertiesOf } from "./properties";

const PANEL = {
  type: "timeseries",
  fieldConfig: {
    defaults: { unit: "s" },
    overrides: [
      {
        matcher: { id: "byName", options: "a.b" },
        properties: [{ id: "unit", value: "bytes" }],
        own: "kept",
      },
      { matcher: { id: "byValue", options: { reducer: "max", op: ">", value: 1 } }, properties: [] },
    ],
  },
};

const rulesOf = (panel: typeof PANEL | object) =>
  parseFieldRules((panel as { fieldConfig: unknown }).fieldConfig);

test("an override is made, for a field, and sets what the panel then draws by", () => {
  const made = setProperty(
    addProperty(setMatcherText(addOverride(PANEL), 2, "errors"), 2, "decimals"),
    2,
    0,
    3,
  );

  expect(fieldFor(rulesOf(made), { name: "errors", refId: "A" })).toMatchObject({ unit: "s", decimals: 3 });
  expect(fieldFor(rulesOf(made), { name: "other", refId: "A" }).decimals).toBeUndefined();
});

test("what begins with a matcher of another kind means the same fields", () => {
  const pattern = setMatcher(PANEL, 0, "byRegexp", "A");
  const names = setMatcher(PANEL, 0, "byNames", "A");

  expect(overridesOf(pattern)[0]!.options).toBe("/^(a\\.b)$/");
  expect(overridesOf(names)[0]!.options).toEqual({ mode: "include", names: ["a.b"] });
  expect(overridesOf(setMatcherText(names, 0, "x\ny"))[0]!.options).toEqual({
    mode: "include",
    names: ["x", "y"],
  });
  expect(overridesOf(setMatcher(PANEL, 0, "byFrameRefID", "B"))[0]!.options).toBe("B");
  for (const panel of [pattern, names])
    expect(fieldFor(rulesOf(panel), { name: "a.b", refId: "A" }).unit).toBe("bytes");
});

test("a name with commas stays one name", () => {
  const name = '{instance="a", job="b"}';
  const named = setMatcherText(PANEL, 0, name);
  const names = setMatcher(named, 0, "byNames", "A");

  expect(overridesOf(names)[0]!.options).toEqual({ mode: "include", names: [name] });
  expect(matcherText(overridesOf(names)[0]!)).toBe(name);
  const pattern = setMatcher(named, 0, "byRegexp", "A");
  expect(fieldFor(rulesOf(pattern), { name, refId: "A" }).unit).toBe("bytes");
});

test("what nobody means to change stays: keys of its own, matchers of other kinds, properties not known", () => {
  const changed = addProperty(PANEL, 0, "links");

  expect(changed).toMatchObject({
    fieldConfig: { overrides: [{ own: "kept" }, PANEL.fieldConfig.overrides[1]] },
  });
  expect(matcherText(overridesOf(PANEL)[1]!)).toBeUndefined();
  expect(sayMatcher(overridesOf(PANEL)[1]!)).toBe("byValue");
  const strange = {
    ...PANEL.fieldConfig.overrides[0]!,
    properties: [{ id: "custom.of.tomorrow", value: 1 }],
  };
  expect(sayProperties(overridesOf({ fieldConfig: { overrides: [strange] } })[0]!)).toBe(
    "custom.of.tomorrow",
  );
});

test("overrides are ordered and removed, and so are their properties", () => {
  expect(overridesOf(moveOverride(PANEL, 1, -1)).map(({ matcher }) => matcher)).toEqual([
    "byValue",
    "byName",
  ]);
  expect(overridesOf(removeOverride(PANEL, 0))).toHaveLength(1);
  expect(overridesOf(removeProperty(PANEL, 0, 0))[0]!.properties).toEqual([]);
});

test("a pattern that does not compile is said", () => {
  expect(faultOfPattern("/a(/")).toMatch(/Unterminated group/);
  expect(faultOfPattern("/a(b)/i")).toBeUndefined();
});

test("every property that is offered is one that a type honours, and has a form", () => {
  const asking = KINDS.filter(({ asks, type }) => asks && type !== "heatmap").map(({ type }) => type);

  for (const { id, types, options, editor } of PROPERTIES) {
    expect(asking, id).toEqual(expect.arrayContaining([...types]));
    expect(options.length > 0 || editor !== undefined, id).toBe(true);
  }
  expect(propertiesOf("stat").map(({ id }) => id)).not.toContain("custom.lineWidth");
  expect(propertiesOf("timeseries").map(({ id }) => id)).toContain("custom.hideFrom");
});
