import { expect, test } from "vitest";
import { everyPanel, titleOf } from "./doc";
import { AREAS, compose, sayName, suggest, type Metric } from "./suggest";

const metric = (name: string, type: string): Metric => ({ name, type, help: `About ${name}.` });

const METRICS = [
  metric("http_requests_total", "counter"),
  metric("api_gateway_cost_total", "counter"),
  metric("chat_tokens_total", "counter"),
  metric("http_request_duration_seconds", "histogram"),
  metric("http_request_errors_total", "counter"),
  metric("process_resident_memory_bytes", "gauge"),
  metric("node_cpu_seconds_total", "counter"),
  metric("watchglass_http_requests_total", "counter"),
  metric("something_else", "gauge"),
];

test("each metric goes to the area that it tells about, or to none", () => {
  const found = Object.fromEntries(suggest(METRICS, 9).map(({ metric: name, area }) => [name, area]));

  expect(found).toEqual({
    http_requests_total: "requests",
    api_gateway_cost_total: "cost",
    chat_tokens_total: "cost",
    http_request_duration_seconds: "latency",
    http_request_errors_total: "errors",
    process_resident_memory_bytes: "resources",
    node_cpu_seconds_total: "resources",
  });
});

test("a panel asks its metric in the way of its type, and writes it in its unit", () => {
  const panels = Object.fromEntries(
    suggest(METRICS, 9).map((one) => [one.metric, JSON.stringify(one.panel)]),
  );

  expect(panels.http_request_duration_seconds).toContain(
    "http_request_duration_seconds_bucket[$__rate_interval]",
  );
  expect(panels.http_request_duration_seconds).toContain('"unit":"s"');
  expect(panels.http_requests_total).toContain("sum(rate(http_requests_total[$__rate_interval]))");
  expect(panels.process_resident_memory_bytes).toContain('"unit":"bytes"');
});

test("an area has no more panels than asked for", () => {
  const many = Array.from({ length: 30 }, (_, at) => metric(`a${at}_requests_total`, "counter"));
  expect(suggest(many, 4)).toHaveLength(4);
});

test("a composed dashboard has a row an area, in the order of the areas", () => {
  const doc = compose("Mine", suggest(METRICS, 2));
  const rows = everyPanel(doc).filter(({ type }) => type === "row");

  expect(rows.map(titleOf)).toEqual(AREAS.map(({ title }) => title));
  expect(everyPanel(doc)).toHaveLength(12);
  expect(doc.title).toBe("Mine");
});

test("names of metrics are said in words", () => {
  expect(sayName("http_requests_total")).toBe("Http requests");
  expect(sayName("job:rate:sum")).toBe("Job rate sum");
});
