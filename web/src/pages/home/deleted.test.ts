import { expect, test } from "vitest";
import type { DeletedDashboard } from "../../api/library";
import { keptFor, leftOf, placeOf, restoredText } from "./deleted";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const deleted = (more: Partial<DeletedDashboard> = {}): DeletedDashboard => ({
  id: 1,
  uid: "u",
  title: "T",
  folderUid: "",
  folderTitle: "",
  deletedMs: 0,
  goneMs: 0,
  ...more,
});

test.each([
  [undefined, "a while"],
  [30 * DAY_MS, "30 days"],
  [DAY_MS, "1 day"],
  [6 * HOUR_MS, "6 hours"],
  [60_000, "1 min"],
])("%s ms are kept for %s", (ms, text) => {
  expect(keptFor(ms)).toBe(text);
});

test.each([
  [30 * DAY_MS - 1, "30 d left"],
  [2 * DAY_MS - 1, "47 h left"],
  [90 * 60_000, "1 h left"],
  [59_000, "goes any moment"],
  [-5, "goes any moment"],
])("of %s ms it is said: %s", (ms, text) => {
  expect(leftOf(deleted({ goneMs: ms }), 0)).toBe(text);
});

test("a folder is named as it is called now, or as it was where it is gone", () => {
  const folders = [{ uid: "f", title: "Renamed" }];
  const place = (folderUid: string, folderTitle: string) =>
    placeOf(deleted({ folderUid, folderTitle }), folders);

  expect(place("", "")).toEqual({ text: "No folder", gone: false });
  expect(place("f", "Team")).toEqual({ text: "Renamed", gone: false });
  expect(place("g", "Team")).toEqual({ text: "Team (gone)", gone: true });
  expect(place("g", "")).toEqual({ text: "A folder that is gone", gone: true });
});

test("what came of bringing one back", () => {
  const back = { status: "success", uid: "u", title: "T" } as const;
  expect(restoredText("T", { ...back, notes: [] })).toBe("“T” is back.");
  expect(restoredText("T", { ...back, notes: ["a", "b"] })).toBe("“T” is back: a; b.");
  expect(restoredText("T", { ...back, status: "uid-exists", title: "Other" })).toBe(
    "“T” was not restored: “Other” has its address now.",
  );
  expect(restoredText("T", { ...back, status: "uid-exists" })).toBe(
    "“T” was not restored: another dashboard of that title has its address now.",
  );
});
