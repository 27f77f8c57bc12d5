import { describe, expect, it } from "vitest";
import type { Frame } from "../api/frames";
import { parseDashboard } from "../model/dashboard";
import { alertList, concernsOf, eventsOfAlerts } from "./alertmarks";
import { eventsOn } from "./events";

const dashboard = parseDashboard({
  panels: [
    { id: 1, type: "timeseries", targets: [{ expr: 'rate(errors_total{job="api"}[5m])' }] },
    { id: 2, type: "timeseries", targets: [{ expr: "memory_bytes" }] },
    {
      id: 3,
      type: "row",
      collapsed: true,
      panels: [{ id: 4, type: "timeseries", targets: [{ expr: "errors_total" }] }],
    },
  ],
});

const RULES = [
  { name: "ManyErrors", query: "rate(errors_total[5m]) > 1", labels: { system: "shop" } },
  { name: "Down", query: "up == 0", labels: { system: "shop" } },
  { name: "Else.where", query: "disk_bytes < 5", labels: {} },
];

const frame = (alerts: { labels: Record<string, string>; values: number[] }[]): Frame => ({
  times: Float64Array.from([0, 1000, 2000, 3000]),
  step: 1000,
  warnings: [],
  series: alerts.map(({ labels, values }) => ({ labels, values: Float64Array.from(values) })),
});

describe("alerts that concern a dashboard", () => {
  it("share a metric with a panel", () => {
    const concerns = concernsOf(RULES, dashboard, undefined);
    expect([...concerns].map(([name, { panels, whole }]) => [name, [...panels], whole])).toEqual([
      [
        "ManyErrors",
        [
          [1, ["api"]],
          [4, []],
        ],
        false,
      ],
    ]);
  });

  it("or are of its pack", () => {
    const concerns = concernsOf(RULES, dashboard, "shop");
    expect([...concerns].map(([name, { whole }]) => [name, whole])).toEqual([
      ["ManyErrors", true],
      ["Down", true],
    ]);
  });
});

describe("firing times", () => {
  const list = alertList(concernsOf(RULES, dashboard, undefined));
  const labels = {
    __name__: "ALERTS",
    alertname: "ManyErrors",
    alertstate: "firing",
    severity: "warning",
    job: "db",
  };

  it("are asked by the names of the alerts", () => {
    expect(list.expr).toBe('ALERTS{alertstate="firing",alertname=~"ManyErrors"}');
    const odd = alertList(new Map([['a.b|"c', { panels: new Map(), whole: true }]]));
    expect(odd.expr).toBe(String.raw`ALERTS{alertstate="firing",alertname=~"a\\.b\\|\"c"}`);
  });

  it("are spans that say what fired", () => {
    const [event, later] = eventsOfAlerts(list, frame([{ labels, values: [1, 1, NaN, 1] }]));
    expect(event).toMatchObject({
      fromMs: 0,
      toMs: 2000,
      title: "ManyErrors fired",
      text: "job=db",
      tags: ["warning"],
      color: "orange",
    });
    expect([later!.fromMs, later!.toMs]).toEqual([3000, 4000]);
  });

  it("stand on the panels that they concern, of their own job", () => {
    const events = eventsOfAlerts(list, frame([{ labels, values: [1, 1, 1, 1] }]));
    const shownOn = [1, 2, 4].filter((id) => eventsOn(events, [list], id).length > 0);
    expect(shownOn).toEqual([4]);
    const whole = alertList(concernsOf(RULES, dashboard, "shop"));
    const all = eventsOfAlerts(whole, frame([{ labels, values: [1, 1, 1, 1] }]));
    expect([1, 2, 4].filter((id) => eventsOn(all, [whole], id).length > 0)).toEqual([1, 2, 4]);
  });
});
