/** Words for what a preview shows. Pure. */

import { entryOf } from "../../model/json";
import type { PreviewPanel } from "../../api/library";
import { PASTED, type Unread } from "./entries";

const TYPES: Readonly<Record<string, string>> = {
  timeseries: "time series",
  stat: "stat",
  gauge: "gauge",
  bargauge: "bar gauge",
  table: "table",
  piechart: "pie chart",
  heatmap: "heatmap",
  histogram: "histogram",
  barchart: "bar chart",
  "state-timeline": "state timeline",
  "status-history": "status history",
  text: "text",
};

/** What a panel is, in words; a type of somebody's own as it is. */
export const typeName = (type: string): string => entryOf(TYPES, type) ?? (type === "" ? "unknown" : type);

const MOST_TYPES = 4;

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** `2 files not read.`, or that the pasted text was not. */
export function describeUnread(unread: readonly Pick<Unread, "file">[]): string {
  const files = unread.filter(({ file }) => file !== PASTED).length;
  if (files === 0) return `${PASTED} not read.`;
  return `${plural(files, "file")}${files < unread.length ? " and the pasted text" : ""} not read.`;
}

/** `12 panels: 8 time series, 3 stat, 1 table`. */
export function describePanels(panels: readonly PreviewPanel[]): string {
  if (panels.length === 0) return "No panels";
  const counts = new Map<string, number>();
  for (const { type } of panels) counts.set(type, (counts.get(type) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const named = sorted.slice(0, MOST_TYPES).map(([type, count]) => `${count} ${typeName(type)}`);
  const others = sorted.slice(MOST_TYPES).reduce((sum, [, count]) => sum + count, 0);
  return `${plural(panels.length, "panel")}: ${[...named, ...(others > 0 ? [`${others} others`] : [])].join(", ")}`;
}
