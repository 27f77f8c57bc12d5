import { describe, expect, it } from "vitest";
import type { Frame } from "../api/frames";
import { parseEventLists, type QueryList } from "./definitions";
import { eventOfKept, eventsOfFrame, eventsOn, joinTimes } from "./events";

const document = {
  list: [
    {
      builtIn: 1,
      name: "Marks",
      enable: true,
      iconColor: "orange",
      target: { type: "dashboard", limit: 50 },
    },
    {
      name: "Deploys",
      datasource: { type: "prometheus", uid: "embedded" },
      expr: "changes(x[1m])",
      step: "30s",
      titleFormat: "{{ job }} restarted",
      textFormat: "on {{instance}}{{gone}}",
      tagKeys: "job, zone",
      enable: false,
      iconColor: "red",
      filter: { exclude: true, ids: [3] },
    },
    { name: "New", target: { expr: "up == 0", refId: "Anno", interval: "1m" } },
    {
      name: "By tags",
      datasource: { uid: "-- Grafana --" },
      target: { type: "tags", tags: ["deploy"], matchAny: true },
    },
    { name: "Empty", expr: "" },
  ],
};

describe("parseEventLists", () => {
  const lists = parseEventLists(document);
  it("reads every form", () =>
    expect(lists.map(({ name, kind, enabled, color }) => [name, kind, enabled, color])).toEqual([
      ["Marks", "kept", true, "orange"],
      ["Deploys", "query", false, "red"],
      ["New", "query", true, "blue"],
      ["By tags", "kept", true, "blue"],
    ]));
  it("finds expression, step and source wherever they stand", () => {
    expect(lists[1]).toMatchObject({ source: "embedded", expr: "changes(x[1m])", stepMs: 30_000 });
    expect(lists[2]).toMatchObject({ source: "default", expr: "up == 0", stepMs: 60_000 });
  });
  it("has the dashboard's own marks without being told", () => {
    expect(parseEventLists(undefined)).toMatchObject([{ kind: "kept", byTags: false, hidden: true }]);
    expect(parseEventLists({ list: [{ name: "x", expr: "up" }] })).toHaveLength(2);
  });
});

it.each([
  [[1, 2, 3], 1, [[1, 3]]],
  [
    [1, 3, 9],
    2,
    [
      [1, 3],
      [9, 9],
    ],
  ],
  [[], 5, []],
])("joins %j by %j to %j", (times, step, spans) => expect(joinTimes(times, step)).toEqual(spans));

describe("eventsOfFrame", () => {
  const list = parseEventLists(document)[1] as QueryList;
  const frame: Frame = {
    times: Float64Array.of(0, 30_000, 60_000, 90_000, 120_000),
    series: [
      { labels: { job: "chat", instance: "one" }, values: Float64Array.of(0, 1, 2, NaN, 1) },
      { labels: { job: "node" }, values: Float64Array.of(0, 0, -1, 0, 0) },
    ],
    step: 30_000,
    warnings: [],
  };
  it("makes one event of samples in a row, and none of zeros", () =>
    expect(eventsOfFrame(list, frame).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [30_000, 60_000],
      [120_000, 120_000],
    ]));
  it("fills in labels", () =>
    expect(eventsOfFrame(list, frame)[0]).toMatchObject({
      title: "chat restarted",
      text: "on one",
      tags: ["chat"],
      color: "red",
    }));
  it("takes values for times where the list says so", () => {
    const at = { ...frame, series: [{ labels: {}, values: Float64Array.of(7000, 7000, NaN, 9000, 9000) }] };
    expect(eventsOfFrame({ ...list, valueIsTime: true }, at).map(({ fromMs }) => fromMs)).toEqual([
      7000, 9000,
    ]);
  });
});

describe("eventsOn", () => {
  const lists = parseEventLists(document);
  const kept = (panelId: number) =>
    eventOfKept(lists[0]!, {
      id: 1,
      dashboardUID: "x",
      panelId,
      time: 1,
      timeEnd: 1,
      text: "Deploy\nversion 2",
      tags: [],
      login: "",
    });
  it("splits the first line off", () =>
    expect(kept(0)).toMatchObject({ title: "Deploy", text: "version 2" }));
  it("shows what belongs to one panel there only", () => {
    expect(eventsOn([kept(0), kept(2)], lists, 2)).toHaveLength(2);
    expect(eventsOn([kept(0), kept(2)], lists, 5)).toHaveLength(1);
  });
  it("leaves out panels that a list excludes", () => {
    const event = { ...kept(0), list: "Deploys" };
    expect(eventsOn([event], lists, 3)).toEqual([]);
    expect(eventsOn([event], lists, 4)).toEqual([event]);
  });
});
