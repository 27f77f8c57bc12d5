import { expect, test } from "vitest";
import { metricsOf, type Metric } from "../model/families";
import { everyPanel, titleOf } from "./doc";
import { exprOf, queriesOf } from "./queries";
import { AREAS, compose, sayName, suggest } from "./suggest";

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

test("queries name series that exist, whatever their families are called", () => {
  const told = (type: string) => [{ type, help: "" }];
  const names = ["chat_requests_created", "chat_requests_total", "chat_seconds_bucket", "chat_seconds_count"];
  const families = {
    chat_requests: told("counter"),
    chat_seconds: told("histogram"),
    chat_errors: told("counter"), // none has happened yet
  };
  const exprs = suggest(metricsOf(names, families), 9).map(({ panel }) => exprOf(queriesOf(panel)[0]!));
  expect(exprs).toEqual([
    "sum(rate(chat_requests_total[$__rate_interval]))",
    "histogram_quantile(0.95, sum by (le) (rate(chat_seconds_bucket[$__rate_interval])))",
  ]);
});

test("of machines, what is full comes first, and what is always 1 never", () => {
  const names = ["node_filesystem_avail_bytes", "node_filesystem_size_bytes", "node_load1"];
  const more = ["node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", "process_threads"];
  const gauges = [...names, ...more].map((name) => metric(name, "gauge"));
  const info = metricsOf(["node_disk_info"], { node_disk_info: [{ type: "gauge", help: "" }] });
  const found = suggest([...info, metric("node_cpu_seconds_total", "counter"), ...gauges], 9);
  expect(found.map(({ panel }) => titleOf(panel))).toEqual([
    "Processors busy",
    "Memory used",
    "File systems used",
    "Node load1",
    "Process threads",
    "Node filesystem size",
    "Node memory MemTotal",
  ]);
  expect(found[0]!.panel).toMatchObject({
    fieldConfig: { defaults: { unit: "percentunit", min: 0, max: 1 } },
  });
  expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
});

test("requests of a disk are not those of a service", () => {
  expect(suggest([metric("node_disk_flush_requests_total", "counter")], 9)).toEqual([]);
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
