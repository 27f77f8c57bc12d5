import { expect, test } from "vitest";
import { lint } from "./lint";

test.each([
  'rate(node_cpu_seconds_total{mode!="idle"}[$__rate_interval])',
  "rate(x[${__rate_interval}]) and increase(x[$__range])",
  "max_over_time(x[$__range:$__interval])",
  "x / $__range_s * ${__interval_ms}",
])("%s is right wherever it is written", (text) => {
  expect(lint(text, true)).toEqual([]);
  expect(lint(text, false)).toEqual([]);
});

test.each([
  'up{job=~"$job", instance=~"${instance:regex}"}',
  "up{[[label]]='a'}",
  "sum by ($by) (rate(${metric}_total[$window]))",
  "rate(x[${minutes}m])",
  "topk($top, x) > $threshold",
  "$aggregate by (job) (up)",
  "$function(x[5m])",
  'up{job="a", $filters}',
  "rate($window_of_a_metric)",
  "histogram_quantile($q, sum by (le, ${by:csv}) (rate([[metric]]_bucket[[[window]]])))",
])("%s is right on a dashboard", (text) => expect(lint(text, true)).toEqual([]));

test("what no value mends is found, where it stands", () => {
  const text = "rate(x[$__rate_interval]) + sum(rate(y{job=~'$job'}))";
  const found = lint(text, true);
  expect(found).toHaveLength(1);
  expect(text.slice(found[0]!.from, found[0]!.to)).toBe("y{job=~'$job'}");
  expect(lint("rate(x[$__rate_interval]) ==", true)).not.toEqual([]);
  expect(lint("rate(x[$__rate_interval])", true)).toEqual([]);
});

test("without a reference the check is the usual one, and Explore has no variables", () => {
  expect(lint("up ==", true)).not.toEqual([]);
  expect(lint("rate(up)", true)).not.toEqual([]);
  expect(lint("up", false)).toEqual([]);
  expect(lint("rate(x[$window])", false)).not.toEqual([]);
});
