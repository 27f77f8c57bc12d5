import { expect, test } from "vitest";
import type { Frame } from "../../api/frames";
import { alertsSelector, firedOf, periodsOf, withNow } from "./history";

const NONE = NaN;

const frame = (states: Record<string, number[]>): Frame => ({
  times: Float64Array.from({ length: 6 }, (_, at) => at * 1000),
  step: 1000,
  warnings: [],
  series: Object.entries(states).map(([alertstate, values]) => ({
    labels: { alertstate },
    values: Float64Array.from(values),
  })),
});

test("samples that follow one another are one period", () => {
  const periods = periodsOf(
    frame({ firing: [NONE, NONE, 1, 1, NONE, 1], pending: [NONE, 1, NONE, NONE, NONE, NONE] }),
  );
  expect(periods).toEqual([
    { state: "pending", fromMs: 1000, toMs: 2000 },
    { state: "firing", fromMs: 2000, toMs: 4000 },
    { state: "firing", fromMs: 5000, toMs: 6000 },
  ]);
  expect(firedOf(periods)).toEqual({ times: 2, totalMs: 3000 });
});

test("the series of an alert are selected by all of its labels", () => {
  expect(alertsSelector({ alertname: "Down", path: 'a"b' })).toBe(
    String.raw`ALERTS{alertname="Down",path="a\"b"}`,
  );
});

test("what fires now is there before the first step sees it, and goes on from the last", () => {
  const now = { state: "firing", sinceMs: 5000 } as const;
  expect(withNow([], now, 6000)).toEqual([{ state: "firing", fromMs: 5000, toMs: 6000 }]);
  const begun = { state: "firing", fromMs: 4000, toMs: 5500 } as const;
  expect(withNow([begun], now, 6000)).toEqual([{ state: "firing", fromMs: 4000, toMs: 6000 }]);
  const before = { state: "firing", fromMs: 1000, toMs: 2000 } as const;
  expect(withNow([before], now, 6000)).toEqual([before, { state: "firing", fromMs: 5000, toMs: 6000 }]);
});
