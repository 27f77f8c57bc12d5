/** What a panel's queries answered, as tables, transformed, and back as series for the panels that draw these. Pure. */

import type { Series } from "../api/frames";
import type { Panel } from "../model/dashboard";
import { fieldFor } from "../model/field";
import { nameOf, timeField, type DataFrame, type Field, textOf } from "../model/frame";
import { asObject, entryOf, type Json } from "../model/json";
import { nameSeries } from "../model/legend";
import type { PanelFrame } from "./panel";
import type { Shaped } from "./shape";
import { transformFrames } from "./transforms";
import { column, frameOf, isSeries } from "./transforms/kinds";

/** A series to which a transformation gave a configuration of its own. */
export interface OwnSeries extends Series {
  own?: Json;
}

/**
 * The one time of all queries that ask for a moment. While a panel refreshes, some answers are older than others: with
 * times of their own their rows would part for that while.
 */
function momentOf(frames: readonly PanelFrame[]): number | undefined {
  const moments = frames.filter(({ step }) => step === 0).flatMap(({ times }) => [...times]);
  return moments.length === 0 ? undefined : Math.max(...moments);
}

const NAME = "__name__";

/**
 * Whether a table shows the metric's name: where its rows differ in it, or where a later step asks for it. One name for
 * all rows says nothing, and would keep rows of several queries apart.
 */
function showsName({ series }: PanelFrame, { transformations }: Panel): boolean {
  const mentions = transformations.some(
    ({ options }) =>
      asObject(options.excludeByName)[NAME] !== true && JSON.stringify(options).includes(`"${NAME}"`),
  );
  return mentions || new Set(series.map(({ labels }) => labels[NAME])).size > 1;
}

/** Places of the samples of a series; gaps are no rows. */
const samples = ({ values }: Series): number[] =>
  Array.from({ length: values.length }, (_, at) => at).filter((at) => !Number.isNaN(values[at]));

/** One table of all series of a query: time, labels, value. */
function tableOf(
  frame: PanelFrame,
  panel: Panel,
  valueName: string,
  momentMs: number | undefined,
): DataFrame {
  const { refId } = frame.query;
  const rows = frame.series.flatMap((series) =>
    (frame.step === 0 ? [0] : samples(series)).map((at) => ({ series, at })),
  );
  const labels = [...new Set(frame.series.flatMap((series) => Object.keys(series.labels)))].sort();
  const shown = labels.filter((name) => name !== NAME || showsName(frame, panel));
  return frameOf(refId, [
    column(
      "Time",
      "time",
      rows.map(({ at }) => momentMs ?? frame.times[at]!),
    ),
    ...shown.map((name) =>
      column(
        name,
        "string",
        rows.map(({ series }) => entryOf(series.labels, name) ?? ""),
      ),
    ),
    column(
      valueName,
      "number",
      rows.map(({ series, at }) => series.values[at]!),
    ),
  ]);
}

/** One frame a series: its time and its values, which are the very arrays that came. */
function seriesOf(frame: PanelFrame, momentMs: number | undefined): DataFrame[] {
  const { refId, legend } = frame.query;
  const names = nameSeries(
    legend,
    frame.series.map(({ labels }) => labels),
    frame.expr,
  );
  const times = momentMs === undefined || frame.step !== 0 ? frame.times : Float64Array.of(momentMs);
  return frame.series.map(({ labels, values }, at) => ({
    refId,
    name: names[at]!,
    fields: [column("Time", "time", times), column("Value", "number", values, { labels, shown: names[at]! })],
    length: values.length,
  }));
}

/** The answers as they are before any transformation. */
export function rawTables(frames: readonly PanelFrame[], panel: Panel): DataFrame[] {
  const momentMs = momentOf(frames);
  const many = frames.filter(({ query }) => query.format === "table").length > 1;
  return frames.flatMap((frame) => {
    if (frame.query.format !== "table") return seriesOf(frame, frame.step === 0 ? momentMs : undefined);
    const valueName = many ? `Value #${frame.query.refId}` : "Value";
    return [tableOf(frame, panel, valueName, frame.step === 0 ? momentMs : undefined)];
  });
}

/** Each column with how it is written: defaults and overrides know it by its last name. */
function configured(frames: readonly DataFrame[], { fields: rules }: Panel): DataFrame[] {
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field): Field => {
      const { name, labels, type, values, own } = field;
      const key = {
        name: nameOf(field),
        sourceName: name,
        refId: frame.refId,
        type,
        values,
        ...(labels === undefined ? {} : { labels }),
      };
      return { ...field, config: fieldFor(rules, key, own) };
    }),
  }));
}

