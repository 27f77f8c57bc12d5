/** Single values out of frames: what bar gauges, pies, cards and ranked lists are made of. */

import { resolveColor, type ColorRegistry, type ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { fieldOfCalc, writeValue, type FieldConfig, type Written } from "../model/field";
import { asNumber, asObject, asTexts, type Json } from "../model/json";
import { calcLabel, reduce } from "../model/reduce";
import { nameAll } from "../query/named";
import type { PanelFrame } from "../query/panel";
import type { TableData } from "../query/table";
import { isTelling, nameFrames, valueColor, type NamedSeries } from "./series";
import { takesField } from "./texts";

export interface ReduceOptions {
  /** At least one; each of several makes a value of its own. */
  calcs: readonly string[];
  /** Every sample is a value of its own. */
  every: boolean;
  /** Of all such values of the panel. */
  limit: number;
}

/** One value of a series, called by the calculation too where there are several. */
export interface Reading<T> {
  source: T;
  name: string;
  calc: string;
  value: number;
}

/** One value with how it is written and coloured. */
export interface PanelValue {
  name: string;
  field: FieldConfig;
  value: number;
  bounds: [number, number];
  written: Written;
  /** `written` as one string. */
  text: string;
  color: string;
  /** True when the colour says something about the value. */
  telling: boolean;
  source: NamedSeries;
}

/** Grafana's own limit on values where each sample counts. */
const MOST_VALUES = 25;

/** Reads `reduceOptions`. */
export function parseReduce(options: Json): ReduceOptions {
  const { calcs, values, limit } = asObject(options.reduceOptions);
  return {
    calcs: asTexts(calcs).length > 0 ? asTexts(calcs) : [USUAL],
    every: values === true,
    limit: asNumber(limit) || MOST_VALUES,
  };
}

const USUAL = "lastNotNull";

/** What the values of all series are, in their order; as Grafana's `getFieldDisplayValues` has it. */
export function readings<T extends Pick<NamedSeries, "name" | "series">>(
  all: readonly T[],
  { calcs, every, limit }: ReduceOptions,
): Reading<T>[] {
  const called = (name: string, calc: string): string =>
    calcs.length > 1 ? `${calcLabel(calc)} ${name}` : name;
  if (!every)
    return all.flatMap((source) =>
      calcs.map((calc) => {
        const value = reduce(calc, source.series.values);
        return { source, name: called(source.name, calc), calc, value };
      }),
    );
  const found: Reading<T>[] = [];
  for (const source of all)
    for (const value of source.series.values) {
      if (found.length >= limit) return found;
      if (!Number.isNaN(value)) found.push({ source, name: source.name, calc: USUAL, value });
    }
  return found;
}

/** Bounds that all values share, so that bars can be compared: the field's own, the unit's, or the data's. */
export function sharedBounds(field: FieldConfig, values: readonly number[]): [number, number] {
  const natural = { percent: 100, percentunit: 1 }[field.unit ?? ""];
  const finite = values.filter(Number.isFinite);
  const low = field.min ?? finite.reduce((a, b) => Math.min(a, b), 0);
  const high = field.max ?? natural ?? finite.reduce((a, b) => Math.max(a, b), 0);
  return [low, high > low ? high : low + 1];
}

/** A number as the panel's text: prefix, number, unit. */
export const joinWritten = ({ prefix = "", text, suffix }: Written): string =>
  `${prefix}${text}${/^\p{L}/u.test(suffix) ? "\u00a0" : ""}${suffix.replace(/^ /, "\u00a0")}`;

/** The colour of a value: by mapping, its place in the range, threshold (see `valueColor`), or the series' own. */
export function colorOfValue(
  field: FieldConfig,
  value: number,
  range: [number, number],
  own: string,
  theme: ThemeName,
  scale = range,
): string {
  const mapped = writeValue(field, value).color;
  return mapped === undefined
    ? valueColor(field, value, own, theme, range, scale)
    : resolveColor(mapped, theme);
}

function describe(
  { source, name, calc, value }: Reading<NamedSeries>,
  bounds: [number, number],
  theme: ThemeName,
): PanelValue {
  const { field, color: own, range } = source;
  const written = writeValue(fieldOfCalc(field, calc), value);
  const color = colorOfValue(field, value, range, own, theme, bounds);
  const telling = written.color !== undefined || isTelling(field);
  return { name, field, value, bounds, written, text: joinWritten(written), color, telling, source };
}

/** The values of a panel, in the order of its series. */
export function panelValues(
  frames: readonly PanelFrame[],
  panel: Panel,
  options: ReduceOptions,
  colors: ColorRegistry,
  theme: ThemeName,
): PanelValue[] {
  const named = nameFrames(frames, panel, colors, theme);
  const chosen = named.filter(({ name }) => takesField(panel.options, name));
  // A name that no series has was given to a column before a change of legends: better all than none.
  const found = readings(chosen.length > 0 ? chosen : named, options);
  const all = found.map(({ value }) => value);
  return found.map((one) => describe(one, sharedBounds(one.source.field, all), theme));
}

/** What share each value has of the whole, 0 to 1; negatives have none. */
export function sharesOf(values: readonly number[]): number[] {
  const sizes = values.map((value) => (Number.isFinite(value) ? Math.max(0, value) : 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size) => (total === 0 ? 0 : size / total));
}

/** A share as people write it. */
export function writeShare(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? "<1%" : `${Math.round(percent)}%`;
}

function valueRows(frames: readonly PanelFrame[], panel: Panel, share: boolean): TableData {
  const found = readings(nameAll(frames, panel), parseReduce(panel.options));
  const rows = found.map(({ source, name, calc, value }) => ({
    name,
    field: fieldOfCalc(source.field, calc),
    value,
  }));
  const shares = sharesOf(rows.map(({ value }) => value));
  const { defaults } = panel.fields;
  const plain: FieldConfig = { ...defaults, mappings: [] };
  const shareField: FieldConfig = { ...plain, unit: "percentunit", decimals: 1 };
  return {
    columns: [
      { name: "Name", numeric: false, field: plain },
      { name: "Value", numeric: true, field: defaults, fields: rows.map(({ field }) => field) },
      ...(share ? [{ name: "Share", numeric: true, field: shareField }] : []),
    ],
    rows: rows.map(({ name, value }, at) => [name, value, ...(share ? [shares[at]!] : [])]),
  };
}

/** A panel of values as a table. */
export const valuesTable = (frames: readonly PanelFrame[], panel: Panel): TableData =>
  valueRows(frames, panel, false);

/** The same with a column of shares. */
export const sharesTable = (frames: readonly PanelFrame[], panel: Panel): TableData =>
  valueRows(frames, panel, true);
