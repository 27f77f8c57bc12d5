import { expect, test } from "vitest";
import { makePools, type Answer, type Health, type Target } from "./targets";

const target = (
  scrapePool: string,
  instance: string,
  health: Health,
  more: Partial<Target> = {},
): Target => ({
  discoveredLabels: { __address__: instance },
  labels: { job: scrapePool, instance },
  scrapePool,
  scrapeUrl: `http://${instance}/metrics`,
  health,
  lastError: "",
  lastScrape: "2026-11-21T00:00:00Z",
  lastScrapeDuration: 0.01,
  scrapeInterval: "15s",
  scrapeTimeout: "10s",
  ...more,
});

const ANSWER: Answer = {
  activeTargets: [
    target("api", "a:1", "up"),
    target("api", "b:1", "unknown"),
    target("db", "c:1", "up"),
    target("db", "d:1", "down", { lastError: "connection refused" }),
  ],
  droppedTargets: [],
  droppedTargetCounts: { api: 0, empty: 3 },
  unsupportedDiscoveries: [{ scrapePool: "cloud", kind: "ec2_sd_configs" }],
};

const ALL = { state: "all", pool: "", search: "" } as const;

test("what is wrong comes first, in pools and between them", () => {
  const pools = makePools(ANSWER, ALL);

  expect(pools.map(({ name }) => name)).toEqual(["cloud", "db", "api", "empty"]);
  expect(pools[1]!.targets.map(({ health }) => health)).toEqual(["down", "up"]);
  expect(pools[2]!.targets.map(({ health }) => health)).toEqual(["unknown", "up"]);
  expect(pools[3]!.dropped).toBe(3);
});

test("counts are of all targets, whatever is shown of them", () => {
  const pools = makePools(ANSWER, { ...ALL, state: "down" });
  const database = pools.find(({ name }) => name === "db")!;

  expect([database.up, database.down, database.targets.length]).toEqual([1, 1, 1]);
});

test.each([
  ["refused", ["http://d:1/metrics"]],
  ["instance=a", ["http://a:1/metrics"]],
  ['job="db" c:1', ["http://c:1/metrics"]],
  ["nothing", []],
])("the search finds %s", (search, found) => {
  const pools = makePools(ANSWER, { ...ALL, search });
  expect(pools.flatMap(({ targets }) => targets.map(({ scrapeUrl }) => scrapeUrl))).toEqual(found);
});
