import { expect, test } from "vitest";
import { compile, matchesPattern } from "./pattern";

test.each([
  ["cpu", "cpu", true],
  ["cpu", "cpu idle", false],
  ["cpu.*", "cpu idle", true],
  ["/cpu/", "a cpu idle", true],
  ["/CPU/i", "cpu", true],
  ["(", "(", false],
  ["/x/q", "x", false],
])("%s and %s: %s", (pattern, text, matches) => expect(matchesPattern(pattern, text)).toBe(matches));

test("what does not compile is none", () => expect(compile("(")).toBeUndefined());
