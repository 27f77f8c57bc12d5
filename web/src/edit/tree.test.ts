import { expect, test } from "vitest";
import { alike, equal, getAt, setAt } from "./tree";

const panel = {
  title: "A",
  fieldConfig: { defaults: { unit: "s" }, overrides: [1] },
  targets: [{ expr: "up" }],
};

test("a change keeps everything around it as the same objects", () => {
  const changed = setAt(panel, ["fieldConfig", "defaults", "unit"], "ms");

  expect(getAt(changed, ["fieldConfig", "defaults", "unit"])).toBe("ms");
  expect(changed.targets).toBe(panel.targets);
  expect(changed.fieldConfig.overrides).toBe(panel.fieldConfig.overrides);
  expect(panel.fieldConfig.defaults.unit).toBe("s");
});

test("what is missing on the way is made, lists where a number comes next", () => {
  expect(setAt({}, ["a", "b", 0, "c"], 1)).toEqual({ a: { b: [{ c: 1 }] } });
});

test("undefined takes a key or an entry away", () => {
  expect(setAt({ a: 1, b: 2 }, ["a"], undefined)).toEqual({ b: 2 });
  expect(setAt([1, 2, 3], [1], undefined)).toEqual([1, 3]);
});

test("setting what is there already changes nothing", () => {
  expect(setAt(panel, ["title"], "A")).toBe(panel);
  expect(setAt(panel, ["no", "such"], undefined)).toEqual({ ...panel, no: {} });
});

test("names of an object's own prototype are no entries", () => {
  expect(getAt({}, ["constructor"])).toBeUndefined();
  expect(Object.getPrototypeOf(setAt({}, ["__proto__"], { x: 1 }))).toBe(Object.prototype);
});

test("equality does not look at the order of keys, and looks at that of entries", () => {
  expect(equal({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
  expect(equal([1, 2], [2, 1])).toBe(false);
  expect(equal({ a: undefined }, {})).toBe(true);
  expect(equal({ a: 0 }, { a: null })).toBe(false);
});

test("an empty list or object says no more than none", () => {
  expect(alike({ a: 1, overrides: [], deep: { b: {} } }, { a: 1 })).toBe(true);
  expect(alike({ a: [{}] }, { a: [] })).toBe(true);
  expect([alike({ a: null }, {}), alike({ a: 0 }, {}), alike({ a: "" }, {})]).toEqual([false, false, false]);
});
