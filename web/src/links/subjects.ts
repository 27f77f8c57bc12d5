/** What the links of a panel's data are about: the newest value of each series, or each row of a table. Pure. */

import { fieldFor, type FieldConfig } from "../model/field";
import type { Panel } from "../model/dashboard";
import { isAbsent, nameOf, type DataFrame } from "../model/frame";
import { nameSeries } from "../model/legend";
import type { OwnSeries } from "../query/frames";
import type { PanelFrame } from "../query/panel";
import type { Subject } from "./datalinks";

export const hasLinks = ({ links }: FieldConfig): boolean => links.length > 0;

/** Each series at one place of its times, or at its newest value. */
export function seriesSubjects(frames: readonly PanelFrame[], panel: Panel, atMs?: number): Subject[] {
  return frames.flatMap((frame) => {
    const { refId, legend } = frame.query;
    const labels = frame.series.map((series) => series.labels);
    const names = nameSeries(legend, labels, frame.expr);
    return frame.series.flatMap((series, place): Subject[] => {
      const { own, values } = series as OwnSeries;
      const name = names[place]!;
      const field = fieldFor(panel.fields, { name, refId, labels: series.labels, values }, own);
      const at =
        atMs === undefined
          ? values.findLastIndex((value) => !Number.isNaN(value))
          : frame.times.findLastIndex((time) => time <= atMs);
      if (!hasLinks(field) || at < 0) return [];
      const shown = field.displayName ?? name;
      return [
        { name: shown, refId, field, labels: series.labels, value: values[at]!, timeMs: frame.times[at]! },
      ];
    });
  });
}

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  return isAbsent(value) || typeof value === "object" ? "" : JSON.stringify(value);
};

/** Each row of a table, for each of its columns that has links. */
function rowSubjects(table: DataFrame): Subject[] {
  const linked = table.fields.filter(({ config }) => config !== undefined && hasLinks(config));
  return Array.from({ length: table.length }, (_, at) => {
    const row = Object.fromEntries(table.fields.map((field) => [nameOf(field), textOf(field.values[at])]));
    return linked.map((field): Subject => {
      const value = field.values[at];
      const name = nameOf(field);
      return {
        name: typeof value === "string" && value !== "" ? value : name,
        refId: table.refId,
        field: field.config!,
        labels: field.labels ?? {},
        value: typeof value === "number" ? value : NaN,
        ...(typeof value === "string" ? { text: value } : {}),
        timeMs: NaN,
        row,
      };
    });
  }).flat();
}

const isTable = ({ fields }: DataFrame): boolean => fields.some(({ type }) => type === "string");

/** Everything that a panel shows and links from. */
export function panelSubjects(
  frames: readonly PanelFrame[],
  tables: readonly DataFrame[],
  panel: Panel,
): Subject[] {
  const rows = tables.filter(isTable).flatMap(rowSubjects);
  return rows.length > 0 ? rows : seriesSubjects(frames, panel);
}
