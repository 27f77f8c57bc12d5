import { expect, test } from "vitest";
import { setZone } from "../../model/zone";
import type { Silence } from "./api";
import {
  fieldsOf,
  listSilences,
  newFields,
  newSilenceAddress,
  readFields,
  wantedOf,
  type Fields,
} from "./silences";

setZone("utc");

const NOW = Date.UTC(2026, 10, 22, 12);
const DOWN = { name: "alertname", operator: "=", value: "Down" } as const;
const FIELDS: Fields = { ...newFields([DOWN], "Ada"), comment: "moving it" };

const silence = (id: string, state: Silence["status"]["state"], endsAt: string): Silence => ({
  id,
  matchers: [{ name: "alertname", value: "Down", isRegex: false, isEqual: true }],
  startsAt: "2026-11-22T10:00:00.000Z",
  endsAt,
  createdBy: "Ada",
  comment: `why ${id}`,
  updatedAt: "2026-11-22T10:00:00.000Z",
  status: { state },
});

test("the form is found again by its address", () => {
  const odd = { name: "größe", operator: "!~", value: 'a "b"|c&d' } as const;
  const address = newSilenceAddress([DOWN, odd]);
  expect(wantedOf(new URLSearchParams(address.split("?")[1]))).toEqual({
    id: undefined,
    matchers: [DOWN, odd],
  });
  expect(wantedOf(new URLSearchParams("edit=a1"))).toEqual({ id: "a1", matchers: [] });
  expect(wantedOf(new URLSearchParams("search=x"))).toBeUndefined();
});

test("a duration counts from now", () => {
  expect(readFields(FIELDS, undefined, NOW)).toEqual({
    matchers: [{ name: "alertname", value: "Down", isRegex: false, isEqual: true }],
    startsAt: "2026-11-22T12:00:00.000Z",
    endsAt: "2026-11-22T14:00:00.000Z",
    createdBy: "Ada",
    comment: "moving it",
  });
});

test("times of one's own are those of the page's zone", () => {
  const fields = { ...FIELDS, duration: "", start: "2026-11-22 18:00", end: "2026-11-23 06:30" };
  expect(readFields(fields, "a1", NOW)).toMatchObject({
    id: "a1",
    startsAt: "2026-11-22T18:00:00.000Z",
    endsAt: "2026-11-23T06:30:00.000Z",
  });
});

test("rows that nobody filled in are left out", () => {
  const empty = { name: " ", operator: "=", value: "" } as const;
  expect(readFields({ ...FIELDS, matchers: [empty, DOWN] }, undefined, NOW)).toMatchObject({
    matchers: [{ name: "alertname" }],
  });
});

test.each([
  [{ matchers: [] }, "matchers"],
  [{ duration: "soon" }, "duration"],
  [{ duration: "", end: "" }, "end"],
  [{ duration: "", end: "2026-11-22 11:00" }, "end"],
  [{ duration: "", start: "2026-11-23 11:00", end: "2026-11-23 10:00" }, "end"],
  [{ start: "whenever" }, "start"],
  [{ author: " " }, "author"],
  [{ comment: "" }, "comment"],
])("%j is refused", (change, at) => {
  expect(readFields({ ...FIELDS, ...change }, undefined, NOW)).toMatchObject({ at });
});

test("one that is changed keeps its times, one that is over begins anew", () => {
  const active = fieldsOf(silence("a", "active", "2026-11-22T14:00:00.000Z"));
  expect([active.duration, active.start, active.end]).toEqual([
    "",
    "2026-11-22 10:00:00",
    "2026-11-22 14:00:00",
  ]);
  const over = fieldsOf(silence("b", "expired", "2026-11-22T11:00:00.000Z"));
  expect([over.duration, over.start, over.end]).toEqual(["2h", "", ""]);
});

test("what ends soonest stands first, of those that ended the latest", () => {
  const all = [
    silence("a", "active", "2026-11-23T00:00:00Z"),
    silence("b", "active", "2026-11-22T13:00:00Z"),
    silence("c", "expired", "2026-11-20T00:00:00Z"),
    silence("d", "expired", "2026-11-21T00:00:00Z"),
  ];
  const listed = listSilences(all, "");
  expect([listed.active, listed.pending, listed.expired].map((list) => list.map(({ id }) => id))).toEqual([
    ["b", "a"],
    [],
    ["d", "c"],
  ]);
  expect(listSilences(all, 'alertname="down" why b').active.map(({ id }) => id)).toEqual(["b"]);
});
