/** What a form can set: where, what it is called, what it may be, and when it is of use. Data, and how it is made. */

import { getAt, setAt, type Path } from "./tree";

export type Pair = readonly [value: string, label: string];

/** One thing that can be set in a piece of JSON: a panel, a property of a field, the options of a transformation. */
export interface Option {
  path: Path;
  label: string;
  kind:
    | "choice" // one of a few words
    | "chips" // several of a few words
    | "number"
    | "switch"
    | "text"
    | "calcs" // one calculation, or several
    | "field" // the name of a field of the data
    | "fields" // several of them
    | "query" // the letter of a query
    | "label" // the name of a label of the data
    | "labels" // several of them
    | "list"; // entries, each of which has parts
  /** What holds where nothing is said. */
  fallback: unknown;
  /** Choice and chips only; their values are texts. */
  choices?: readonly Pair[];
  /** Number only. */
  min?: number;
  max?: number;
  /** Text and number: what stands in the empty field; calcs: whether several. */
  placeholder?: string;
  several?: boolean;
  /** List only: what an entry has, what a new one begins with, and what it is called. */
  parts?: readonly Option[];
  starts?: unknown;
  entry?: string;
  /** Text only: lines of it. */
  rows?: number;
  hint?: string;
  /** Number only: what is wrong with it beside the JSON around it. */
  faultIn?: (json: unknown) => string | undefined;
  /** Of use only where this holds of the JSON around it. */
  when?: (json: unknown) => boolean;
}

type More = Partial<Option>;

const pathOf = (path: string): Path =>
  path === "" ? [] : path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));

const make =
  (kind: Option["kind"], fallback: unknown) =>
  (path: string, label: string, more: More = {}): Option => ({
    path: pathOf(path),
    label,
    kind,
    fallback,
    ...more,
  });

/** The first choice holds where nothing is said, unless `more` names another. */
export const choice = (path: string, label: string, choices: readonly Pair[], more: More = {}): Option =>
  make("choice", choices[0]?.[0] ?? "")(path, label, { choices, ...more });

export const number = (path: string, label: string, fallback?: number, more: More = {}): Option =>
  make("number", fallback)(path, label, more);

export const toggle = (path: string, label: string, fallback: boolean, more: More = {}): Option =>
  make("switch", fallback)(path, label, more);

export const chips = (path: string, label: string, choices: readonly Pair[], more: More = {}): Option =>
  make("chips", [])(path, label, { choices, ...more });

export const words = make("text", "");
export const calc = make("calcs", ["lastNotNull"]);
export const calcs = (path: string, label: string, more: More = {}): Option =>
  make("calcs", [])(path, label, { several: true, ...more });
export const field = make("field", "");
export const fields = make("fields", []);
export const query = make("query", "");
export const label = make("label", "");
export const labels = make("labels", []);

/** Entries that each have `parts`; `starts` is a new one. */
export const list = (path: string, title: string, entry: string, parts: readonly Option[], starts: unknown) =>
  make("list", [])(path, title, { entry, parts, starts });

/** The same option inside of a larger piece of JSON; its condition still sees what it saw before. */
export const within = (prefix: Path, option: Option): Option => {
  const { when } = option;
  return {
    ...option,
    path: [...prefix, ...option.path],
    ...(when === undefined ? {} : { when: (json: unknown) => when(getAt(json, prefix)) }),
  };
};

/** Those that are of use now. */
export const inUse = (options: readonly Option[], json: unknown): Option[] =>
  options.filter(({ when }) => when === undefined || when(json));

/** A condition: what stands at a path, or its fallback, is one of these. */
export const isOneOf =
  (path: string, allowed: readonly unknown[], fallback?: unknown) =>
  (json: unknown): boolean =>
    allowed.includes(getAt(json, pathOf(path)) ?? fallback);

/** What is said at an upper end that is not above its lower end. */
export const notAbove = (low: unknown, high: unknown, name: string): string | undefined =>
  typeof low === "number" && typeof high === "number" && high <= low
    ? `It is not above “${name}”.`
    : undefined;

/** Sets what an option is about; nothing, and a list of nothing, takes it away. */
export const setOption = <T>(json: T, { path }: Option, value: unknown): T =>
  setAt(json, path, value === "" ? undefined : value);
