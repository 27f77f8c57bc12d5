import { expect, test } from "vitest";
import type { Frame, Series } from "../api/frames";
import { lastSampleMs, lastValueMs, valuesOf } from "./samples";

const series = (values: number[], presence?: number[]): Series => ({
  labels: {},
  values: Float64Array.from(values),
  ...(presence === undefined ? {} : { presence: Uint8Array.from(presence) }),
});

const frame = (...all: Series[]): Frame => ({
  times: Float64Array.from([0, 1000, 2000]),
  step: 1000,
  warnings: [],
  series: all,
});

test("a NaN is a sample where presence says so, and no value", () => {
  const frames = [frame(series([1, NaN, NaN], [1, 1, 0]))];

  expect(lastSampleMs(frames)).toBe(1000);
  expect(lastValueMs(frames)).toBe(0);
});

test("without presence a NaN is a gap; the newest of all series counts", () => {
  expect(lastSampleMs([frame(series([1, NaN, NaN]), series([NaN, 2, NaN]))])).toBe(1000);
  expect(lastSampleMs([frame()])).toBe(-Infinity);
});

test.each<[string, Frame[]]>([
  ["none", [frame(), frame()]],
  ["not a number", [frame(), frame(series([NaN, NaN, NaN], [1, 1, 1]))]],
  ["infinite", [frame(series([NaN, Infinity, NaN], [1, 1, 1]))]],
  ["some", [frame(series([NaN, NaN, NaN], [1, 1, 1]), series([NaN, 0, NaN]))]],
])("%s", (expected, frames) => expect(valuesOf(frames)).toBe(expected));
