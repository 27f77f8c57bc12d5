/** Frames as named, coloured series: what stat, gauge and time series panels begin with. */

import type { Frame, Series } from "../api/frames";
import { colorAt, absoluteSteps } from "../model/thresholds";
import type { ColorRegistry, ThemeName } from "../model/colors";
import { resolveColor } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { fieldFor, type FieldConfig } from "../model/field";
import { nameSeries } from "../model/legend";
import { seriesColor } from "../charts/palette";
import type { PanelFrame } from "../query/panel";

export interface NamedSeries {
  name: string;
  field: FieldConfig;
  series: Series;
  frame: Frame;
  color: string;
  dash: readonly number[];
}

interface Unpainted {
  name: string;
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
      const field = fieldFor(panel.fields, { name, refId, labels: series.labels });
      return { name: field.displayName ?? name, field, series, frame };
    });
  });
}

/** Every series of the panel with its name and its colour; a name keeps its colour over panels and refreshes. */
export function nameFrames(
  frames: readonly PanelFrame[],
  panel: Panel,
  colors: ColorRegistry,
  theme: ThemeName,
): NamedSeries[] {
  const all = nameAll(frames, panel);
  const free = all.filter(({ field }) => fixedColor(field) === undefined);
  const slots = new Map(colors.assign(free.map(({ name }) => name)).map((slot, at) => [free[at], slot]));
  return all.map((one) => ({ ...one, ...seriesColor(fixedColor(one.field), slots.get(one) ?? 0, theme) }));
}

const fixedColor = (field: FieldConfig): string | undefined =>
  field.color.mode === "fixed" ? (field.color.fixedColor ?? "accent") : undefined;

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
