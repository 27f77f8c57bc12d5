/** Asking a Prometheus for the choices of a variable. */

import { apiOf } from "../api/frames";
import { getData } from "../api/http";
import type { SourceUid } from "../model/source";
import type { TimeRange } from "../model/timerange";
import type { ChoiceQuery } from "../model/variable";

type Sample = [seconds: number, value: string];
type Metric = Record<string, string>;
type QueryData =
  | { resultType: "vector"; result: { metric: Metric; value: Sample }[] }
  | { resultType: "scalar" | "string"; result: Sample }
  | { resultType: "matrix"; result: unknown[] };

/** `name{a="b"}` with nothing left out: regular expressions of variables look for it. */
function writeMetric({ __name__: name = "", ...labels }: Metric): string {
  return `${name}{${Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(",")}}`;
}

/** As Grafana writes a result before the variable's regular expression: `name{a="b"} 1 1700000000000`. */
function writeResult(data: QueryData): string[] {
  if (data.resultType === "vector") {
    return data.result.map(({ metric, value }) => `${writeMetric(metric)} ${value[1]} ${value[0] * 1000}`);
  }
  return data.resultType === "matrix" ? [] : [data.result[1]];
}

const matches = (pattern: string): ((name: string) => boolean) => {
  const expression = new RegExp(pattern); // what does not compile is an error to be told
  return (name) => expression.test(name);
};

/** The answers, one text each, of what there was in the range. */
export async function askChoices(
  source: SourceUid,
  query: ChoiceQuery,
  range: TimeRange,
  signal: AbortSignal,
): Promise<string[]> {
  const api = apiOf(source);
  const between = { start: range.fromMs / 1000, end: range.toMs / 1000 };
  const selector = "match" in query ? query.match : undefined;
  const match = selector === undefined ? {} : { "match[]": selector };
  switch (query.kind) {
    case "label_values":
      return getData(
        `${api}/label/${encodeURIComponent(query.label)}/values`,
        { ...between, ...match },
        signal,
      );
    case "label_names":
      return getData(`${api}/labels`, { ...between, ...match }, signal);
    case "metrics": {
      const names: string[] = await getData(`${api}/label/__name__/values`, between, signal);
      return names.filter(matches(query.pattern));
    }
    case "query_result":
      return writeResult(await getData(`${api}/query`, { query: query.expr, time: between.end }, signal));
    case "series": {
      const all: Metric[] = await getData(`${api}/series`, { ...between, ...match }, signal);
      return all.map(writeMetric);
    }
  }
}
