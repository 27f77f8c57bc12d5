/** The tables that can be looked at of a panel: of all its queries side by side, or of one. Pure. */

import { oneSheet, uniqueNames } from "../export/join";
import type { Panel } from "../model/dashboard";
import type { FieldConfig } from "../model/field";
import { nameOf, type DataFrame, type Field } from "../model/frame";
import { shapeFrames } from "../query/frames";
import type { PanelData } from "../query/panel";
import { tableData, type TableData } from "../query/table";

export interface Choice {
  id: string;
  title: string;
}

/** Stands for all queries together. */
export const ALL = "";

/** The tables after the panel's transformations, or as they were answered. */
export const tablesOf = (panel: Panel, { frames }: PanelData, transformed: boolean): readonly DataFrame[] =>
  shapeFrames(frames, transformed ? panel : { ...panel, transformations: [] }).tables;

/** All together, and each query where there are several. */
export function choicesOf(tables: readonly DataFrame[]): Choice[] {
  const refs = [...new Set(tables.map(({ refId }) => refId))];
  const all = { id: ALL, title: refs.length > 1 ? "All queries, joined by time" : "All" };
  return refs.length > 1 ? [all, ...refs.map((refId) => ({ id: refId, title: `Query ${refId}` }))] : [all];
}

/** The table of a choice; undefined where there is nothing. */
export function sheetOf(tables: readonly DataFrame[], choice: string): DataFrame | undefined {
  const chosen = tables.filter(({ refId }) => choice === ALL || refId === choice);
  return oneSheet(chosen.length > 0 ? chosen : tables);
}

/** Numbers as they are, without unit, decimals or mapping. */
const exact = (config: FieldConfig): FieldConfig => {
  const { decimals: _, displayName, ...rest } = config;
  return { ...rest, ...(displayName === undefined ? {} : { displayName }), unit: "string", mappings: [] };
};

function asWritten(field: Field): Field {
  const config = field.config === undefined ? undefined : exact(field.config);
  const kept = config === undefined ? field : { ...field, config };
  if (field.type !== "time") return kept;
  const values = Array.from(field.values, (value) =>
    typeof value === "number" && Number.isFinite(value) ? new Date(value).toISOString() : "",
  );
  return { ...kept, type: "string", values };
}

/** A table to draw, the newest row first, as the page writes it or with values as they came. */
export function drawable(sheet: DataFrame, formatted: boolean): TableData {
  const fields = formatted ? sheet.fields : sheet.fields.map(asWritten);
  const table = tableData({ ...sheet, fields });
  const names = uniqueNames(sheet.fields.map(nameOf));
  const times = sheet.fields
    .filter(({ config }) => config !== undefined && config.custom.hidden !== true)
    .map(({ type }) => type === "time");
  const timed = sheet.fields[0]?.type === "time";
  return {
    rows: timed ? table.rows.toReversed() : table.rows,
    columns: table.columns.map(({ field, ...column }, at) => ({
      ...column,
      field: times[at] === true ? { ...field, links: [] } : field, // they are the links of what has this time
      name: names[at] ?? column.name,
    })),
  };
}
