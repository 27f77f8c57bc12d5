import { expect, test } from "vitest";
import { cut, items, members } from "./jsonspan";

const TEXTS = [
  "{}",
  " { } ",
  '{"a":1}',
  '{ "a" : 1.50 , "b" : "x,}\\"]" ,"c":[1,{"d":[]}], "e":{"f":"{["},"g":null,"\\u0061":true }',
  '{"back\\\\":"\\\\","n":-1e+5\n}',
];

test.each(TEXTS)("members of %s are what JSON.parse finds, as they stand there", (text) => {
  const found = members(text).map((member) => [member.key, JSON.parse(cut(text, member)) as unknown]);

  expect(Object.fromEntries(found)).toEqual(JSON.parse(text));
});

test.each(["[]", " [ ] ", '[1, "a,]" ,{"b":[2]},[[]],false]'])("items of %s", (text) => {
  expect(items(text).map((item) => JSON.parse(cut(text, item)) as unknown)).toEqual(JSON.parse(text));
});

test("a list within an object keeps the form of what is in it", () => {
  const text = '{"dashboards": [ {"a" : 1.0} , {"b":"\\u00e9"}]}';
  const [list] = members(text);

  expect(items(text, list!.start).map((item) => cut(text, item))).toEqual(['{"a" : 1.0}', '{"b":"\\u00e9"}']);
});

test("what is neither has none", () => {
  expect(members("[1]")).toEqual([]);
  expect(items('{"a":1}')).toEqual([]);
  expect(members("3")).toEqual([]);
});
