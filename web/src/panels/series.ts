/** Frames as named, coloured series: what stat, gauge and time series panels begin with. */

import { absoluteSteps, BASE, colorAt } from "../model/thresholds";
import {
  nameSlot,
  resolveColor,
  shadeOf,
  type ColorRegistry,
  type SeriesColor,
  type ThemeName,
} from "../model/colors";
import type { Subject } from "../links/datalinks";
import { hasLinks } from "../links/subjects";
import type { Panel } from "../model/dashboard";
import type { FieldConfig } from "../model/field";
import { reduce } from "../model/reduce";
import { seriesColor } from "../charts/palette";
import { continuousColor } from "../charts/ramp";
import { nameAll, type Named } from "../query/named";
import type { PanelFrame } from "../query/panel";

export interface NamedSeries extends Named {
  color: string;
  dash: readonly number[];
  /** What is measured against it: colours by value, thresholds in percent. */
  range: [number, number];
}

/** What the links of one of its values are about; undefined where it has none. At a place of its times, else at its end. */
export function subjectOf(one: NamedSeries, value: number, at?: number): Subject | undefined {
  const { name, refId, field, series, frame } = one;
  if (!hasLinks(field)) return undefined;
  const place = at ?? series.values.findLastIndex((sample) => !Number.isNaN(sample));
  return { name, refId, field, labels: series.labels, value, timeMs: frame.times[place] ?? NaN };
}

/** Every series of the panel with its name and its colour; a name keeps its colour over panels and refreshes. */
export function nameFrames(
  frames: readonly PanelFrame[],
  panel: Panel,
  colors: ColorRegistry,
  theme: ThemeName,
): NamedSeries[] {
  const all = nameAll(frames, panel);
  const free = all.filter(({ field }) => !isOwnColor(field));
  const slots = new Map(colors.assign(free.map(({ name }) => name)).map((slot, at) => [free[at], slot]));
  let span: Span;
  const spanOfAll = (): Span => (span ??= spanOf(all.map(({ series }) => series.values)));
  return all.map((one, at) => {
    const range = isMeasured(one.field) ? fieldRange(one.field, one.series.values, spanOfAll) : UNMEASURED;
    return { ...one, range, ...paint(one, range, at, all.length, slots.get(one) ?? 0, theme) };
  });
}

type Span = [number, number] | undefined;

const UNMEASURED: [number, number] = [0, 1];

/** The least and the greatest of all numbers; undefined without any. */
export function spanOf(all: readonly ArrayLike<number>[]): Span {
  let [least, most] = [Infinity, -Infinity];
  for (const values of all) {
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at]!;
      if (!Number.isFinite(value)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return least > most ? undefined : [least, most];
}

/**
 * The range in which a field's values are measured: its own bounds, else those of all numbers of the panel, or of the
 * field's alone where it says so; as Grafana's `applyFieldOverrides` has it.
 */
export function fieldRange(field: FieldConfig, own: ArrayLike<number>, all: () => Span): [number, number] {
  if (field.min !== undefined && field.max !== undefined) return [field.min, field.max];
  const [least, most] = (field.fieldMinMax === true ? spanOf([own]) : all()) ?? UNMEASURED;
  return [field.min ?? least, field.max ?? most];
}

const isContinuous = ({ color: { mode } }: FieldConfig): boolean => mode.startsWith("continuous-");

/** Whether a value's colour says something about the value. */
export const isTelling = (field: FieldConfig): boolean =>
  field.color.mode === "thresholds" || isContinuous(field);

const isMeasured = (field: FieldConfig): boolean =>
  isContinuous(field) || (field.color.mode === "thresholds" && field.thresholds.mode === "percentage");

/** Whether the field says itself which colour it has, and takes none of the palette. */
const isOwnColor = ({ color: { mode } }: FieldConfig): boolean =>
  mode === "fixed" || mode === "shades" || mode === "palette-classic-by-name";

/** The colour of a series by its field's mode; by value, it is that of the last one, or of the least or greatest. */
function paint(
  { name, field, series }: Named,
  range: [number, number],
  at: number,
  total: number,
  slot: number,
  theme: ThemeName,
): SeriesColor {
  const { mode, fixedColor = "accent", seriesBy = "last" } = field.color;
  if (mode === "fixed") return seriesColor(fixedColor, slot, theme);
  if (mode === "shades") return { color: shadeOf(resolveColor(fixedColor, theme), at, total), dash: [] };
  if (mode === "palette-classic-by-name") return seriesColor(undefined, nameSlot(name), theme);
  const palette = seriesColor(undefined, slot, theme);
  if (!isTelling(field)) return palette;
  const value = reduce(seriesBy === "last" ? "lastNotNull" : seriesBy, series.values);
  const color = valueColor(field, value, palette.color, theme, range);
  return color === palette.color ? palette : { color, dash: [] };
}

/** The range of a bar in a cell: the field's own, or what its unit implies, or what the data show. */
export function valueBounds(field: FieldConfig, values: ArrayLike<number>): [number, number] {
  const natural = field.unit === "percent" ? 100 : field.unit === "percentunit" ? 1 : undefined;
  const present = Array.prototype.filter.call(values, Number.isFinite) as number[];
  const largest = present.reduce((a, b) => Math.max(a, b), 0);
  return [field.min ?? 0, field.max ?? natural ?? (largest > 0 ? largest : 1)];
}

/**
 * Colour of one value: by its place in a range, by threshold, or the given one of the palette. Where a drawing has a scale
 * that shows the thresholds, those in percent are of that `scale`.
 */
export function valueColor(
  field: FieldConfig,
  value: number,
  palette: string,
  theme: ThemeName,
  [low, high]: [number, number],
  scale: [number, number] = [low, high],
): string {
  if (isContinuous(field)) {
    const ramp = continuousColor(field.color.mode, (value - low) / (high - low), theme);
    return Number.isNaN(value) ? palette : ramp!;
  }
  if (field.color.mode !== "thresholds") return palette;
  if (field.thresholds.steps.length === 0) return resolveColor(BASE.color, theme);
  if (field.thresholds.mode === "percentage" && scale[0] === scale[1]) {
    return firstColor(field, theme) ?? palette;
  }
  const name = colorAt(absoluteSteps(field.thresholds, ...scale), value);
  return name === undefined ? palette : resolveColor(name, theme);
}

/** In a range without length nothing is reached but the first step. */
function firstColor({ thresholds: { steps } }: FieldConfig, theme: ThemeName): string | undefined {
  return steps[0] === undefined ? undefined : resolveColor(steps[0].color, theme);
}
