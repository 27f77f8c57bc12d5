import { expect, test } from "vitest";
import type { DataSource } from "../api/catalog";
import { groupDashboards, isArriving } from "./dashboards";
import { elsewhere } from "./sources";

const hit = (uid: string, ...tags: string[]) => ({ uid, title: uid, tags, url: `/d/${uid}` });

test("automatic dashboards stand by the place of their metrics", () => {
  const groups = groupDashboards([
    hit("machine", "host"),
    hit("a", "automatic", "from Prometheus"),
    hit("b", "automatic", "collected here"),
  ]);

  expect(groups.map(({ title }) => title)).toEqual([
    "Dashboards",
    "Automatic, from Prometheus",
    "Automatic, collected here",
  ]);
});

test("dashboards of a folder stand together, by its title; a saved one with the tag is not automatic", () => {
  const inside = (uid: string, folder: string) => ({ ...hit(uid), folderUid: folder, folderTitle: folder });
  const own = { ...hit("mine", "automatic"), saved: true };
  const groups = groupDashboards([hit("machine"), inside("a", "Shop"), inside("b", "Chat"), own]);

  expect(groups.map(({ title, hits }) => [title, ...hits.map(({ uid }) => uid)])).toEqual([
    ["Dashboards", "machine", "mine"],
    ["Chat", "b"],
    ["Shop", "a"],
  ]);
});

test("where there is one place, it is not named", () => {
  expect(groupDashboards([hit("a", "automatic")]).map(({ title }) => title)).toEqual(["Automatic"]);
});

const upstream = (state: "up" | "down" | "unknown", since = 0) =>
  ({
    uid: "prometheus",
    name: "Prometheus",
    url: "http://there",
    isDefault: true,
    watchglass: { kind: "prometheus", state, since, error: "" },
  }) as DataSource;
const own = hit("b", "automatic", "collected here");
const theirs = hit("a", "automatic", "from Prometheus");

test.each([
  ["unknown", [own], /^Asking Prometheus/],
  ["down", [own], /^Prometheus has not answered since .*\d\d:\d\d \S+\. Its dashboards come/],
  ["down", [own, theirs], /^Prometheus has not answered since .*\d\d:\d\d \S+\.$/],
  ["up", [own], /^Prometheus answers, and has told no job yet/],
] as const)("a server that is %s says so where its dashboards stand", (state, hits, note) => {
  const groups = groupDashboards(hits, upstream(state));

  expect(groups.map(({ title }) => title)).toEqual([
    "Automatic, from Prometheus",
    "Automatic, collected here",
  ]);
  expect(groups[0]?.note).toMatch(note);
  expect(groups[1]?.note).toBeUndefined();
});

test("where all is there, nothing is said", () => {
  expect(groupDashboards([theirs, own], upstream("up")).map(({ note }) => note)).toEqual([
    undefined,
    undefined,
  ]);
});

test("dashboards are expected from a server that has begun to answer, or has told no job yet", () => {
  expect(isArriving(undefined, [], 0)).toBe(false);
  expect(isArriving(upstream("down"), [], 0)).toBe(false);
  expect(isArriving(upstream("up", 1000), [theirs], 2000)).toBe(true);
  expect(isArriving(upstream("up", 1000), [theirs], 100_000)).toBe(false);
  expect(isArriving(upstream("up", 1000), [own], 100_000)).toBe(true);
});

test("the server elsewhere is the default one that is not ourselves", () => {
  const source = (uid: string, kind: "embedded" | "prometheus", isDefault: boolean) => {
    const { watchglass, ...rest } = upstream("up");
    return { ...rest, uid, isDefault, watchglass: { ...watchglass, kind } };
  };

  expect(
    elsewhere([source("prometheus", "prometheus", true), source("embedded", "embedded", false)])?.uid,
  ).toBe("prometheus");
  expect(elsewhere([source("embedded", "embedded", true)])).toBeUndefined();
  expect(elsewhere(undefined)).toBeUndefined();
});
