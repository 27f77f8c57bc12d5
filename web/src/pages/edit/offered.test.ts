import { expect, test } from "vitest";
import { KINDS } from "../../edit/kinds";
import { TRANSFORMS, transformOf } from "../../edit/transformlist";
import { PANEL_TYPES } from "../../panels";
import { TRANSFORM_NAMES } from "../../query/transforms";

test("every type that draws something of its own can be chosen", () => {
  expect(KINDS.map(({ type }) => type).sort()).toEqual(PANEL_TYPES.map(({ type }) => type).sort());
});

test("every transformation that is known has a form, and none is offered that is not known", () => {
  expect(TRANSFORM_NAMES.filter((name) => transformOf(name) === undefined)).toEqual([]);
  expect(TRANSFORMS.filter(({ id }) => !TRANSFORM_NAMES.includes(id))).toEqual([]);
});
