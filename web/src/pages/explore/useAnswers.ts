/** The answers to the queries of Explore, each asked for the chart, the table, or both. */

import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { isSourceGone } from "../../query/sources";
import { mayRetry } from "../../api/http";
import { chooseStep } from "../../model/step";
import { rangeAt, resolveRange, type RawRange } from "../../model/timerange";
import { zoneNow } from "../../model/zone";
import { letterOf, type ExploreState } from "./address";
import { askInstant, askRange, type Answer, type Asked } from "./ask";

export interface QueryAnswer {
  letter: string;
  hidden: boolean;
  chart?: Answer | undefined;
  table?: Answer | undefined;
  error: Error | null;
  fetching: boolean;
  stepMs: number;
}

const KEEP_MS = 60_000;
const PX_PER_POINT = 2;
const FEWEST_POINTS = 60;
/** More steps than a server answers. */
const MOST_POINTS = 10_000;
const LOADED_MS = Date.now();

/** The step of the address, unless the range would have too many of it; else as fine as the width shows. */
function stepFor(asked: number | undefined, raw: RawRange, width: number): number {
  const range = resolveRange(raw, LOADED_MS) ?? { fromMs: 0, toMs: 1 };
  const least = (range.toMs - range.fromMs) / MOST_POINTS;
  if (asked !== undefined && asked >= least) return asked;
  return chooseStep(range, Math.max(FEWEST_POINTS, Math.floor(width / PX_PER_POINT)));
}

interface Options {
  kind: "range" | "instant";
  expr: string;
  raw: RawRange;
  source: string;
  stepMs: number;
  enabled: boolean;
}

function options({ kind, expr, raw, source, stepMs, enabled }: Options) {
  const ask = kind === "range" ? askRange : askInstant;
  return {
    queryKey: ["explore", kind, source, expr, raw.from, raw.to, zoneNow(), stepMs],
    queryFn: ({ signal }: { signal: AbortSignal }): Promise<Answer> => {
      const asked: Asked = { source, expr, range: rangeAt(raw, Date.now()), stepMs };
      return ask(asked, signal);
    },
    enabled: enabled && expr.trim() !== "",
    gcTime: KEEP_MS,
    structuralSharing: false,
    retry: (failures: number, error: Error) => !isSourceGone(error) && mayRetry(failures, error),
    placeholderData: keepPreviousData<Answer>,
  };
}

/** One entry a query of the address, in its order. */
export function useAnswers(
  { queries, view, stepMs: asked }: ExploreState,
  raw: RawRange,
  source: string,
  width: number | undefined,
): QueryAnswer[] {
  const stepMs = stepFor(asked, raw, width ?? 0);
  const plan = (kind: Options["kind"], wanted: boolean) =>
    queries.map(({ expr, hidden }) =>
      options({ kind, expr, raw, source, stepMs, enabled: wanted && !hidden && width !== undefined }),
    );
  const charts = useQueries({ queries: plan("range", view !== "table") });
  const tables = useQueries({ queries: plan("instant", view !== "chart") });
  return queries.map(({ hidden, expr }, at) => {
    const [chart, table] = [charts[at]!, tables[at]!];
    const current = !hidden && expr.trim() !== "";
    // A range vector and a string have no chart, and are right in a table.
    const stepless = table.error === null && table.data !== undefined && table.data.frame === undefined;
    return {
      letter: letterOf(at),
      hidden,
      chart: current && view !== "table" && chart.error === null ? chart.data : undefined,
      table: current && view !== "chart" && table.error === null ? table.data : undefined,
      error: current ? (table.error ?? (stepless ? null : chart.error)) : null,
      fetching: chart.isFetching || table.isFetching,
      stepMs,
    };
  });
}
