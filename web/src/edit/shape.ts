/** Whether JSON that somebody wrote is a panel or a dashboard; what is wrong is said with its line. Pure. */

import { asList, type Json } from "../model/json";
import { idOf, type Doc, type RawPanel } from "./doc";
import { faultAt, readJson } from "./jsontext";
import type { Path } from "./tree";

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Check = (value: unknown) => string | undefined;

const object: Check = (value) => (isObject(value) ? undefined : "must be an object in { }");
const list: Check = (value) => (Array.isArray(value) ? undefined : "must be a list in [ ]");
const text: Check = (value) => (typeof value === "string" ? undefined : 'must be a text in " "');
const number: Check = (value) => (typeof value === "number" ? undefined : "must be a number");
const word: Check = (value) =>
  typeof value === "string" && value !== "" ? undefined : "must be a text that is not empty";

interface Rule {
  path: Path;
  check: Check;
  needed?: true;
}

const PANEL: readonly Rule[] = [
  { path: ["type"], check: word, needed: true },
  { path: ["id"], check: number },
  { path: ["title"], check: text },
  { path: ["description"], check: text },
  { path: ["gridPos"], check: object },
  { path: ["targets"], check: list },
  { path: ["options"], check: object },
  { path: ["fieldConfig"], check: object },
  { path: ["transformations"], check: list },
];

const DASHBOARD: readonly Rule[] = [
  { path: ["title"], check: word, needed: true },
  { path: ["tags"], check: list },
  { path: ["time"], check: object },
  { path: ["templating"], check: object },
  { path: ["panels"], check: list, needed: true },
];

function check(source: string, value: unknown, at: Path, what: string, rules: readonly Rule[]): void {
  if (!isObject(value)) throw faultAt(source, at, `${what} must be an object in { }`);
  for (const { path, check: isWrong, needed } of rules) {
    const name = String(path[0]);
    const missing = needed === true ? "is missing" : undefined;
    const wrong = Object.hasOwn(value, name) ? isWrong(value[name]) : missing;
    if (wrong !== undefined) throw faultAt(source, [...at, ...path], `"${name}" of ${what} ${wrong}`);
  }
}

const checkPanel = (source: string, panel: unknown, at: Path, what: string): void => {
  check(source, panel, at, what, PANEL);
  asList((panel as Json).targets).forEach((query, place) => {
    if (!isObject(query))
      throw faultAt(source, [...at, "targets", place], "a query must be an object in { }");
  });
};

/** Reads a panel; its number stays what it was. */
export function readPanel(source: string, was: RawPanel): RawPanel {
  const panel = readJson(source);
  checkPanel(source, panel, [], "the panel");
  return { ...(panel as RawPanel), ...(was.id === undefined ? {} : { id: was.id }) };
}

/** Reads a dashboard; its uid stays what it was, since it says which dashboard is saved. */
export function readDashboard(source: string, was: Doc): Doc {
  const doc = readJson(source);
  check(source, doc, [], "the dashboard", DASHBOARD);
  const seen = new Set<number>();
  const visit = (panels: unknown, path: Path): void =>
    asList(panels).forEach((panel, at) => {
      const here = [...path, at];
      checkPanel(source, panel, here, `panel ${at + 1}`);
      const id = idOf(panel as RawPanel);
      if (seen.has(id))
        throw faultAt(source, [...here, "id"], `the number ${id} is that of another panel too`);
      if (!Number.isNaN(id)) seen.add(id);
      visit((panel as Json).panels, [...here, "panels"]);
    });
  visit((doc as Doc).panels, ["panels"]);
  const kept = Object.fromEntries(
    ["uid", "id", "version"].filter((key) => key in was).map((key) => [key, was[key]]),
  );
  return { ...(doc as Doc), ...kept };
}
