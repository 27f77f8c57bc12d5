import { expect, test } from "vitest";
import { hasTitle, splitDocuments, withFolders, withInputs, withTitle } from "./documents";

test.each([
  ['{"title":"A","panels":[]}', 1],
  ['{"dashboard":{"title":"A"}}', 1],
  ['[{"title":"A"}, {"title":"B"}]', 2],
  ['{"format":"watchglass.dashboards/1","folders":[],"dashboards":[\n{"meta":{},"dashboard":{}}\n]}', 1],
  ['{"kind":"List","items":[{"spec":{}},{"spec":{}},{"spec":{}}]}', 3],
  ['{"title":"A","dashboards":[1]}', 1],
  ["[]", 0],
  ["3", 1],
])("%s holds %i", (text, count) => {
  expect(splitDocuments(text).texts).toHaveLength(count);
});

test("what is sent of many has the form that it had, with the folders", () => {
  const { texts, folders } = splitDocuments(
    '{"folders": [{"uid":"f"}], "dashboards": [{"dashboard":{"n":1.0}}]}',
  );

  expect(withFolders(texts[0]!, folders)).toBe(
    '{"folders":[{"uid":"f"}],"dashboards":[{"dashboard":{"n":1.0}}]}',
  );
  expect(withFolders("{}", undefined)).toBe("{}");
});

test("answers take the places of what is asked for, whatever is in them", () => {
  const text = '{"datasource":"${DS_X}","expr":"a{b=\\"${VAR_Y}\\"} ${other}"}';

  expect(JSON.parse(withInputs(text, { DS_X: 'u"$&', VAR_Y: "c" }))).toEqual({
    datasource: 'u"$&',
    expr: 'a{b="c"} ${other}',
  });
});

test.each([
  ['{"title": "A", "n": 1.0}', '{"title": "B", "n": 1.0}'],
  [
    '{"dashboard":{"x":{"title":"no"},"title":"A"},"title":"env"}',
    '{"dashboard":{"x":{"title":"no"},"title":"B"},"title":"env"}',
  ],
  ['{"apiVersion":"v2","spec":{"title":"A"}}', '{"apiVersion":"v2","spec":{"title":"B"}}'],
  [
    '{"dashboard":{"apiVersion":"v2","spec":{"title":"A"}}}',
    '{"dashboard":{"apiVersion":"v2","spec":{"title":"B"}}}',
  ],
])("the title of %s is changed where it stands", (text, expected) => {
  expect(withTitle(text, "B")).toBe(expected);
});

test("without a title nothing is changed", () => {
  expect(hasTitle('{"panels":[]}')).toBe(false);
  expect(withTitle('{"panels":[]}', "B")).toBe('{"panels":[]}');
});
