import { expect, test } from "vitest";
import { listsOf, newList, placeOf, placeOfSource, setList, textAt } from "./eventlists";

const OLDER = { name: "Deploys", expr: "changes(up[1m])", enable: true };
const NEWER = { name: "Restarts", target: { expr: "up == 0", step: "1m" }, own: "kept" };
const DOC = { annotations: { list: [OLDER, NEWER], own: 1 } };

test("the expression is read and written where the document has it", () => {
  expect([textAt(OLDER, "expr"), textAt(NEWER, "expr")]).toEqual(["changes(up[1m])", "up == 0"]);
  expect(setList(DOC, 1, placeOf(NEWER, "expr"), "up")).toMatchObject({
    annotations: { own: 1, list: [OLDER, { own: "kept", target: { expr: "up", step: "1m" } }] },
  });
  expect(setList(DOC, 0, placeOf(OLDER, "expr"), "")).toMatchObject({
    annotations: { list: [{ expr: "" }, NEWER] },
  });
});

test("a source is changed where the document names it", () => {
  expect(placeOfSource(OLDER)).toEqual(["datasource"]);
  expect(placeOfSource({ target: { datasource: "x" } })).toEqual(["target", "datasource"]);
  expect(placeOfSource({ datasource: "y", target: { datasource: "x" } })).toEqual(["datasource"]);
});

test("a new list has a name of its own, since lists are told apart by it", () => {
  const first = newList(listsOf(DOC));

  expect(first.name).toBe("Events");
  expect(newList([...listsOf(DOC), first]).name).not.toBe("Events");
});
