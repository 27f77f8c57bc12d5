import { expect, test } from "vitest";
import { examplesFor, queriesFor, selector, summarize } from "./metrics";

test("labels are summed up, the commonest value first", () => {
  expect(
    summarize([
      { __name__: "x", job: "a", code: "200" },
      { __name__: "x", job: "a", code: "500" },
      { __name__: "x", job: "b" },
    ]),
  ).toEqual([
    {
      name: "code",
      values: [
        { value: "200", series: 1 },
        { value: "500", series: 1 },
      ],
    },
    {
      name: "job",
      values: [
        { value: "a", series: 2 },
        { value: "b", series: 1 },
      ],
    },
  ]);
});

test("names and values that need quotes get them", () => {
  expect(selector("up")).toBe("up");
  expect(selector("up", "job", 'a"b\\')).toBe('up{job="a\\"b\\\\"}');
  expect(selector("http.requests", "my.label", "x")).toBe('{"http.requests", "my.label"="x"}');
});

test("a query suits the type", () => {
  expect(queriesFor({ name: "x_total", type: "counter" })[0]!.expr).toBe("rate(x_total[5m])");
  expect(queriesFor({ name: "x_bucket", type: "histogram" })[0]!.expr).toContain("histogram_quantile(0.95");
  expect(queriesFor({ name: "x", type: "gauge" })[0]!.expr).toBe("x");
  expect(queriesFor({ name: "users_count", type: "gauge" })[0]!.expr).toBe("users_count");
  expect(queriesFor({ name: "x_created", type: "gauge" })[0]!.expr).toBe("time() - x_created");
});

test("examples use what there is, an application's own first", () => {
  const examples = examplesFor(["watchglass_http_requests_total", "chat_requests_total", "up"]);
  expect(examples.map(({ expr }) => expr)).toContain("sum by (job) (rate(chat_requests_total[5m]))");
  expect(examplesFor([])).toEqual([]);
});

test("requests are those of an application, not of a disk", () => {
  const chosen = (...names: string[]) =>
    examplesFor(names).find(({ title }) => title === "Requests per second")?.expr;
  const disk = "node_disk_flush_requests_total";
  expect(chosen(disk)).toBeUndefined();
  expect(chosen(disk, "http_requests_total")).toContain("rate(http_requests_total[");
  expect(chosen(disk, "http_request_duration_seconds_count")).toContain(
    "http_request_duration_seconds_count",
  );
  expect(chosen("app_request_total", "http_server_requests_total")).toContain("http_server_requests_total");
  expect(chosen("watchglass_http_requests_total", "app_request_total")).toContain("app_request_total");
  expect(chosen(disk, "watchglass_http_requests_total")).toContain("watchglass_http_requests_total");
});
