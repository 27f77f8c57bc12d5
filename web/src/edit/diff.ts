/** What changed between two documents of a dashboard, for people to read. Pure. */

import { asList, asObject, asText, type Json } from "../model/json";
import { everyPanel, idOf, isRow, placeOf, titleOf, type Doc, type RawPanel } from "./doc";
import { alike, equal, type Path } from "./tree";
import { nameOf, sayValue } from "./words";

export interface Change {
  kind: "added" | "removed" | "changed";
  /** Panel, row, variable or dashboard that it is about. */
  where: string;
  /** What of it; empty where all of it came or went. */
  what: string;
  before?: string;
  after?: string;
}

/** Kept by the server, or by the page, and nobody's change. */
const OWN_KEYS = new Set(["id", "uid", "version", "iteration"]);
const DEEPEST = 6;

interface Leaf {
  path: Path;
  before: unknown;
  after: unknown;
}

const isPlain = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isListOfEntries = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every(isPlain));

/** The innermost places in which two values differ; of lists, the entries. */
function leaves(before: unknown, after: unknown, path: Path = []): Leaf[] {
  if (alike(before, after)) return [];
  if ([before, after].every(isListOfEntries) && path.at(-1) !== "steps") {
    const [left, right] = [asList(before), asList(after)];
    const longer = left.length > right.length ? left : right;
    return longer.flatMap((_, at) =>
      alike(left[at], right[at]) ? [] : [{ path: [...path, at], before: left[at], after: right[at] }],
    );
  }
  const inside =
    (isPlain(before) || isPlain(after)) &&
    (isPlain(before) || before === undefined) &&
    (isPlain(after) || after === undefined);
  if (!inside || path.length >= DEEPEST) return [{ path, before, after }];
  const [left, right] = [asObject(before), asObject(after)];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) => leaves(left[key], right[key], [...path, key]));
}

const asChange = (where: string, { path, before, after }: Leaf): Change => ({
  kind: "changed",
  where,
  what: nameOf(path),
  before: sayValue(before),
  after: sayValue(after),
});

export const callPanel = (panel: RawPanel): string =>
  `${isRow(panel) ? "Row" : "Panel"} “${titleOf(panel) || idOf(panel)}”`;

/** Queries by their letter, so that one more at the front does not change all of them. */
const byRefId = (panel: RawPanel): Json =>
  Object.fromEntries(
    asList(panel.targets).map((query, at) => [asText(asObject(query).refId) ?? String(at), query]),
  );

function queryChanges(where: string, before: RawPanel, after: RawPanel): Change[] {
  const [left, right] = [byRefId(before), byRefId(after)];
  const refIds = new Set([...Object.keys(left), ...Object.keys(right)]);
  const changes = [...refIds].flatMap((refId): Change[] => {
    const what = `query ${refId}`;
    if (left[refId] === undefined) return [{ kind: "added", where, what, after: sayExpr(right[refId]) }];
    if (right[refId] === undefined) return [{ kind: "removed", where, what, before: sayExpr(left[refId]) }];
    return leaves(left[refId], right[refId], ["targets", refId]).map((leaf) => asChange(where, leaf));
  });
  const moved = changes.length === 0 && !equal(before.targets, after.targets);
  return moved ? [{ kind: "changed", where, what: "order of the queries" }] : changes;
}

const sayExpr = (query: unknown): string => sayValue(asObject(query).expr ?? asObject(query).query);

function placeChanges(where: string, before: RawPanel, after: RawPanel): Change[] {
  const [was, is] = [placeOf(before), placeOf(after)];
  const moved = was.x !== is.x || was.y !== is.y;
  const resized = was.w !== is.w || was.h !== is.h;
  const at = ({ x, y }: typeof was): string => `column ${x + 1}, line ${y + 1}`;
  return [
    ...(moved ? [{ kind: "changed" as const, where, what: "place", before: at(was), after: at(is) }] : []),
    ...(resized
      ? [
          {
            kind: "changed" as const,
            where,
            what: "size",
            before: `${was.w} × ${was.h}`,
            after: `${is.w} × ${is.h}`,
          },
        ]
      : []),
  ];
}

const without = (value: Json, keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));

function panelChanges(before: RawPanel, after: RawPanel): Change[] {
  const where = callPanel(after);
  const apart = ["id", "gridPos", "targets", "panels"];
  return [
    ...leaves(without(before, apart), without(after, apart)).map((leaf) => asChange(where, leaf)),
    ...queryChanges(where, before, after),
    ...placeChanges(where, before, after),
  ];
}

/** What came, went and changed of things that have a key each. */
function listChanges(
  before: readonly Json[],
  after: readonly Json[],
  keyOf: (entry: Json) => unknown,
  call: (entry: Json) => string,
  inside: (before: Json, after: Json) => Change[],
): Change[] {
  const old = new Map(before.map((entry) => [keyOf(entry), entry]));
  const now = new Set(after.map(keyOf));
  const whole = (kind: "added" | "removed", entry: Json): Change => ({ kind, where: call(entry), what: "" });
  return [
    ...after.flatMap((entry) => {
      const was = old.get(keyOf(entry));
      return was === undefined ? [whole("added", entry)] : inside(was, entry);
    }),
    ...before.filter((entry) => !now.has(keyOf(entry))).map((entry) => whole("removed", entry)),
  ];
}

const variablesOf = (doc: Doc): Json[] => asList(asObject(doc.templating).list).map(asObject);
const variableName = (variable: Json): string => asText(variable.name) ?? "";
const callVariable = (variable: Json): string => `Variable “${variableName(variable)}”`;

/** Every change, in reading order: the dashboard, its variables, its panels. */
export function describeChanges(before: Doc, after: Doc): Change[] {
  const strip = (doc: Doc): Json => {
    const rest = without(doc, ["panels", ...OWN_KEYS]);
    return { ...rest, templating: without(asObject(doc.templating), ["list"]) };
  };
  return [
    ...leaves(strip(before), strip(after)).map((leaf) => asChange("Dashboard", leaf)),
    ...listChanges(variablesOf(before), variablesOf(after), variableName, callVariable, (was, is) =>
      leaves(was, is).map((leaf) => asChange(callVariable(is), leaf)),
    ),
    ...listChanges(everyPanel(before), everyPanel(after), idOf, callPanel, panelChanges),
  ];
}
