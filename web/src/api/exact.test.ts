import { describe, expect, test } from "vitest";
import { ExactNumber, isKept, parseExact } from "./exact";

const ROUNDED = [
  "9007199254740993",
  "-12345678901234567890",
  "0.12345678901234567890123",
  "1e400",
  "1234567890.1234567890",
];
const KEPT = [
  "0",
  "-0",
  "-1.5",
  "1.50",
  "1e3",
  "1E-7",
  "1700000000000",
  "9007199254740991",
  "1e20",
  "0.30000000000000004",
];

test.each(ROUNDED)("%s cannot be held", (number) => expect(isKept(number, Number(number))).toBe(false));

test.each(KEPT)("%s can be held", (number) => {
  expect(isKept(number, Number(number))).toBe(true);
  expect(parseExact(`[${number}]`)).toEqual([Number(number)]);
});

describe.runIf("rawJSON" in JSON)("where the language can keep them", () => {
  test.each(ROUNDED)("%s comes through as it is written", (number) => {
    const text = `{"a":[${number}],"b":"${number}"}`;
    const read = parseExact(text) as { a: unknown[] };
    expect(read.a[0]).toBeInstanceOf(ExactNumber);
    expect(JSON.stringify({ ...read })).toBe(text);
  });
});
