/** Frames as a table: one row a label set, one column a label and a query. Pure. */

import type { Panel } from "../model/dashboard";
import { fieldFor, type FieldConfig } from "../model/field";
import { nameSeries } from "../model/legend";
import { calcLabel, reduce } from "../model/reduce";
import type { PanelFrame } from "./panel";

export type Cell = string | number;

export interface Column {
  name: string;
  /** Numbers are written by their field; texts as they are. */
  numeric: boolean;
  field: FieldConfig;
}

export interface TableData {
  columns: Column[];
  rows: Cell[][];
}

const TIME = "Time";

/** Name of the value column of a query, as Grafana calls it. */
const valueName = (refId: string, many: boolean): string => (many ? `Value #${refId}` : "Value");

interface LabelRow {
  labels: Record<string, string>;
  values: Map<string, number>;
  timeMs: number;
}

/** Rows that carry the same labels in several queries become one: Grafana's "merge". */
function collect(frames: readonly PanelFrame[]): Map<string, LabelRow> {
  const rows = new Map<string, LabelRow>();
  for (const frame of frames) {
    for (const series of frame.series) {
      const { __name__: _, ...labels } = series.labels;
      const key = JSON.stringify(Object.entries(labels).sort());
      const row = rows.get(key) ?? {
        labels,
        values: new Map<string, number>(),
        timeMs: frame.times.at(-1) ?? NaN,
      };
      row.values.set(frame.query.refId, reduce("lastNotNull", series.values));
      rows.set(key, row);
    }
  }
  return rows;
}

/** The newest value of every series: labels as text columns, queries as number columns. */
export function labelTable(frames: readonly PanelFrame[], panel: Panel): TableData {
  const rows = [...collect(frames).values()];
  const labels = [...new Set(rows.flatMap((row) => Object.keys(row.labels)))];
  const refs = frames.map(({ query }) => query.refId);
  const column = (name: string, numeric: boolean, refId = ""): Column => ({
    name,
    numeric,
    field: fieldFor(panel.fields, { name, refId }),
  });
  return {
    columns: [
      column(TIME, false),
      ...labels.map((name) => column(name, false)),
      ...refs.map((ref) => column(valueName(ref, refs.length > 1), true, ref)),
    ],
    rows: rows.map((row) => [
      new Date(row.timeMs).toISOString().replace("T", " ").slice(0, 19),
      ...labels.map((name) => row.labels[name] ?? ""),
      ...refs.map((ref) => row.values.get(ref) ?? NaN),
    ]),
  };
}

const SUMMARY = ["lastNotNull", "min", "mean", "max"];

/** One row a series with its last, least, mean and greatest value: how a chart reads as a table. */
export function seriesTable(frames: readonly PanelFrame[], panel: Panel): TableData {
  const rows = frames.flatMap((frame) => {
    const names = nameSeries(
      frame.query.legend,
      frame.series.map(({ labels }) => labels),
      frame.expr,
    );
    return frame.series.map((series, at) => ({
      name: names[at]!,
      field: fieldFor(panel.fields, { name: names[at]!, refId: frame.query.refId }),
      values: SUMMARY.map((calc) => reduce(calc, series.values)),
    }));
  });
  const text: FieldConfig = { ...panel.fields.defaults, mappings: [] };
  return {
    columns: [
      { name: "Series", numeric: false, field: text },
      ...SUMMARY.map((calc) => ({ name: calcLabel(calc), numeric: true, field: panel.fields.defaults })),
    ],
    rows: rows.map(({ name, values }) => [name, ...values]),
  };
}
