import { expect, test } from "vitest";
import { guessUnit } from "./unit";

test.each([
  ["process_resident_memory_bytes", "bytes"],
  ['sum by (job) (process_resident_memory_bytes{job="a_seconds"})', "bytes"],
  ["rate(node_network_receive_bytes_total[5m])", "binBps"],
  ["histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))", "s"],
  ["max_over_time(scrape_duration_seconds[1h])", "s"],
  ["increase(disk_io_seconds_total[5m])", "s"],
  ["cache_hit_ratio", "percentunit"],
  ["rate(process_cpu_seconds_total[5m])", undefined],
  ["a_bytes / b_bytes", undefined],
  ["count(a_bytes)", undefined],
  ["a_bytes > 5", undefined],
  ["up", undefined],
  ["time()", undefined],
])("%s is in %s", (expr, unit) => {
  expect(guessUnit(expr)).toBe(unit);
});
