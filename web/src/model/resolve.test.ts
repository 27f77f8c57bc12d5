import { describe, expect, test } from "vitest";
import { parseDashboard, type Panel } from "./dashboard";
import { single } from "./interpolate";
import { pageLinks, resolveDashboard, type Situation } from "./resolve";

const SITUATION: Situation = {
  variables: {
    job: { values: ["a", "b"], texts: ["A", "B"], all: false, several: true },
    ds: single("embedded"),
    step: single("5m"),
  },
  filters: [],
  waiting: new Set(),
  raw: { from: "now-1h", to: "now" },
  range: { fromMs: 0, toMs: 3_600_000 },
};
const DOCUMENT = {
  uid: "u",
  title: "T & Co",
  templating: { list: [{ name: "ds", type: "datasource", query: "prometheus" }] },
};

const resolved = (panel: object, situation: Partial<Situation> = {}): Panel =>
  resolveDashboard(parseDashboard({ ...DOCUMENT, panels: [panel] }), { ...SITUATION, ...situation })[0]!
    .panels[0]!;

test("a query has its values, its source, its step and its legend", () => {
  const panel = resolved({
    datasource: { uid: "${ds}" },
    targets: [
      { expr: 'rate(up{job=~"$job"}[$__rate_interval])', interval: "$step", legendFormat: "{{x}} of $job" },
    ],
  });

  expect(panel.queries[0]).toMatchObject({
    expr: 'rate(up{job=~"(a|b)"}[$__rate_interval])',
    written: 'rate(up{job=~"$job"}[$__rate_interval])',
    source: "embedded",
    minStep: "5m",
    legend: "{{x}} of A + B",
  });
});

test("filters stand on every selector", () => {
  const filters = [{ label: "dc", op: "=" as const, values: ["eu"] }];

  expect(resolved({ targets: [{ expr: "up" }] }, { filters }).queries[0]).toMatchObject({
    expr: 'up{dc="eu"}',
    written: "up",
  });
});

describe("texts", () => {
  test.each<[string, string]>([
    ["$job over ${__range}", "A + B over 3600s"],
    ["${__dashboard} ${__dashboard.uid}", "T & Co u"],
    ["every $__interval", "every 5s"],
    ["${__from:date:YYYY}", "1970"],
    ["$unknown", "$unknown"],
  ])("the title %s", (title, text) => {
    expect(resolved({ title }).title).toBe(text);
  });

  test("values in markup are no markup", () => {
    const variables = { x: single("<b>") };
    const panel = resolved({ type: "text", options: { content: "**$x** ${x:raw}" } }, { variables });

    expect(panel.options.content).toBe("**&#60;b&#62;** <b>");
  });

  test("the text of an old panel stands outside of its options", () => {
    expect(resolved({ type: "text", content: "$job" }).options.content).toBe("a, b");
  });

  test("a link carries the page's choices", () => {
    const links = [{ title: "to $job", url: "d/x?${__url_time_range}&${job:queryparam}" }];

    expect(resolved({ links }).links).toEqual([
      { title: "to A + B", url: "d/x?from=now-1h&to=now&var-job=a&var-job=b", newTab: false },
    ]);
  });
});

test("a link in an override is an address, too; the rest of an override is text", () => {
  const links = [{ title: "to $q", url: "d/x?var-q=$q" }];
  const properties = [
    { id: "links", value: links },
    { id: "displayName", value: "of $q" },
  ];
  const fieldConfig = { defaults: { links }, overrides: [{ matcher: { id: "byName" }, properties }] };
  const variables = { q: single("p&q r") };
  const { defaults, overrides } = resolved({ fieldConfig }, { variables }).fields;

  expect(defaults.links[0]!.url).toBe("d/x?var-q=p&q%20r");
  expect(overrides[0]!.properties).toEqual([
    { id: "links", value: [{ title: "to p&q r", url: "d/x?var-q=p&q%20r" }] },
    { id: "displayName", value: "of p&q r" },
  ]);
});

test("a panel whose variable has no value yet waits, one that does not name it goes on", () => {
  const waiting = new Set(["job"]);

  expect(resolved({ targets: [{ expr: 'up{job="$job"}' }] }, { waiting }).waits).toBe(true);
  expect(resolved({ targets: [{ expr: "up" }] }, { waiting }).waits).toBeUndefined();
});

test("a panel without any reference stays the same object", () => {
  const dashboard = parseDashboard({ panels: [{ title: "x", targets: [{ expr: "up" }] }] });
  const [first, second] = [1, 2].map(() => resolveDashboard(dashboard, SITUATION)[0]!.panels[0]!.queries);

  expect(first).toBe(second);
});

test("copies have their own value in everything", () => {
  const document = {
    panels: [{ title: "of $job", repeat: "job", targets: [{ expr: 'up{job=~"$job"}' }] }],
  };
  const { panels } = resolveDashboard(parseDashboard(document), SITUATION)[0]!;

  expect(panels.map(({ title, queries }) => [title, queries[0]!.expr])).toEqual([
    ["of A", 'up{job=~"a"}'],
    ["of B", 'up{job=~"b"}'],
  ]);
});

test("what a link takes along is encoded once, and has the page's filters", () => {
  const along = { url: "d/x", keepTime: true, includeVars: true };
  const templating = { list: [{ name: "by", type: "adhoc" }] };
  const situation: Situation = {
    ...SITUATION,
    raw: { from: "2026-11-21 09:00:00", to: "now" },
    variables: { inst: single("localhost:9100"), by: single("") },
    filters: [{ label: "dc", op: "=", values: ["eu"] }],
  };

  expect(pageLinks(parseDashboard({ templating, links: [along] }), situation)[0]!.url).toBe(
    "d/x?from=2026-11-21%2009%3A00%3A00&to=now&var-inst=localhost%3A9100&var-by=dc%7C%3D%7Ceu",
  );
  expect(resolved({ links: [{ url: "d/x?${__all_variables}" }] }, situation).links[0]!.url).toBe(
    "d/x?var-inst=localhost%3A9100&var-by=",
  );
});

test("a panel's smallest step may be a variable's, as that of a query", () => {
  expect(resolved({ interval: ">$step", title: "every $__interval" })).toMatchObject({
    minStepMs: 300_000,
    title: "every 5m",
  });
  expect(resolved({ interval: "$unknown" }).minStepMs).toBeUndefined();
});

test("a link of the page takes range and choices along where it says so", () => {
  const links = [
    { title: "plain", url: "https://example.org" },
    { title: "along", url: "d/x?a=b", keepTime: true, includeVars: true, targetBlank: true },
    { title: "to tags", type: "dashboards", tags: ["x"] },
  ];

  expect(pageLinks(parseDashboard({ links }), { ...SITUATION, variables: { step: single("5m") } })).toEqual([
    { title: "plain", url: "https://example.org", newTab: false },
    { title: "along", url: "d/x?a=b&from=now-1h&to=now&var-step=5m", newTab: true },
  ]);
});
