import { expect, test } from "vitest";
import { parseDashboard } from "../model/dashboard";
import type { PanelFrame } from "./panel";
import { seen } from "./seen";

const panel = (type: string) => parseDashboard({ panels: [{ type }] }).panels[0]!;
const frame = (count: number) =>
  ({
    series: Array.from({ length: count }, () => ({ labels: {}, values: Float64Array.of(1) })),
  }) as PanelFrame;

test("of very many series, types that draw each have the first, and say so", () => {
  const frames = [frame(200), frame(600)];
  const made = seen({ frames, tables: [], notes: ["x"] }, panel("stat"));

  expect(made.frames.map(({ series }) => series.length)).toEqual([200, 300]);
  expect(made.frames[0]).toBe(frames[0]);
  expect(made.notes).toEqual(["x", "500 series are drawn, +300 more are not."]);
});

test("few series, and types that draw many, stay as they are", () => {
  const few = { frames: [frame(500)], tables: [], notes: [] };
  const many = { ...few, frames: [frame(501)] };

  expect(seen(few, panel("gauge"))).toBe(few);
  expect(seen(many, panel("timeseries"))).toBe(many);
});
