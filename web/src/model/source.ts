/** Which data source a panel or query means: documents name those of another server, in several forms. Pure. */

import { referencesIn } from "./interpolate";
import { asObject, asText } from "./json";

/**
 * `embedded` for this process's own metrics, `default` for whatever the server asks by default, or another uid; before
 * variables are filled in, a reference to the one that holds it.
 */
export type SourceUid = string;

/** Kinds of source that speak PromQL. */
const PROMETHEUS = /prometheus|victoriametrics|mimir|thanos|cortex/i;

/** Names by which sources of other kinds are usually called, where a document has no more than a name. */
const OTHERS =
  /^(loki|tempo|jaeger|zipkin|elasticsearch|opensearch|influxdb|graphite|cloudwatch|mysql|postgres|postgresql|mssql|testdata|stackdriver|opentsdb|pyroscope)\b/i;

/** Not a source: each query has its own, or takes the data of another panel. */
const SPECIAL = new Set(["-- Mixed --", "-- Dashboard --", "mixed", "-- Default --", "default"]);

const nameOf = (raw: unknown): string => asText(raw) ?? asText(asObject(raw).uid) ?? "";

/** As it is chosen: a uid, a variable as `${DS}`, or what a document calls it; empty where it names none of its own. */
export function sourceName(raw: unknown): string {
  const name = nameOf(raw);
  if (/^(mixed|default|-- mixed --|-- default --)$/i.test(name)) return "";
  const variable = referenced(name);
  return variable === undefined ? name : `\${${variable}}`;
}

const referenced = (name: string): string | undefined => referencesIn(name)[0];

/** The kind of source that is needed and is none of Prometheus's; undefined where Prometheus will do. */
export function neededType(raw: unknown, variables: ReadonlyMap<string, string>): string | undefined {
  const name = nameOf(raw);
  if (SPECIAL.has(name)) return undefined;
  if (name === "-- Grafana --" || name === "grafana") return "Grafana itself";
  const variable = variables.get(referenced(name) ?? "");
  const type = variable ?? asText(asObject(raw).type) ?? OTHERS.exec(name)?.[1] ?? "";
  return type === "" || PROMETHEUS.test(type) ? undefined : `a ${titleOf(type)} data source`;
}

const titleOf = (type: string): string => {
  const bare = type.replace(/^grafana-|-datasource$/g, "");
  return bare.charAt(0).toUpperCase() + bare.slice(1);
};

/** The source that is asked; undefined where none is named. Sources that are not here mean the default one. */
export function sourceUid(raw: unknown, variables: ReadonlyMap<string, string>): SourceUid | undefined {
  const name = nameOf(raw);
  if (name === "" || SPECIAL.has(name)) return undefined;
  if (variables.has(referenced(name) ?? "")) return name;
  return name === "embedded" ? "embedded" : "default";
}