const floats = ({ values }: Field): Float64Array =>
  values instanceof Float64Array
    ? values
    : Float64Array.from(values as ArrayLike<unknown>, (value) => (typeof value === "number" ? value : NaN));

/** A series called by exactly this name: braces of its own are no template. */
function called(name: string, like: PanelFrame, times: Float64Array, series: OwnSeries): PanelFrame {
  const query = { ...like.query, legend: name.replaceAll("{{", "{ {") };
  return { ...like, query, times, series: [series] };
}

const ownOf = ({ own }: Field): Pick<OwnSeries, "own"> => (own === undefined ? {} : { own });

/** Columns of numbers over a time, as series. */
function timed(frame: DataFrame, time: Field, like: PanelFrame): PanelFrame[] {
  const times = floats(time);
  return frame.fields
    .filter(({ type }) => type === "number")
    .map((field) => {
      const series = { labels: field.labels ?? {}, values: floats(field), ...ownOf(field) };
      return called(field.shown ?? field.name, like, times, series);
    });
}

/** A row is not a series, but a single number can be drawn from it; more of them than this cannot be seen. */
const MOST_ROWS = 500;

/** Types that draw the tables themselves. */
const DRAWS_TABLES = new Set(["table", "barchart"]);

/** What is to be said of rows that no series stands for. */
const rowsLeft = (tables: readonly DataFrame[], { type }: Panel): string[] =>
  DRAWS_TABLES.has(type)
    ? []
    : tables
        .filter((table) => isUntimed(table) && table.length > MOST_ROWS)
        .map(({ length }) => `${MOST_ROWS} rows are drawn, +${length - MOST_ROWS} more are not.`);

/** Rows without a time, each number of them as a series of one value, called by the row's texts. */
function untimed(frame: DataFrame, like: PanelFrame): PanelFrame[] {
  const texts = frame.fields.filter(({ type }) => type === "string");
  const numbers = frame.fields.filter(({ type }) => type === "number");
  const times = Float64Array.of(like.range.toMs);
  const rows = Array.from({ length: Math.min(frame.length, MOST_ROWS) }, (_, at) => at);
  return rows.flatMap((at) => {
    const words = texts.map(({ values }) => textOf(values[at]));
    const rowLabels = Object.fromEntries(texts.map((field, place) => [nameOf(field), words[place]!]));
    return numbers.map((field) => {
      const last = numbers.length > 1 || words.length === 0 ? [nameOf(field)] : [];
      const name = [...words.filter((word) => word !== ""), ...last].join(" ");
      const labels = { ...field.labels, ...rowLabels };
      const series = { labels, values: Float64Array.of(floats(field)[at]!), ...ownOf(field) };
      return called(name, { ...like, step: 0 }, times, series);
    });
  });
}

/** Transformed tables as series, for the panels that draw series. */
function asSeries(tables: readonly DataFrame[], frames: readonly PanelFrame[]): PanelFrame[] {
  return tables.flatMap((table) => {
    const like = frames.find(({ query }) => query.refId === table.refId) ?? frames[0];
    if (like === undefined) return [];
    return isUntimed(table) ? untimed(table, like) : timed(table, timeField(table)!, like);
  });
}

/** Rows that are told apart by texts, or have no time at all. */
function isUntimed(table: DataFrame): boolean {
  return timeField(table) === undefined || table.fields.some(({ type }) => type === "string");
}

/** Everything that a panel can be drawn from. Without transformations, series stay the very objects that came. */
export function shapeFrames(frames: readonly PanelFrame[], panel: Panel): Shaped {
  const { frames: transformed, notes } = transformFrames(rawTables(frames, panel), panel.transformations);
  const tables = configured(transformed, panel);
  const changes = panel.transformations.some(({ id }) => id !== "");
  if (!changes) return { frames: [...frames], tables, notes };
  return { frames: asSeries(tables, frames), tables, notes: [...notes, ...rowsLeft(tables, panel)] };
}

/** One table of all that a panel has: labels become columns, equal rows one; series of a range stand side by side. */
export function oneTable(tables: readonly DataFrame[], panel: Panel): DataFrame | undefined {
  if (tables.length < 2 && !tables.some(isLabelled)) return tables[0];
  const isRange = tables.every(isSeries) && tables.some(({ length }) => length > 1);
  const step = isRange ? { id: "joinByField", options: {} } : { id: "labelsToFields", options: {} };
  if (isRange && tables.length < 2) return tables[0];
  return configured(transformFrames(tables, [step]).frames, panel)[0];
}

const isLabelled = ({ fields, length }: DataFrame): boolean =>
  length === 1 && fields.some(({ labels }) => labels !== undefined && Object.keys(labels).length > 0);
