import { expect, test } from "vitest";
import type { DashboardHit } from "../../api/catalog";
import { groupDashboards } from "../../query/dashboards";
import { aboutOf } from "./about";
import { findHits, kindOf, sectionsOf, tagsOf, type Filters } from "./listing";

const ALL: Filters = { text: "", tags: [], starred: false, sort: "title" };

const hit = (title: string, more: Partial<DashboardHit> = {}): DashboardHit => ({
  uid: title,
  title,
  tags: [],
  url: `/d/${title}`,
  ...more,
});
const saved = (title: string, more: Partial<DashboardHit> = {}) => hit(title, { saved: true, ...more });

const HITS = [
  saved("Cost of chat", { tags: ["llm"], updatedMs: 2, folderUid: "f", folderTitle: "Chat" }),
  saved("API", { tags: ["web", "llm"], updatedMs: 3, isStarred: true, description: "What the chat costs" }),
  saved("Zebra", { updatedMs: 1, provisioned: true, file: "zoo/zebra.json" }),
  hit("This machine", { tags: ["host"] }),
  hit("node", { tags: ["automatic"] }),
];
const titles = (hits: readonly DashboardHit[]) => hits.map(({ title }) => title);
const find = (filters: Partial<Filters>, visits = [] as { uid: string; at: number }[]) =>
  titles(findHits(HITS, { ...ALL, ...filters }, visits));

test.each([
  [{ text: "chat" }, ["Cost of chat", "API"]], // title, then description
  [{ text: "llm" }, ["API", "Cost of chat"]],
  [{ text: "thsmch" }, ["This machine"]],
  [{ text: "nothing of it" }, []],
  [{ tags: ["llm", "web"] }, ["API"]],
  [{ starred: true }, ["API"]],
  [{ folderUid: "f" }, ["Cost of chat"]],
  [{ text: "Chat", folderUid: "f" }, ["Cost of chat"]],
])("%j finds %j", (filters, expected) => {
  expect(find(filters)).toEqual(expected);
});

test("letters that are far apart in a long title are no match", () => {
  const long = saved("A title that is much longer than there is room for on any screen that people carry");

  expect(findHits([long], { ...ALL, text: "latncy" }, [])).toEqual([]);
  expect(findHits([long], { ...ALL, text: "muchlongr" }, [])).toEqual([long]);
});

test("they are sorted by title, by when they were saved, or by when they were viewed", () => {
  expect(find({})).toEqual(["API", "Cost of chat", "node", "This machine", "Zebra"]);
  expect(find({ sort: "saved" }).slice(0, 3)).toEqual(["API", "Cost of chat", "Zebra"]);
  expect(find({ sort: "viewed" }, [{ uid: "Zebra", at: 9 }])[0]).toBe("Zebra");
});

const FOLDERS = [
  { uid: "f", title: "Chat" },
  { uid: "e", title: "An empty one" },
];
const listed = { hits: HITS, folders: FOLDERS, groups: groupDashboards(HITS) };

test("each stands under one heading, and empty folders are there too", () => {
  const sections = sectionsOf(listed, ALL, []);

  expect(sections.map(({ title, hits }) => [title, ...titles(hits)])).toEqual([
    ["An empty one"],
    ["Chat", "Cost of chat"],
    ["Without a folder", "API", "Zebra"],
    ["Built in", "This machine"],
    ["Automatic", "node"],
  ]);
});

test("what is found stands under one heading; a folder alone shows what is in it", () => {
  expect(sectionsOf(listed, { ...ALL, text: "api" }, []).map(({ title }) => title)).toEqual(["1 dashboard"]);
  expect(sectionsOf(listed, { ...ALL, folderUid: "f" }, []).map(({ title }) => title)).toEqual(["Chat"]);
});

test("tags are counted, the most used first", () => {
  expect(tagsOf(HITS)[0]).toEqual(["llm", 2]);
});

test.each([
  [HITS[0]!, "saved", "Saved 1 min ago"],
  [HITS[2]!, "file", "From zoo/zebra.json"],
  [HITS[3]!, "builtin", "Built in"],
  [HITS[4]!, "automatic", "Automatic"],
])("it is said what a dashboard is", (which, kind, text) => {
  expect(kindOf(which)).toBe(kind);
  expect(aboutOf(which, 60_002).text).toBe(text);
});

test("who saved it is named, unless nobody has a name", () => {
  expect(aboutOf(saved("A", { updatedBy: "eva", updatedMs: 0 }), 5000).text).toBe("Saved 5 s ago by eva");
  expect(aboutOf(saved("A", { updatedBy: "anonymous", updatedMs: 0 }), 5000).text).toBe("Saved 5 s ago");
});

test("dashboards of packs stand under their pack, in its order, also alone", () => {
  const pack = { pack: "sidepanel", folderUid: "pack-sidepanel", folderTitle: "Sidepanel" };
  const hits = [hit("Zero", pack), hit("Alpha", pack), ...HITS];
  const shown = (filters: Partial<Filters>) =>
    sectionsOf({ hits, folders: [], groups: groupDashboards(hits) }, { ...ALL, ...filters }, []);
  const section = shown({}).find(({ title }) => title === "Sidepanel")!;
  expect(titles(section.hits)).toEqual(["Zero", "Alpha"]);
  expect(section.to).toBe("packs/sidepanel");
  expect(titles(shown({}).find(({ title }) => title === "Built in")!.hits)).toEqual(["This machine"]);
  expect(shown({ folderUid: "pack-sidepanel" }).map(({ title }) => title)).toEqual(["Sidepanel"]);
  expect(kindOf(hits[0]!)).toBe("pack");
});
