import { beforeEach, expect, test } from "vitest";
import {
  DRAFT_LIMITS,
  dropDraft,
  isNewDraft,
  keepDraft,
  newDraftName,
  newDrafts,
  readDraft,
  type Shelf,
} from "./drafts";

const DAY_MS = 86_400_000;
let kept: Map<string, string>;
let shelf: Shelf;

beforeEach(() => {
  kept = new Map();
  shelf = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
});

const draft = (uid: string, atMs = DAY_MS) => ({ uid, version: 2, atMs, doc: { title: uid, panels: [] } });

test("a draft comes back until it is dropped", () => {
  expect(keepDraft(shelf, draft("a"))).toBe(true);
  expect(readDraft(shelf, "a", DAY_MS)).toEqual(draft("a"));
  expect(readDraft(shelf, "b", DAY_MS)).toBeUndefined();
  dropDraft(shelf, "a");
  expect(readDraft(shelf, "a", DAY_MS)).toBeUndefined();
});

test("there are never more than so many, and the oldest goes first", () => {
  for (let at = 0; at < 10; at++) keepDraft(shelf, draft(`d${at}`, DAY_MS + at));

  expect(kept.size).toBe(DRAFT_LIMITS.most + 1);
  expect(readDraft(shelf, "d3", DAY_MS)).toBeUndefined();
  expect(readDraft(shelf, "d4", DAY_MS)).toBeDefined();
});

test("one that is too large, or that the browser refuses, is not kept", () => {
  expect(keepDraft(shelf, draft("a"), { ...DRAFT_LIMITS, longest: 10 })).toBe(false);
  const full: Shelf = {
    ...shelf,
    setItem: () => {
      throw new Error("quota");
    },
  };
  expect(keepDraft(full, draft("a"))).toBe(false);
});

test("where storage is forbidden, all of it is as if there were no drafts", () => {
  const denied = (): never => {
    throw new DOMException("denied", "SecurityError");
  };
  const forbidden: Shelf = { getItem: denied, setItem: denied, removeItem: denied };

  expect(keepDraft(forbidden, draft("a"))).toBe(false);
  expect(readDraft(forbidden, "a", DAY_MS)).toBeUndefined();
  expect(newDrafts(forbidden, DAY_MS)).toEqual([]);
  expect(() => dropDraft(forbidden, "a")).not.toThrow();
});

test("where the browser has no room, the oldest drafts make it", () => {
  const room = 3;
  const narrow: Shelf = {
    ...shelf,
    setItem: (key, value) => {
      if (!kept.has(key) && kept.size >= room) throw new Error("quota");
      kept.set(key, value);
    },
  };
  for (let at = 0; at < 4; at++) expect(keepDraft(narrow, draft(`d${at}`, DAY_MS + at))).toBe(true);

  expect(["d0", "d1", "d2", "d3"].map((uid) => readDraft(narrow, uid, DAY_MS) !== undefined)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test("old ones, and what somebody else wrote, are not offered", () => {
  keepDraft(shelf, draft("a"));
  expect(readDraft(shelf, "a", DAY_MS + 31 * DAY_MS)).toBeUndefined();
  shelf.setItem("watchglass.draft.b", "{]");
  shelf.setItem("watchglass.draft.c", '{"uid": "c", "atMs": 1, "doc": 5}');
  expect([readDraft(shelf, "b", 2), readDraft(shelf, "c", 2)]).toEqual([undefined, undefined]);
  shelf.setItem("watchglass.drafts", "nonsense");
  expect(keepDraft(shelf, draft("d"))).toBe(true);
});

test("dashboards that were never saved have a draft each, of which the last is offered first", () => {
  const names = [newDraftName(), newDraftName()] as const;
  const keep = (uid: string, at: number, version = 0) =>
    keepDraft(shelf, { ...draft(uid, DAY_MS + at), version });
  keep(names[0], 1);
  keep("saved", 2, 3);
  keep(names[1], 3);
  keep("new", 4, 5); // that of a saved dashboard with this uid
  expect(names.map(isNewDraft)).toEqual([true, true]);
  expect(isNewDraft("newer")).toBe(false);
  expect(newDrafts(shelf, DAY_MS).map(({ uid }) => uid)).toEqual([names[1], names[0]]);
  keep("new", 5);
  expect(newDrafts(shelf, DAY_MS)[0]!.uid).toBe("new");

  const forbidden: Shelf = {
    ...shelf,
    getItem: () => {
      throw new Error("forbidden");
    },
  };
  expect(newDrafts(forbidden, DAY_MS)).toEqual([]);
});
