import { expect, test } from "vitest";
import { readFault, shortFault } from "./fault";

test("a fault has the position that the server gives", () => {
  expect(readFault('invalid parameter "query": 2:14: parse error: unclosed left parenthesis')).toEqual({
    line: 2,
    column: 14,
    message: "unclosed left parenthesis",
  });
  expect(readFault("query timed out in query execution")).toBeUndefined();
});

test("in little room a fault is its position and its reason", () => {
  expect(
    shortFault('bad_data: invalid parameter "query": 2:14: parse error: unclosed left parenthesis'),
  ).toBe("2:14: unclosed left parenthesis");
  expect(shortFault('bad_data: invalid parameter "query": parse error: unexpected "+"')).toBe(
    'unexpected "+"',
  );
  expect(shortFault("query timed out in query execution")).toBe("query timed out in query execution");
});
