import { expect, test } from "vitest";
import { familyOf, metricsOf, tellsBegin } from "./families";

const told = (type: string) => [{ type, help: `A ${type}.` }];
const typesOf = (names: readonly string[], families: Parameters<typeof metricsOf>[1]) =>
  metricsOf(names, families).map(({ name, type, help }) => [name, type, help]);

test("a series of a histogram is of its family", () => {
  const families = { http_seconds: "histogram", jobs: "counter" };
  expect(familyOf("http_seconds_bucket", families)).toBe("histogram");
  expect(familyOf("jobs_total", families)).toBe("counter");
  expect(familyOf("other", families)).toBeUndefined();
});

test("a counter is called as its series are, however its family is", () => {
  expect(typesOf(["chat_created", "chat_total"], { chat: told("counter") })).toEqual([
    ["chat_total", "counter", "A counter."],
  ]);
  expect(typesOf(["chat_total"], { chat_total: told("counter") })).toEqual([
    ["chat_total", "counter", "A counter."],
  ]);
  expect(typesOf(["plain"], { plain: told("counter") })).toEqual([["plain", "counter", "A counter."]]);
});

test("what has no series is not there", () => {
  expect(metricsOf(["up"], { chat_errors: told("counter") }).map(({ name }) => name)).toEqual(["up"]);
});

test("a histogram, a summary and an information are one metric each", () => {
  const names = ["a_bucket", "a_count", "a_created", "a_sum", "app_info", "s", "s_count", "s_sum"];
  const families = { a: told("histogram"), app: told("info"), s: told("summary") };
  expect(typesOf(names, families)).toEqual([
    ["a", "histogram", "A histogram."],
    ["app_info", "info", "A info."],
    ["s", "summary", "A summary."],
  ]);
  expect(typesOf(["a_count", "a_sum"], families)).toEqual([["a", "summary", "A histogram."]]);
});

test("a histogram without buckets of its own has no name for them", () => {
  expect(typesOf(["native"], { native: told("histogram") })).toEqual([["native", "", "A histogram."]]);
});

test("where nothing is told, names tell", () => {
  expect(typesOf(["a_bucket", "a_count", "a_sum", "b_total", "c", "queue_count"], {})).toEqual([
    ["a", "histogram", ""],
    ["b_total", "counter", ""],
    ["c", "", ""],
    ["queue_count", "", ""],
  ]);
});

test("when something was created is told of what counts, not of everything of that name", () => {
  const there = new Set(["x_total", "y_count", "users_created"]);
  expect(["x_created", "y_created", "users_created"].map((name) => tellsBegin(name, there))).toEqual([
    true,
    true,
    false,
  ]);
});
