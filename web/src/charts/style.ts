/** How one series is drawn: Grafana's `custom` field options, read once. Pure. */

import type { FieldConfig } from "../model/field";
import { asList, asNumber, asObject, asText, oneOf } from "../model/json";
import type { StackMode } from "./stack";

export interface SeriesStyle {
  draw: "line" | "bars" | "points";
  interpolation: "linear" | "smooth" | "stepBefore" | "stepAfter";
  lineWidth: number;
  /** 0 to 1 */
  fillAlpha: number;
  /** `scheme`: coloured by the thresholds that a place on the value axis has. */
  gradient: "none" | "opacity" | "hue" | "scheme";
  points: "auto" | "always" | "never";
  /** px */
  pointSize: number;
  /** Where a bar stands: -1 before its time, 0 around it, 1 after it. */
  barAlign: -1 | 0 | 1;
  /** Share of the distance between times that a bar takes. */
  barWidth: number;
  /** Draw over gaps: always, never, or those shorter than this many ms. */
  spanNulls: boolean | number;
  /** Zero is drawn where there is no sample: a setting of ours, for the old "null as zero". */
  nullsAsZero: boolean;
  stack: StackMode;
  /** Series of one stack share it; above and below zero each have their own. */
  stackGroup: string;
  /** `auto`: left, unless another unit is there already. */
  axis: "auto" | "left" | "right";
  /** Drawn below zero, read as it is. */
  negative: boolean;
  /** Drawn as its first value all along. */
  constant: boolean;
  dash: readonly number[] | undefined;
  /** The series down to which the area is filled. */
  fillBelowTo: string | undefined;
  /** Whether tooltips tell of it. */
  told: boolean;
}

/** Logarithmic to a base, or symmetrically around zero, linear within the threshold. */
export type LogScale = { base: 2 | 10 } | { threshold: number };

export interface AxisStyle {
  label: string;
  softMin: number | undefined;
  softMax: number | undefined;
  log: LogScale | undefined;
  hidden: boolean;
  /** Zero in the middle. */
  centred: boolean;
  grid: boolean;
}

const LINE_PX = 1.5;
/** Among more lines than this, thinner ones are told apart better, and take the browser half the time. */
const MANY = 16;
const THIN_PX = 1;
const POINT_PX = 5;
const BAR_WIDTH = 0.7;
const DASHES = { dash: [6, 4], dot: [1, 4] };

/** A dash pattern of its own, or that of its name. */
function dashOf(lineStyle: unknown): readonly number[] | undefined {
  const { fill, dash } = asObject(lineStyle);
  if (fill !== "dash" && fill !== "dot") return undefined;
  const own = asList(dash).flatMap((length) => asNumber(length) ?? []);
  return own.length > 0 ? own : DASHES[fill];
}

/** Reads the drawing style of a field in a chart of so many series. */
export function seriesStyle({ custom }: FieldConfig, count = 1): SeriesStyle {
  const stacking = asObject(custom.stacking);
  const spans = custom.spanNulls;
  const negative = custom.transform === "negative-Y";
  return {
    draw: oneOf(custom.drawStyle, ["line", "bars", "points"]),
    interpolation: oneOf(custom.lineInterpolation, ["linear", "smooth", "stepBefore", "stepAfter"]),
    lineWidth: asNumber(custom.lineWidth) ?? (count > MANY ? THIN_PX : LINE_PX),
    fillAlpha: (asNumber(custom.fillOpacity) ?? 0) / 100,
    gradient: oneOf(custom.gradientMode, ["none", "opacity", "hue", "scheme"]),
    points: oneOf(custom.showPoints, ["auto", "always", "never"]),
    pointSize: asNumber(custom.pointSize) ?? POINT_PX,
    barAlign: custom.barAlignment === -1 ? -1 : custom.barAlignment === 1 ? 1 : 0,
    barWidth: asNumber(custom.barWidthFactor) ?? BAR_WIDTH,
    spanNulls: typeof spans === "number" ? spans : spans === true,
    nullsAsZero: custom.nullsAsZero === true,
    stack: oneOf(stacking.mode, ["none", "normal", "percent"]),
    stackGroup: JSON.stringify(stacking.group ?? "A"),
    axis: oneOf(custom.axisPlacement, ["auto", "left", "right"]),
    negative,
    constant: custom.transform === "constant",
    dash: dashOf(custom.lineStyle),
    fillBelowTo: asText(custom.fillBelowTo),
    told: asObject(custom.hideFrom).tooltip !== true,
  };
}

function logOf(scale: unknown): LogScale | undefined {
  const { type, log, linearThreshold } = asObject(scale);
  if (type === "symlog") return { threshold: asNumber(linearThreshold) ?? 1 };
  return type === "log" ? { base: asNumber(log) === 2 ? 2 : 10 } : undefined;
}

/** Reads the axis options of a field. */
export function axisStyle({ custom }: FieldConfig): AxisStyle {
  return {
    label: asText(custom.axisLabel) ?? "",
    softMin: asNumber(custom.axisSoftMin),
    softMax: asNumber(custom.axisSoftMax),
    log: logOf(custom.scaleDistribution),
    hidden: custom.axisPlacement === "hidden",
    centred: custom.axisCenteredZero === true,
    grid: custom.axisGridShow !== false,
  };
}

/** On which side each series' axis is: the first unit at the left, any other at the right, unless told otherwise. */
export function axisSides(all: readonly { style: SeriesStyle; field: FieldConfig }[]): ("left" | "right")[] {
  const first = all.find(({ style }) => style.axis !== "right")?.field.unit;
  return all.map(({ style, field }) =>
    style.axis === "auto" ? (field.unit === first ? "left" : "right") : style.axis,
  );
}
