import { expect, test } from "vitest";
import { readJson } from "./jsontext";
import { readDashboard, readPanel } from "./shape";

const message = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

test.each([
  ['{"a": 1,\n "b" 2}', 'Line 2, column 6: expected ":" after "b"'],
  ['{"a": 1\n "b": 2}', 'Line 2, column 2: expected "," or "}"'],
  ['{"a": 1,\n}', 'Line 2, column 1: expected a name in double quotes, or "}"'],
  ["[1, 2,, 3]", "Line 1, column 7: expected a value"],
  ['{"a": "unended\n}', "Line 1, column 7: this text does not end, or has an invalid escape"],
  ['{"a": nope}', "Line 1, column 7: expected a value"],
  ['{"a": 1} x', "Line 1, column 10: nothing may follow the document"],
  ["", "Line 1, column 1: a value is missing at the end"],
])("%j: %s", (text, said) => {
  expect(message(() => readJson(text))).toBe(said);
});

test("what is JSON is read, whatever its form", () => {
  expect(readJson(' {"a": [1.5e3, -0, "\\u00e4\\n", true, null, {}, []]} ')).toEqual({
    a: [1500, -0, "ä\n", true, null, {}, []],
  });
});

test("a panel keeps its number, and needs a type", () => {
  expect(readPanel('{"type": "stat", "id": 99}', { id: 3 })).toEqual({ type: "stat", id: 3 });
  expect(message(() => readPanel('{\n"title": "A"}', {}))).toBe(
    'Line 1, column 1: "type" of the panel is missing',
  );
  expect(message(() => readPanel('{"type": "stat",\n\n"targets": {}}', {}))).toBe(
    'Line 3, column 12: "targets" of the panel must be a list in [ ]',
  );
  expect(message(() => readPanel("[]", {}))).toContain("must be an object");
});

test("a fault inside of a dashboard names the line of the panel", () => {
  const text =
    '{"title": "T", "panels": [\n{"type": "stat", "id": 1},\n{"type": "row", "panels": [\n{"type": 5}]}]}';
  expect(message(() => readDashboard(text, {}))).toBe(
    'Line 4, column 10: "type" of panel 1 must be a text that is not empty',
  );
});

test("two panels of one number are told apart by line; the uid is not changed here", () => {
  const twice = '{"title": "T", "panels": [\n{"type": "stat", "id": 1},\n{"type": "stat", "id": 1}]}';
  expect(message(() => readDashboard(twice, {}))).toContain("Line 3");

  const read = readDashboard('{"title": "T", "uid": "other", "panels": []}', { uid: "own", version: 3 });
  expect(read).toEqual({ title: "T", uid: "own", version: 3, panels: [] });
});
