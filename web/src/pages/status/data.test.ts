import { expect, test } from "vitest";
import { describeRetention, describeSetting, isLimit } from "./data";

test.each([
  ["1296000s or 0 bytes", "15d"],
  ["0s or 10737418240 bytes", "10\u00a0GiB"],
  ["86400s or 1073741824 bytes", "1d or 1\u00a0GiB"],
  ["0s or 0 bytes", "for ever"],
  ["15d", "15d"],
])("retention of %s is %s", (text, says) => {
  expect(describeRetention(text)).toBe(says);
});

test("limits are told from other settings by their names", () => {
  expect(["query.timeout", "query.max_samples", "query.memory", "retention.time"].every(isLimit)).toBe(true);
  expect(["web.listen", "data", "log.level"].some(isLimit)).toBe(false);
});

test.each([
  ["retention.time", "2592000000", "30d"],
  ["query.memory", "536870912", "512\u00a0MiB"],
  ["scrape.body_limit", "67108864", "64\u00a0MiB"],
  ["store.out_of_order_window", "0", "0"],
  ["query.max_samples", "50000000", "50,000,000"],
  ["dashboards.refresh", "30000", "30s"],
  ["dashboards.deleted_age", "2592000000", "30d"],
  ["log.level", "info", "info"],
])("the setting %s of %s is %s", (name, value, says) => {
  expect(describeSetting(name, value)).toBe(says);
});
