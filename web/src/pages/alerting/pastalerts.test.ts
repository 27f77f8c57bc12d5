import { expect, test } from "vitest";
import type { Episode } from "./api";
import { lastedMs, listPast } from "./pastalerts";

const episode = (
  alertname: string,
  startMs: number,
  endMs: number | null,
  more: Partial<Episode> = {},
): Episode => ({
  labels: { alertname, system: "shop", severity: "warning" },
  annotations: {},
  startMs,
  endMs,
  told: ["pager"],
  failed: [],
  ...more,
});

const RANGE = { fromMs: 100, toMs: 200 };

test("only what lies within the range counts", () => {
  expect(lastedMs(episode("A", 50, 120), RANGE)).toBe(20);
  expect(lastedMs(episode("A", 150, null), RANGE)).toBe(50);
  expect(lastedMs(episode("A", 150, 400), RANGE)).toBe(50);
  expect(lastedMs(episode("A", 10, 20), RANGE)).toBe(0);
});

test("what fired longest stands first, each time below its alert", () => {
  const all = [
    episode("B", 160, 170),
    episode("A", 150, 155),
    episode("A", 120, 123),
    episode("A", 120, 121, { labels: { alertname: "A" } }),
  ];
  const listed = listPast(all, "", RANGE).map(({ name, system, episodes, totalMs }) => [
    name,
    system,
    episodes.length,
    totalMs,
  ]);
  expect(listed).toEqual([
    ["B", "shop", 1, 10],
    ["A", "shop", 2, 8],
    ["A", "", 1, 1],
  ]);
});

test("words are looked for in labels, annotations and receivers", () => {
  const all = [episode("A", 120, 130), episode("B", 120, 130, { told: [], failed: ["chat"] })];
  expect(listPast(all, 'alertname="a" PAGER', RANGE).map(({ name }) => name)).toEqual(["A"]);
  expect(listPast(all, "chat", RANGE).map(({ name }) => name)).toEqual(["B"]);
  expect(listPast(all, "nothing", RANGE)).toEqual([]);
});
