/** What a time chart draws, worked out from rows and styles before any canvas is touched. Pure. */

import type { FieldConfig } from "../model/field";
import type { Thresholds } from "../model/thresholds";
import type { TimeRange } from "../model/timerange";
import { stackRows, type Stack } from "./stack";
import { axisStyle, type SeriesStyle } from "./style";

export interface ChartSeries {
  name: string;
  side: "left" | "right";
  color: string;
  dash: readonly number[];
  field: FieldConfig;
  style: SeriesStyle;
}

export interface ChartModel {
  times: readonly number[];
  series: readonly ChartSeries[];
  /** Values as they were answered: what is read. */
  rows: readonly (readonly (number | null)[])[];
  /** Values as they are drawn: stacked, turned below zero, short gaps closed. */
  drawn: readonly (readonly (number | null)[])[];
  /** Pairs [upper, lower] of series between which a fill belongs. */
  bands: readonly [number, number][];
  stacked: boolean;
  range: TimeRange;
  thresholds: Thresholds;
  thresholdStyle: string;
  tooltip: TooltipStyle;
}

export interface TooltipStyle {
  /** The nearest series, all of them, or no tooltip. */
  mode: "single" | "multi" | "none";
  /** `none`: a stack from its top down, else the series' own order; undefined: the largest first. */
  sort: "asc" | "desc" | "none" | undefined;
  hideZeros: boolean;
}

type Row = readonly (number | null)[];

/** Fills gaps of at most `maxMs` with the line between their ends. */
export function closeGaps(row: Row, times: readonly number[], maxMs: number): Row {
  let before = -1;
  let closed: (number | null)[] | undefined;
  row.forEach((value, at) => {
    if (value === null) return;
    if (before >= 0 && at - before > 1 && times[at]! - times[before]! <= maxMs) {
      closed ??= [...row];
      for (let gap = before + 1; gap < at; gap += 1) {
        const share = (times[gap]! - times[before]!) / (times[at]! - times[before]!);
        closed[gap] = row[before]! + (value - row[before]!) * share;
      }
    }
    before = at;
  });
  return closed ?? row;
}

const orZero = (row: Row): Row => row.map((value) => value ?? 0);

function constantRow(row: Row): Row {
  const first = row.find((value) => value !== null) ?? null;
  return row.map(() => first);
}

function drawnRow(answered: Row, style: SeriesStyle, times: readonly number[]): Row {
  const row = style.constant ? constantRow(answered) : answered;
  const spanMs = style.spanNulls === true ? Infinity : style.spanNulls === false ? 0 : style.spanNulls;
  const whole = style.nullsAsZero ? orZero(row) : spanMs > 0 ? closeGaps(row, times, spanMs) : row;
  return style.negative ? whole.map((value) => (value === null ? null : -value)) : whole;
}

/** Pairs of a series and the one by name down to which its area goes. */
const fillsBetween = (series: readonly ChartSeries[]): [number, number][] =>
  series.flatMap(({ style: { fillBelowTo } }, at): [number, number][] => {
    const lower = series.findIndex(({ name }) => name === fillBelowTo);
    return lower < 0 || lower === at ? [] : [[at, lower]];
  });

/** Whether a row goes down from zero: more of its values are below than above. */
const goesDown = (row: Row): boolean =>
  row.reduce<number>((balance, value) => balance + Math.sign(value ?? 0), 0) < 0;

/** How bars stand, or how a line runs: what else must be alike in a stack. */
const shapeOf = ({ draw, barAlign, interpolation }: SeriesStyle): string | number =>
  draw === "bars" ? barAlign : draw === "line" ? interpolation : "";

/**
 * The stack of each row: what goes down hangs from zero, whatever stands on it. Only what has one mode, group, scale and
 * drawing style stands on one another, as in Grafana's `getStackingGroups`.
 */
const stacksOf = (rows: readonly Row[], series: readonly ChartSeries[]): (Stack | undefined)[] =>
  series.map(({ style, side, field }, at) => {
    if (style.stack === "none") return undefined;
    const direction = goesDown(rows[at]!) ? "down" : "up";
    const scale = [side, field.unit, field.min, field.max];
    const alike = [direction, style.stack, style.stackGroup, ...scale, style.draw, shapeOf(style)];
    return { key: JSON.stringify(alike), percent: style.stack === "percent" };
  });

/** Adds the drawn rows to what was answered. */
export function makeModel(source: Omit<ChartModel, "drawn" | "bands" | "stacked">): ChartModel {
  const plain = source.rows.map((row, at) => drawnRow(row, source.series[at]!.style, source.times));
  const groups = stacksOf(plain, source.series);
  const { rows: drawn, bands } = stackRows(plain, groups);
  return { ...source, drawn, bands: [...bands, ...fillsBetween(source.series)], stacked: bands.length > 0 };
}

/**
 * What 0 % and 100 % of thresholds are on an axis: its field's bounds, firm or soft, else those of what is drawn there;
 * as Grafana's `getGradientRange` has it.
 */
export function percentBounds({ series, drawn }: ChartModel, side: ChartSeries["side"]): [number, number] {
  const field = series.find((one) => one.side === side)?.field;
  const { softMin, softMax } = field === undefined ? {} : axisStyle(field);
  const [firmMin, firmMax] = [field?.min ?? softMin, field?.max ?? softMax];
  if (firmMin !== undefined && firmMax !== undefined) return [firmMin, firmMax];
  let [least, most] = [Infinity, -Infinity];
  drawn.forEach((row, at) => {
    if (series[at]!.side !== side) return;
    for (const value of row) {
      if (value === null) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  });
  return least > most ? [firmMin ?? 0, firmMax ?? 1] : [firmMin ?? least, firmMax ?? most];
}

/** Points that have a gap on both sides: no line would show them. */
export function lonePoints(row: ArrayLike<number | null | undefined>): number[] {
  const lone: number[] = [];
  const missing = (at: number): boolean => row[at] === null || row[at] === undefined;
  for (let at = 0; at < row.length; at += 1) {
    if (!missing(at) && missing(at - 1) && missing(at + 1)) lone.push(at);
  }
  return lone;
}
