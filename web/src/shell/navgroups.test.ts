import { expect, test } from "vitest";
import type { DashboardHit } from "../api/catalog";
import { groupDashboards } from "../query/dashboards";
import { apart, navGroups, nearest } from "./navgroups";

const hit = (uid: string, more: Partial<DashboardHit> = {}): DashboardHit => ({
  uid,
  title: uid,
  tags: [],
  url: `/d/${uid}`,
  ...more,
});
const many = (count: number, name: string, more: Partial<DashboardHit>) =>
  Array.from({ length: count }, (_, at) => hit(`${name}${at}`, more));
const shown = (hits: DashboardHit[], visited: string[] = []) =>
  navGroups(
    groupDashboards(hits),
    visited.map((uid) => ({ uid, at: 0 })),
  ).map(({ title, hits: inside, of }) => [title, inside.map(({ uid }) => uid), of]);

test("a few are all there, by folder", () => {
  const hits = [hit("host"), hit("a", { saved: true, folderUid: "f", folderTitle: "F" })];
  expect(shown(hits)).toEqual([
    ["Dashboards", ["host"], undefined],
    ["F", ["a"], undefined],
  ]);
});

test("of many, those that one goes to, and the way to all", () => {
  const hits = [
    hit("host"),
    ...many(113, "s", { saved: true }),
    hit("star", { saved: true, isStarred: true }),
  ];
  expect(shown(hits, ["s7", "gone", "star", "s2"])).toEqual([
    ["Starred", ["star"], undefined],
    ["Recent", ["s7", "s2"], undefined],
    ["Dashboards", ["host"], 115],
  ]);
});

test("many automatic ones are cut, and say so", () => {
  const [dashboards, automatic] = shown(many(20, "a", { tags: ["automatic"] }));
  expect(dashboards).toEqual(["Dashboards", [], 20]);
  expect(automatic!.slice(1)).toEqual([["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"], 20]);
});

test("of many, packs show their start pages, called as the packs are", () => {
  const pack = { pack: "p", folderTitle: "System P" };
  const hits = [hit("start", pack), hit("other", pack), ...many(20, "a", { tags: ["automatic"] })];
  const visits = [
    { uid: "start", at: 2 },
    { uid: "other", at: 1 },
  ];
  const groups = navGroups(groupDashboards(hits), visits);
  expect(groups.find(({ title }) => title === "Recent")!.hits.map(({ uid }) => uid)).toEqual(["other"]);
  const { hits: inside } = groups.find(({ title }) => title === "Packs")!;
  expect(inside.map(({ uid, title }) => [uid, title])).toEqual([["start", "System P"]]);
});

test("starred and visited ones come first, the others stay in their order", () => {
  const hits = [hit("a"), hit("b"), hit("c"), hit("d", { isStarred: true })];
  expect(nearest(hits, [{ uid: "c", at: 0 }]).map(({ uid }) => uid)).toEqual(["d", "c", "a", "b"]);
});

test("dashboards of one title are told apart by where they are", () => {
  const hits = [
    hit("a", { title: "Same", saved: true, folderTitle: "Team" }),
    hit("b", { title: "Same", saved: true }),
    hit("c", { title: "Same" }),
    hit("d", { title: "Same", tags: ["automatic", "from Prometheus"] }),
    hit("e", { title: "Same", tags: ["automatic"] }),
    hit("f", { title: "Alone", saved: true }),
    hit("g", { title: "Other", saved: true, folderTitle: "Team" }),
  ];
  expect(hits.map(apart(hits))).toEqual([
    "Team",
    "No folder",
    "Built in",
    "from Prometheus",
    "Automatic",
    undefined,
    "Team",
  ]);
});
