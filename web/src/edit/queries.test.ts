import { expect, test } from "vitest";
import {
  addQuery,
  duplicateQuery,
  exprOf,
  momentOf,
  moveQuery,
  nextRefId,
  queriesOf,
  removeQuery,
  setMoment,
  setQuery,
  setSource,
} from "./queries";

const SOURCE = { type: "prometheus", uid: "p" };
const PANEL = {
  targets: [
    { refId: "A", expr: "up", datasource: SOURCE, own: 1 },
    { refId: "C", expr: "1" },
  ],
};

const refIds = (panel: object): string =>
  queriesOf(panel as never)
    .map(({ refId }) => refId)
    .join("");

test("a new query gets the first free letter and the source of the one before", () => {
  expect(nextRefId(PANEL)).toBe("B");
  const one = addQuery({ targets: [{ refId: "A", expr: "up", datasource: SOURCE }] });
  expect(queriesOf(one)[1]).toEqual({ refId: "B", expr: "", datasource: SOURCE });
});

test("after Z comes AA", () => {
  const targets = Array.from({ length: 26 }, (_, at) => ({ refId: String.fromCharCode(65 + at) }));
  expect(nextRefId({ targets })).toBe("AA");
});

test("queries are copied, moved, removed and changed with all that they have", () => {
  expect(queriesOf(duplicateQuery(PANEL, 0))[2]).toEqual({
    refId: "B",
    expr: "up",
    datasource: SOURCE,
    own: 1,
  });
  expect(refIds(moveQuery(PANEL, 1, -1))).toBe("CA");
  expect(refIds(moveQuery(PANEL, 0, -1))).toBe("AC");
  expect(refIds(removeQuery(PANEL, 0))).toBe("C");
  expect(queriesOf(setQuery(PANEL, 0, "hide", true))[0]).toMatchObject({ hide: true, own: 1 });
});

test("instant, range or both", () => {
  expect(momentOf({})).toBe("range");
  for (const moment of ["instant", "both", "range"] as const) {
    expect(momentOf(queriesOf(setMoment(PANEL, 0, moment))[0]!)).toBe(moment);
  }
});

const HERE = { type: "prometheus", uid: "embedded" };
const sources = (panel: object): unknown[] => queriesOf(panel as never).map(({ datasource }) => datasource);

test("one query asks another source: the others keep theirs, and the panel says that they are mixed", () => {
  const mixed = setSource({ ...PANEL, datasource: HERE }, 0, "${DS}");
  expect(sources(mixed)).toEqual([{ type: "prometheus", uid: "${DS}" }, HERE]);
  expect(mixed.datasource).toEqual({ type: "datasource", uid: "-- Mixed --" });
  expect(sources(addQuery({ ...mixed, targets: [{ refId: "A" }] }))).toEqual([undefined, undefined]);
});

test("where all ask the same, the panel has it; the default source is named nowhere", () => {
  const same = setSource(PANEL, 1, "p");
  expect([same.datasource, ...sources(same)]).toEqual([SOURCE, SOURCE, SOURCE]);
  const plain = setSource(
    { targets: [{ refId: "A", expr: "up", datasource: HERE }], datasource: HERE },
    0,
    "",
  );
  expect(plain).toEqual({ targets: [{ refId: "A", expr: "up" }] });
});

test("old documents call the text of a query otherwise", () => {
  expect(exprOf({ query: "up" })).toBe("up");
});
