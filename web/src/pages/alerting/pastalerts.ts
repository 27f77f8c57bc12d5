/** What fired in a range, by alert: how often, how long, and who was told. Pure. */

import type { TimeRange } from "../../model/timerange";
import type { Episode } from "./api";

export interface PastAlert {
  name: string;
  system: string;
  severity: string;
  /** The newest first. */
  episodes: Episode[];
  /** How long it fired within the range; of times that overlap each counts. */
  totalMs: number;
}

/** How long it fired within a range. */
export const lastedMs = ({ startMs, endMs }: Episode, { fromMs, toMs }: TimeRange): number =>
  Math.max(0, Math.min(endMs ?? toMs, toMs) - Math.max(startMs, fromMs));

const textOf = ({ labels, annotations, told, failed }: Episode): string =>
  [
    ...Object.entries(labels).map(([name, value]) => `${name}=${value} ${name}="${value}"`),
    ...Object.values(annotations),
    ...told,
    ...failed,
  ]
    .join(" ")
    .toLowerCase();

/** Alerts by name and system that hold every word of the search; what fired longest stands first. */
export function listPast(episodes: readonly Episode[], search: string, range: TimeRange): PastAlert[] {
  const words = search.toLowerCase().split(/\s+/);
  const found = new Map<string, PastAlert>();
  for (const episode of episodes) {
    const text = textOf(episode);
    if (!words.every((word) => text.includes(word))) continue;
    const { alertname = "Alert without a name", system = "", severity = "" } = episode.labels;
    const key = JSON.stringify([alertname, system]);
    const known = found.get(key) ?? { name: alertname, system, severity, episodes: [], totalMs: 0 };
    known.episodes.push(episode);
    known.totalMs += lastedMs(episode, range);
    found.set(key, known);
  }
  return [...found.values()].sort((a, b) => b.totalMs - a.totalMs || a.name.localeCompare(b.name));
}
