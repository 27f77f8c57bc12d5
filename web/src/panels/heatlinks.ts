/** What the links of a heatmap's cells are about. Pure. */

import type { Labels } from "../api/frames";
import { parseBound, type HeatRow } from "../charts/buckets";
import type { Subject } from "../links/datalinks";
import { hasLinks } from "../links/subjects";
import { fieldFor, type FieldConfig, type FieldRules } from "../model/field";

export interface Cell {
  row: HeatRow;
  /** The row as it is written. */
  name: string;
  count: number;
  /** ms at which its column ends. */
  endMs: number;
}

interface Called {
  name: string;
  labels: Labels;
}

/** The series that count into a row of buckets. */
export const seriesOfRow = <T extends Called>(series: readonly T[], { high, name }: HeatRow): T[] =>
  series.filter((one) =>
    Number.isNaN(high) ? one.name === name : parseBound(one.labels.le ?? one.name) === high,
  );

/** Labels as far as all agree. */
function sharedLabels(all: readonly Labels[]): Labels {
  const [first = {}, ...others] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([key, value]) => others.every((labels) => labels[key] === value)),
  );
}

interface Fields {
  rules: FieldRules;
  /** How counts are written. */
  field: FieldConfig;
  refId: string;
}

/** A cell's count, at the end of its time, with the labels that its series share; undefined without links. */
export function cellSubject(
  { row, name, count, endMs }: Cell,
  series: readonly Called[],
  { rules, field, refId }: Fields,
): Subject | undefined {
  const labels = sharedLabels(series.map((one) => one.labels));
  const { links } = fieldFor(rules, { name: row.name || name, refId, labels, values: [count] });
  const linked = { ...field, links };
  return hasLinks(linked) ? { name, refId, field: linked, labels, value: count, timeMs: endMs } : undefined;
}
