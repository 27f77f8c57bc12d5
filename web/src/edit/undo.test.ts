import { expect, test } from "vitest";
import { begin, bringBack, discard, record, redo, undo } from "./undo";

const stage = (value: string, atMs: number, key = "") => ({ value, label: `to ${value}`, key, atMs });

test("what was done is undone and done again, in order", () => {
  let line = record(record(begin("a"), stage("b", 1)), stage("c", 2));
  line = undo(line);
  expect([line.now.value, line.future[0]!.label]).toEqual(["b", "to c"]);
  line = undo(undo(line));
  expect(line.now.value).toBe("a");
  expect(redo(redo(redo(line))).now.value).toBe("c");
});

test("something new after an undo forgets what was undone", () => {
  const line = record(undo(record(begin("a"), stage("b", 1))), stage("c", 2));
  expect(redo(line).now.value).toBe("c");
  expect(line.future).toEqual([]);
});

test("letters typed into one field count as one change, until one pauses", () => {
  const typed = ["b", "bc", "bcd"].reduce(
    (line, value, at) => record(line, stage(value, at * 500, "title")),
    begin("a"),
  );
  expect(undo(typed).now.value).toBe("a");
  expect(undo(record(typed, stage("bcde", 9000, "title"))).now.value).toBe("bcd");
});

test("a change that changes nothing is none, and old ones are forgotten", () => {
  const line = begin("a");
  expect(record(line, stage("a", 1))).toBe(line);
  const long = Array.from({ length: 300 }, (_, at) => String(at)).reduce(
    (made, value, at) => record(made, stage(value, at)),
    line,
  );
  expect(long.past).toHaveLength(100);
});

test("what is discarded comes back with all that could be undone before", () => {
  const changed = record(begin("a"), stage("b", 1));
  const discarded = discard(changed, "a", 2);
  expect(discarded.now.value).toBe("a");
  expect(undo(discarded).now.value).toBe("b");
  expect(bringBack(discarded, "a", "b", 3).past).toEqual(changed.past);
});

test("what was done since a discard can be had again after it is brought back", () => {
  const line = record(discard(record(begin("a"), stage("b", 1)), "a", 2), stage("c", 3));
  const back = bringBack(line, "a", "b", 4);
  expect([back.now.value, undo(back).now.value]).toEqual(["b", "c"]);
});
