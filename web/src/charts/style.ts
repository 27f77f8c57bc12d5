/** How one series is drawn: Grafana's `custom` field options, read once. Pure. */

import type { FieldConfig } from "../model/field";
import { asNumber, asObject, asText, oneOf } from "../model/json";
import type { StackMode } from "./stack";

export interface SeriesStyle {
  draw: "line" | "bars" | "points";
  interpolation: "linear" | "smooth" | "stepBefore" | "stepAfter";
  lineWidth: number;
  /** 0 to 1 */
  fillAlpha: number;
  gradient: boolean;
  points: "auto" | "always" | "never";
  /** Draw over gaps: always, never, or those shorter than this many ms. */
  spanNulls: boolean | number;
  /** Zero is drawn where there is no sample: a setting of ours, for the old "null as zero". */
  nullsAsZero: boolean;
  stack: StackMode;
  /** Series of one stack share it. */
  stackGroup: string;
  axis: "left" | "right";
  /** Drawn below zero, read as it is. */
  negative: boolean;
  dash: readonly number[] | undefined;
}

export interface AxisStyle {
  label: string;
  softMin: number | undefined;
  softMax: number | undefined;
  log: boolean;
  hidden: boolean;
}

/** Reads the drawing style of a field. */
export function seriesStyle(field: FieldConfig): SeriesStyle {
  const custom = field.custom;
  const stacking = asObject(custom.stacking);
  const dash = asObject(custom.lineStyle);
  const spans = custom.spanNulls;
  const negative = custom.transform === "negative-Y";
  return {
    draw: oneOf(custom.drawStyle, ["line", "bars", "points"]),
    interpolation: oneOf(custom.lineInterpolation, ["linear", "smooth", "stepBefore", "stepAfter"]),
    lineWidth: asNumber(custom.lineWidth) ?? 1.5,
    fillAlpha: (asNumber(custom.fillOpacity) ?? 0) / 100,
    gradient: custom.gradientMode === "opacity" || custom.gradientMode === "hue",
    points: oneOf(custom.showPoints, ["auto", "always", "never"]),
    spanNulls: typeof spans === "number" ? spans : spans === true,
    nullsAsZero: custom.nullsAsZero === true,
    stack: oneOf(stacking.mode, ["none", "normal", "percent"]),
    stackGroup: (asText(stacking.group) ?? "A") + (negative ? "-" : "+"),
    axis: custom.axisPlacement === "right" ? "right" : "left",
    negative,
    dash: dash.fill === "dash" ? [6, 4] : dash.fill === "dot" ? [1, 4] : undefined,
  };
}

/** Reads the axis options of a field. */
export function axisStyle(field: FieldConfig): AxisStyle {
  const { axisLabel, axisSoftMin, axisSoftMax, scaleDistribution, axisPlacement } = field.custom;
  return {
    label: asText(axisLabel) ?? "",
    softMin: asNumber(axisSoftMin),
    softMax: asNumber(axisSoftMax),
    log: asObject(scaleDistribution).type === "log",
    hidden: axisPlacement === "hidden",
  };
}
