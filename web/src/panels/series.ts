/** Frames as named, coloured series: what stat, gauge and time series panels begin with. */

import type { Frame, Series } from "../api/frames";
import { colorAt, absoluteSteps } from "../model/thresholds";
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
import { fieldFor, type FieldConfig } from "../model/field";
import { nameSeries } from "../model/legend";
import { reduce } from "../model/reduce";
import { seriesColor } from "../charts/palette";
import { continuousColor } from "../charts/ramp";
import type { OwnSeries } from "../query/frames";
import type { PanelFrame } from "../query/panel";

export interface NamedSeries {
  name: string;
  /** Of its query. */
  refId: string;
  field: FieldConfig;
  series: Series;
  frame: Frame;
  color: string;
  dash: readonly number[];
}

interface Unpainted {
  name: string;
  refId: string;
  field: FieldConfig;
  series: Series;
  frame: Frame;
}

function nameAll(frames: readonly PanelFrame[], panel: Panel): Unpainted[] {
  return frames.flatMap((frame) => {
    const { legend, refId } = frame.query;
    const names = nameSeries(
      legend,
      frame.series.map(({ labels }) => labels),
      frame.expr,
    );
    return frame.series.map((series, at) => {
      const name = names[at]!;
      const { labels, values, own } = series as OwnSeries;
      const field = fieldFor(panel.fields, { name, refId, labels, values }, own);
      return { name: field.displayName ?? name, refId, field, series, frame };
    });
  });
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
  return all.map((one, at) => ({ ...one, ...paint(one, at, all.length, slots.get(one) ?? 0, theme) }));
}

/** Whether the field says itself which colour it has, and takes none of the palette. */
const isOwnColor = ({ color: { mode } }: FieldConfig): boolean =>
  mode === "fixed" || mode === "shades" || mode === "palette-classic-by-name";

/** The colour of a series by its field's mode; by value, it is that of the last one, or of the least or greatest. */
function paint(
  { name, field, series }: Unpainted,
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
  if (mode !== "thresholds" && !mode.startsWith("continuous-")) return palette;
  const bounds = valueBounds(field, series.values);
  const value = reduce(seriesBy === "last" ? "lastNotNull" : seriesBy, series.values);
  const share = (value - bounds[0]) / (bounds[1] - bounds[0]);
  const color = continuousColor(mode, share, theme) ?? valueColor(field, value, palette.color, theme, bounds);
  return color === palette.color ? palette : { color, dash: [] };
}

/** The range of a single value: the field's own, or what its unit implies, or what the data show. */
export function valueBounds(field: FieldConfig, values: ArrayLike<number>): [number, number] {
  const natural = field.unit === "percent" ? 100 : field.unit === "percentunit" ? 1 : undefined;
  const present = Array.prototype.filter.call(values, Number.isFinite) as number[];
  const largest = present.reduce((a, b) => Math.max(a, b), 0);
  return [field.min ?? 0, field.max ?? natural ?? (largest > 0 ? largest : 1)];
}

/** Colour of one value: by threshold, fixed, or the given one of the palette. */
export function valueColor(
  field: FieldConfig,
  value: number,
  palette: string,
  theme: ThemeName,
  bounds: [number, number],
): string {
  if (field.color.mode !== "thresholds") return palette;
  const name = colorAt(absoluteSteps(field.thresholds, ...bounds), value);
  return name === undefined ? palette : resolveColor(name, theme);
}
