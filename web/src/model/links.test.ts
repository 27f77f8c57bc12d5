import { expect, test } from "vitest";
import { linkAddress, safeUrl } from "./links";

test.each<[string, string | undefined]>([
  ["https://example.org/a?b=c", "https://example.org/a?b=c"],
  [" d/other?var-x=1 ", "d/other?var-x=1"],
  ["/d/other", "/d/other"],
  ["javascript:alert(1)", undefined],
  ["java\nscript:alert(1)", undefined],
  ["\u0001javascript:alert(1)", undefined],
  ["data:text/html,x", undefined],
  ["file:///etc/passwd", undefined],
  ["", undefined],
])("%j leads to %s", (url, safe) => {
  expect(safeUrl(url)).toBe(safe);
});

test.each<[string, string | undefined]>([
  ["/d/x?a=b", "https://host/sub/d/x?a=b"],
  ["d/x", "https://host/sub/d/x"],
  ["/sub/d/x", "https://host/sub/d/x"],
  ["/subway/d/x", "https://host/sub/subway/d/x"],
  ["https://elsewhere/", "https://elsewhere/"],
  ["javascript:alert(1)", undefined],
])("%s below a sub-path is %s", (url, address) => {
  expect(linkAddress(url, "https://host/sub/")).toBe(address);
});
