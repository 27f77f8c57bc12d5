import { expect, test } from "vitest";
import { jobNames, metricNames } from "./expr";

test.each<[string, string[]]>([
  ['up{job="node"}', ["up"]],
  ['100 * (1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m])))', ["node_cpu_seconds_total"]],
  ["sum by (job) (a_total) / ignoring(le) group_left b_total", ["a_total", "b_total"]],
  ["histogram_quantile(0.95, sum by (le) (rate(x_bucket[1m])))", ["x_bucket"]],
  ['{__name__="weird.name"}', ["weird.name"]],
  ['{"utf8.name", job="x"}', ["utf8.name"]],
  ["time() - start_seconds offset 5m", ["start_seconds"]],
  ["a or a and b", ["a", "b"]],
  ['label_replace(m, "dst", "not_a_metric", "src", "(.*)")', ["m"]],
])("%s selects %s", (expr, names) => {
  expect(metricNames(expr)).toEqual(names);
});

test("jobs are read from equality matchers only", () => {
  expect(jobNames('up{job="a"} or up{job =  "b"} or up{job=~"c"}')).toEqual(["a", "b"]);
});
