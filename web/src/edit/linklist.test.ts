import { expect, test } from "vitest";
import { faultOfUrl, sayLink } from "./linklist";

test.each([
  "https://wiki/x",
  "HTTP://a",
  "/d/uid?var-job=${job}",
  "d/uid",
  "${__value.raw}",
  "//cdn/x",
  "",
  "d/v1.2",
  "page.html",
])("%s may be followed", (url) => expect(faultOfUrl(url)).toBeUndefined());

test.each([
  ["javascript:alert(1)", /javascript: are not followed/],
  [" JavaScript:alert(1)", /are not followed/],
  ["java\tscript:alert(1)", /begins with http/],
  ["data:text/html,x", /data: are not followed/],
  ["file:///etc/passwd", /file: are not followed/],
  ["\\\\host\\x", /begins with http/],
  ["example.com/x", /did you mean https:\/\/example.com\/x\?/],
  ["wiki.example.com", /did you mean https/],
])("%s is refused", (url, message) => expect(faultOfUrl(url)).toMatch(message));

test("a link is called by its title, else by where it leads", () => {
  expect(sayLink({ title: "Runbook", url: "/x" })).toBe("Runbook");
  expect(sayLink({ title: "", url: "/x" })).toBe("/x");
  expect(sayLink({ type: "dashboards", tags: ["ai", "prod"] })).toBe("ai, prod");
  expect(sayLink({ type: "dashboards" })).toBe("All dashboards");
});
