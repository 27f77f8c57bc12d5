/** What panels show as a table. Pure. */

import type { Panel } from "../model/dashboard";
import { writeAny, type FieldConfig } from "../model/field";
import { isAbsent, nameOf, type DataFrame, type Field, type Value } from "../model/frame";
import { asText } from "../model/json";
import { calcLabel, reduce } from "../model/reduce";
import { formatTime } from "../model/timerange";
import { nameAll } from "./named";
import type { PanelFrame } from "./panel";

export type Cell = string | number;

export interface Column {
  name: string;
  /** Numbers are written by their field; texts as they are. */
  numeric: boolean;
  field: FieldConfig;
  /** One a row, where rows are written each in its own way. */
  fields?: readonly FieldConfig[];
}

export interface TableData {
  columns: Column[];
  rows: Cell[][];
}

/** What a cell of a table shows: numbers are written by their column, everything else is a text. */
function cellOf(field: Field, config: FieldConfig, value: Value | undefined): Cell {
  if (field.type === "time" && config.unit === undefined) {
    return typeof value === "number" && Number.isFinite(value) ? formatTime(value) : "";
  }
  if (isFrame(value)) return trendValue(value, config);
  if (typeof value === "number") return value;
  if (isAbsent(value)) return isNumeric(field, config) ? NaN : (config.noValue ?? "");
  return writeAny(config, value).text;
}

const isFrame = (value: Value | undefined): value is DataFrame => typeof value === "object" && value !== null;

/** A trend in a cell stands for one number of it. */
function trendValue({ fields }: DataFrame, config: FieldConfig): number {
  const values = fields.find(({ type }) => type === "number")?.values as ArrayLike<number> | undefined;
  return values === undefined ? NaN : reduce(asText(config.custom.stat) ?? "lastNotNull", values);
}

const isTrend = ({ values }: Field): boolean => isFrame(values[0]);

const isNumeric = (field: Field, config: FieldConfig): boolean =>
  field.type === "number" || isTrend(field) || (field.type === "time" && config.unit !== undefined);

/** A table to draw; columns that a document hides are left out. */
export function tableData({ fields, length }: DataFrame): TableData {
  const shown = fields.flatMap((field) =>
    field.config === undefined || field.config.custom.hidden === true
      ? []
      : [{ field, config: field.config }],
  );
  return {
    columns: shown.map(({ field, config }) => ({
      name: nameOf(field),
      numeric: isNumeric(field, config),
      field: config,
    })),
    rows: Array.from({ length }, (_, at) =>
      shown.map(({ field, config }) => cellOf(field, config, field.values[at])),
    ),
  };
}

const SUMMARY = ["lastNotNull", "min", "mean", "max"];

/** One row a series with its last, least, mean and greatest value: how a chart reads as a table. */
export function seriesTable(frames: readonly PanelFrame[], panel: Panel): TableData {
  const rows = nameAll(frames, panel).map(({ name, field, series }) => ({
    name,
    field,
    values: SUMMARY.map((calc) => reduce(calc, series.values)),
  }));
  const fields = rows.map(({ field }) => field);
  const text: FieldConfig = { ...panel.fields.defaults, mappings: [] };
  return {
    columns: [
      { name: "Series", numeric: false, field: text },
      ...SUMMARY.map((calc) => ({
        name: calcLabel(calc),
        numeric: true,
        field: panel.fields.defaults,
        fields,
      })),
    ],
    rows: rows.map(({ name, values }) => [name, ...values]),
  };
}
