/** The variables of a page: their choices, asked for in the order in which they need one another, and what is chosen. */

import { keepPreviousData, useQuery, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { DataSource } from "../api/catalog";
import { makeChoices, ownChoices, settle, settleInterval, settleText, settleUnknown } from "../model/choices";
import { parseFilter, type Filter } from "../model/filters";
import { interpolate, type Variables, type VariableValue } from "../model/interpolate";
import { neededType, sourceUid } from "../model/source";
import { resolveRange, type RawRange, type TimeRange } from "../model/timerange";
import { ancestors, inOrder, parseChoiceQuery, type Choice, type Variable } from "../model/variable";
import { askChoices } from "./choices";
import { sourcesQuery } from "./sources";

/** What a variable offers; `error` says why it offers nothing. */
export interface Offer {
  choices: readonly Choice[];
  /** How many more there are, which are not offered. */
  left?: number;
  error?: string;
}

/** A variable with all that its picker shows. */
export interface VariableState extends Offer {
  variable: Variable;
  value: VariableValue;
  /** Values of the address that are not among the choices. */
  strange: readonly string[];
  loading: boolean;
}

/** Values of the address by the variable's name. */
export type Asked = (name: string) => readonly string[];

/** A source that does not answer must not keep a page waiting. */
const PATIENCE_MS = 10_000;
/** A list longer than this is cut: nobody reads it, and a browser would labour. */
const MOST_CHOICES = 10_000;
const FRESH_MS = 30_000;

const asksServer = ({ kind, refresh, savedChoices }: Variable): boolean =>
  kind === "datasource" || (kind === "query" && !(refresh === "never" && savedChoices.length > 0));

/** The value of a variable whose choices are known. */
function settleOffer(
  variable: Variable,
  { choices, error }: Offer,
  asked: readonly string[],
  range: TimeRange,
): Pick<VariableState, "value" | "strange"> {
  const { kind } = variable;
  if (kind === "constant" || kind === "textbox" || kind === "other" || kind === "adhoc") {
    return { value: settleText(variable, asked), strange: [] };
  }
  if (error !== undefined) return { value: settleUnknown(variable, asked), strange: [] };
  const settled = settle(variable, choices, asked);
  return { ...settled, value: settleInterval(variable, settled.value, range) };
}

export interface Asking {
  range: TimeRange;
  asked: Asked;
  /** Answers of a Prometheus; rejects with a message for people. */
  ask: (source: string, query: NonNullable<ReturnType<typeof parseChoiceQuery>>) => Promise<string[]>;
  sources: () => Promise<readonly Pick<DataSource, "uid" | "name" | "isDefault">[]>;
}

/** Where a variable asks, as far as that is here. */
function placeOf(
  { source }: Variable,
  values: Variables,
  types: ReadonlyMap<string, string>,
): { uid: string } | { needs: string } {
  const needs = neededType(source, types);
  if (needs !== undefined) return { needs };
  const uid = interpolate(sourceUid(source, types) ?? "default", values, "raw");
  return { uid: uid === "" || uid.includes("$") ? "default" : uid };
}

async function offerSources(variable: Variable, { sources }: Asking): Promise<Offer> {
  const needs = neededType({ type: variable.query }, new Map());
  if (needs !== undefined) return { choices: [], error: `There is no such source here: it needs ${needs}.` };
  const all = [...(await sources())].sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
  const kept = makeChoices(
    { regex: variable.regex, sort: 0 },
    all.map(({ name }) => name),
  );
  const byName = new Map(all.map(({ name, uid }) => [name, uid]));
  return { choices: kept.map(({ text }) => ({ text, value: byName.get(text) ?? text })) };
}

async function offer(
  variable: Variable,
  values: Variables,
  types: ReadonlyMap<string, string>,
  asking: Asking,
): Promise<Offer> {
  if (!asksServer(variable)) return { choices: ownChoices(variable) };
  if (variable.kind === "datasource") return offerSources(variable, asking);
  const place = placeOf(variable, values, types);
  if ("needs" in place) return { choices: [], error: `Its query needs ${place.needs}.` };
  const text = interpolate(variable.query, values, "promql");
  const query = parseChoiceQuery(text);
  if (query === undefined) return { choices: [], error: `“${text}” is no query of a variable.` };
  const regex = interpolate(variable.regex, values, "regex");
  const answers = await asking.ask(place.uid, query);
  return upTo(MOST_CHOICES, makeChoices({ ...variable, regex }, answers));
}

/** The first of the choices, and how many are left out. */
const upTo = (most: number, choices: readonly Choice[]): Offer =>
  choices.length <= most ? { choices } : { choices: choices.slice(0, most), left: choices.length - most };

/** What every variable offers. None keeps those waiting that do not need it; a failure is told, and the others go on. */
export async function offerAll(variables: readonly Variable[], asking: Asking): Promise<Map<string, Offer>> {
  const types = new Map(
    variables.filter(({ kind }) => kind === "datasource").map(({ name, query }) => [name, query]),
  );
  const values: Record<string, VariableValue> = {};
  const offers = new Map<string, Promise<Offer>>();
  for (const variable of inOrder(variables)) {
    const needed = [...ancestors(variable.name, variables)].flatMap((name) => offers.get(name) ?? []);
    const run = async (): Promise<Offer> => {
      await Promise.all(needed);
      const made = await offer(variable, values, types, asking).catch((error: unknown): Offer => ({
        choices: [],
        error: error instanceof Error ? error.message : String(error),
      }));
      values[variable.name] = settleOffer(variable, made, asking.asked(variable.name), asking.range).value;
      return made;
    };
    offers.set(variable.name, run());
  }
  const done = await Promise.all([...offers].map(async ([name, made]) => [name, await made] as const));
  return new Map(done);
}

/** The filters of a page: those of the address, or those that were saved. */
function filtersOf(variables: readonly Variable[], asked: Asked): Filter[] {
  return variables
    .filter(({ kind }) => kind === "adhoc")
    .flatMap((variable) => {
      const texts = asked(variable.name);
      return texts.length === 0
        ? variable.filters
        : texts.map(parseFilter).filter((one) => one !== undefined);
    });
}

export interface PageVariables {
  states: readonly VariableState[];
  variables: Variables;
  filters: readonly Filter[];
  waiting: ReadonlySet<string>;
}

/** All states from what is known so far; `behind`: choices of those that need others are of an earlier moment. */
export function settleAll(
  variables: readonly Variable[],
  offers: ReadonlyMap<string, Offer> | undefined,
  asked: Asked,
  range: TimeRange,
  behind: boolean,
): PageVariables {
  const states = variables.map((variable): VariableState => {
    const known =
      offers?.get(variable.name) ?? (asksServer(variable) ? undefined : { choices: ownChoices(variable) });
    const stale = behind && asksServer(variable) && ancestors(variable.name, variables).size > 0;
    if (known === undefined) {
      const value = settleUnknown(variable, asked(variable.name));
      return { variable, choices: [], value, strange: [], loading: true };
    }
    return {
      variable,
      ...known,
      ...settleOffer(variable, known, asked(variable.name), range),
      loading: stale,
    };
  });
  return {
    states,
    variables: Object.fromEntries(states.map(({ variable, value }) => [variable.name, value])),
    filters: filtersOf(variables, asked),
    waiting: new Set(states.filter(({ loading }) => loading).map(({ variable }) => variable.name)),
  };
}

/** Asks with a limit to patience; equal questions of several pages and variables are asked once. */
function askWith(client: QueryClient, raw: RawRange, range: TimeRange, signal: AbortSignal): Asking["ask"] {
  return (source, query) =>
    client.query({
      queryKey: ["choices", source, query, raw.from, raw.to],
      queryFn: () => {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
        return askChoices(source, query, range, limit).catch((error: unknown) => {
          const late = error instanceof DOMException && error.name === "TimeoutError";
          throw late ? new Error(`No answer within ${PATIENCE_MS / 1000} seconds.`) : error;
        });
      },
      staleTime: FRESH_MS,
      retry: false,
    });
}

/** The page's own parameters of its variables, as one text. */
const keyOf = (params: URLSearchParams): string =>
  [...params]
    .filter(([key]) => key.startsWith("var-"))
    .map(([key, value]) => `${key}=${value}`)
    .join("&");

const LOADED_MS = Date.now();
const NO_VARIABLES: readonly Variable[] = [];

/** The variables of a dashboard with what the address chooses. */
export function useVariables(
  uid: string,
  variables: readonly Variable[] = NO_VARIABLES,
  raw: RawRange,
  params: URLSearchParams,
): PageVariables {
  const key = keyOf(params);
  const asks = variables.some(asksServer);
  const followsRange = variables.some(({ refresh, kind }) => kind === "query" && refresh === "range");
  const asked = useMemo((): Asked => {
    const chosen = new URLSearchParams(key === "" ? undefined : params);
    return (name) => chosen.getAll(`var-${name}`);
  }, [key]); // eslint-disable-line react-hooks/exhaustive-deps -- of all parameters, only these matter
  const { data, isPlaceholderData } = useQuery<ReadonlyMap<string, Offer>>({
    queryKey: ["variables", uid, key, followsRange ? raw : null],
    queryFn: ({ client, signal }) => {
      const range = resolveRange(raw, Date.now()) ?? { fromMs: 0, toMs: Date.now() };
      const sources = () => client.query(sourcesQuery);
      return offerAll(variables, { range, asked, ask: askWith(client, raw, range, signal), sources });
    },
    enabled: asks,
    staleTime: FRESH_MS,
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });
  return useMemo(() => {
    const range = resolveRange(raw, LOADED_MS) ?? { fromMs: 0, toMs: 1 };
    return settleAll(variables, data, asked, range, isPlaceholderData);
  }, [variables, data, asked, raw, isPlaceholderData]);
}

/** Asks for all choices again. */
export async function refreshChoices(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: ["choices"], refetchType: "none" });
  await client.refetchQueries({ queryKey: ["variables"], type: "active" });
}
