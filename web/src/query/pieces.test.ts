import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeGrid } from "../model/step";
import { setZone } from "../model/zone";
import { changesClock, dayPieces, endPieces, joinFrames } from "./pieces";

const [HOUR, DAY] = [3_600_000, 86_400_000];

afterEach(() => setZone("browser"));

describe("in Berlin", () => {
  beforeEach(() => setZone("Europe/Berlin"));

  /** Noon of a day of 2026 in UTC, and so of the same day there. */
  const noon = (month: number, day: number): number => Date.UTC(2026, month - 1, day, 12);
  const week = (month: number, day: number) =>
    makeGrid({ fromMs: noon(month, day - 6), toMs: noon(month, day) }, DAY, "step");

  test("a week without a change is asked for as it is", () => {
    expect(changesClock(week(6, 20))).toBe(false);
  });

  test.each<[string, number, number, number]>([
    ["in autumn has 25 hours", 10, 25, 25],
    ["in spring has 23", 3, 29, 23],
  ])("the day of the change %s, and days after it begin at midnight, too", (_, month, day, hours) => {
    const grid = week(month, day + 3);
    expect(changesClock(grid)).toBe(true);
    const pieces = dayPieces(grid);
    expect(pieces.map(({ stepMs }) => stepMs / HOUR)).toEqual([24, hours, 24]);
    const starts = pieces.flatMap(({ startMs, endMs, stepMs }) =>
      Array.from(
        { length: Math.round((endMs - startMs) / stepMs) + 1 },
        (_step, at) => startMs + at * stepMs,
      ),
    );
    const shown = new Intl.DateTimeFormat("en-GB", {
      timeZone: "Europe/Berlin",
      dateStyle: "short",
      timeStyle: "short",
    });
    const days = Array.from({ length: 6 }, (_day, at) => day - 2 + at);
    expect(starts.map((ms) => shown.format(ms))).toEqual(
      days.map((each) => {
        const date = new Date(Date.UTC(2026, month - 1, each));
        return `${new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "short" }).format(date)}, 00:00`;
      }),
    );
  });

  test("where the last day is that of the change it is as long as it will be", () => {
    const grid = week(10, 25);
    expect(changesClock(grid)).toBe(true);
    expect(dayPieces(grid).at(-1)!.stepMs).toBe(25 * HOUR);
  });
});

test("answers of pieces are one answer, with gaps where a series was not there", () => {
  const frame = (times: number[], series: [string, number[]][]) => ({
    times: Float64Array.from(times),
    series: series.map(([job, values]) => ({ labels: { job }, values: Float64Array.from(values) })),
    step: 1,
    warnings: ["w"],
  });
  const whole = joinFrames(
    [
      frame([1, 2], [["a", [10, 20]]]),
      frame(
        [3],
        [
          ["b", [5]],
          ["a", [30]],
        ],
      ),
    ],
    7,
  );
  expect([...whole.times]).toEqual([1, 2, 3]);
  expect(whole.series.map(({ labels, values }) => [labels.job, ...values])).toEqual([
    ["a", 10, 20, 30],
    ["b", NaN, NaN, 5],
  ]);
  expect([whole.step, whole.warnings]).toEqual([7, ["w"]]);
});

test("a value that is not a number stays one, where answers tell which are there", () => {
  const nan = { labels: {}, values: Float64Array.of(NaN), presence: Uint8Array.of(1) };
  const one = { labels: {}, values: Float64Array.of(1) };
  const of = (time: number, series: typeof nan | typeof one) => ({
    times: Float64Array.of(time),
    series: [series],
    step: 1,
    warnings: [],
  });
  const whole = joinFrames([of(1, one), of(2, nan)], 1);
  expect([...whole.series[0]!.presence!]).toEqual([1, 1]);
});

describe("a long range up to now", () => {
  const times = (pieces: ReturnType<typeof endPieces>): number[] =>
    pieces.flatMap(({ startMs, endMs, stepMs }) =>
      Array.from({ length: (endMs - startMs) / stepMs + 1 }, (_, at) => startMs + at * stepMs),
    );

  test("between two steps is the steps before now, and now", () => {
    const grid = makeGrid({ fromMs: 7 * HOUR + 20, toMs: 11 * HOUR + 20 }, HOUR, "now");

    expect(times(endPieces(grid))).toEqual([8 * HOUR, 9 * HOUR, 10 * HOUR, 11 * HOUR, 11 * HOUR + 20]);
  });

  test("on a step is the steps", () => {
    const grid = makeGrid({ fromMs: 8 * HOUR, toMs: 11 * HOUR }, HOUR, "now");

    expect(endPieces(grid)).toEqual([{ startMs: 8 * HOUR, endMs: 11 * HOUR, stepMs: HOUR }]);
  });
});
