/** Answers to events: of an expression's samples, and of what the server keeps. Pure. */

import { entryOf } from "../model/json";
import type { Frame, Labels } from "../api/frames";
import type { ChartEvent } from "../charts/events";
import type { EventList, QueryList } from "./definitions";

/** More than these are a band of colour, and slow. */
export const MOST_EVENTS = 500;

/** `{{label}}` filled in. */
const fillLabels = (format: string, labels: Labels): string =>
  format.replaceAll(/\{\{\s*([^}\s]+)\s*\}\}/g, (_, name: string) => entryOf(labels, name) ?? "");

/** Times at which a series says that something is the case: samples above zero, or the times that they are. */
function activeTimes(frame: Frame, values: Float64Array, valueIsTime: boolean): number[] {
  if (valueIsTime) return [...values].filter(Number.isFinite).map(Math.floor);
  return [...frame.times].filter((_, at) => values[at]! > 0);
}

/** Times no further apart than the step are one span. */
export function joinTimes(times: readonly number[], stepMs: number): [number, number][] {
  const spans: [number, number][] = [];
  for (const time of times) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] + stepMs >= time) last[1] = Math.max(last[1], time);
    else spans.push([time, time]);
  }
  return spans;
}

/** The events of a query. Source: Grafana, annotations of its Prometheus data source. */
export function eventsOfFrame(list: QueryList, frame: Frame): ChartEvent[] {
  const { name, color, titleFormat, textFormat, tagKeys, valueIsTime } = list;
  const events = frame.series.flatMap(({ labels, values }) => {
    const times = [...new Set(activeTimes(frame, values, valueIsTime))].sort((a, b) => a - b);
    const tags = tagKeys.flatMap((key) => entryOf(labels, key) ?? []);
    return joinTimes(times, valueIsTime ? 0 : frame.step).map(([fromMs, toMs]) => ({
      list: name,
      fromMs,
      toMs,
      title: fillLabels(titleFormat, labels) || name,
      text: fillLabels(textFormat, labels),
      tags,
      color,
      panelId: 0,
      by: "",
    }));
  });
  return events.sort((a, b) => a.fromMs - b.fromMs).slice(-MOST_EVENTS);
}

/** An annotation as the server gives it. */
export interface Kept {
  id: number;
  dashboardUID: string;
  panelId: number;
  time: number;
  timeEnd: number;
  text: string;
  tags: string[];
  login: string;
}

/** The first line is what people read first. */
export function eventOfKept(list: EventList, kept: Kept): ChartEvent {
  const [title = "", ...rest] = kept.text.split("\n");
  return {
    id: kept.id,
    list: list.name,
    fromMs: kept.time,
    toMs: kept.timeEnd,
    title,
    text: rest.join("\n").trim(),
    tags: kept.tags,
    color: list.color,
    panelId: kept.panelId,
    by: kept.login,
  };
}

/** Whether a list shows on a panel. */
export const showsOn = ({ panels }: EventList, panelId: number): boolean =>
  panels === undefined || panels.ids.includes(panelId) !== panels.exclude;

/** Those events of a page that a panel shows. */
export function eventsOn(
  events: readonly ChartEvent[],
  lists: readonly EventList[],
  panelId: number,
): ChartEvent[] {
  const shown = new Set(lists.filter((list) => showsOn(list, panelId)).map(({ name }) => name));
  return events.filter(
    (event) =>
      shown.has(event.list) &&
      (event.panelId === 0 || event.panelId === panelId) &&
      (event.panels?.includes(panelId) ?? true),
  );
}
