/** Health, build, storage, data sources and running queries. */

import { useQuery } from "@tanstack/react-query";
import { fetchSources } from "../../api/catalog";
import { Badge } from "../../components/Badge";
import { Link } from "../../components/Link";
import { describeAge, formatTime } from "../../model/timerange";
import { format, formatText } from "../../model/units";
import { exploreAddress } from "../explore/address";
import { Card, Facts } from "./Card";
import {
  describeRetention,
  fetchHealth,
  fetchStatus,
  fetchTsdb,
  words,
  type Component,
  type Condition,
  type Running,
  type Runtime,
  type Texts,
} from "./data";
import styles from "./StatusPage.module.css";

const REFRESH_MS = 5000;

const CONDITIONS: Readonly<Record<Condition, readonly ["ok" | "warn" | "crit" | "none", string]>> = {
  ok: ["ok", "OK"],
  degraded: ["warn", "Degraded"],
  starting: ["none", "Starting"],
  failed: ["crit", "Failed"],
  stopping: ["none", "Stopping"],
};

const figure = (name: string, value: unknown): string => {
  const unit = name.endsWith("_bytes") ? "bytes" : "none";
  const text = typeof value === "number" ? formatText(value, unit) : String(value);
  return `${words(name.replace(/_bytes$/, ""))} ${text}`;
};

/** What a part counts, in one line. */
const figures = ({ status: _, detail: __, ...rest }: Component): string =>
  Object.entries(rest)
    .map(([name, value]) => figure(name, value))
    .join(" · ");

export function HealthCard() {
  const result = useQuery({
    queryKey: ["status", "health"],
    queryFn: ({ signal }) => fetchHealth(signal),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Card title="Health" result={result}>
      {({ components }) => (
        <ul className={styles.rows}>
          {Object.entries(components).map(([name, component]) => {
            const [kind, text] = CONDITIONS[component.status];
            return (
              <li key={name}>
                <b>{name}</b>
                <Badge kind={kind}>{text}</Badge>
                <p>{figures(component)}</p>
                {component.detail !== undefined && <p className={styles.detail}>{component.detail}</p>}
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}

const moment = (text: string): string => {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : formatTime(ms);
};

export function BuildCard() {
  const build = useQuery({
    queryKey: ["status", "build"],
    queryFn: ({ signal }) => fetchStatus<Texts>("buildinfo", signal),
  });
  const { data: runtime } = useQuery({
    queryKey: ["status", "runtime"],
    queryFn: ({ signal }) => fetchStatus<Runtime>("runtimeinfo", signal),
    refetchInterval: REFRESH_MS,
  });
  const upMs =
    runtime === undefined
      ? undefined
      : Date.parse(runtime.serverTime ?? new Date().toISOString()) - Date.parse(runtime.startTime);
  return (
    <Card title="Build and runtime" result={build}>
      {({ applicationVersion, version, pythonVersion }) => (
        <Facts
          facts={[
            ["Watchglass", applicationVersion],
            ["API of Prometheus", version],
            ["Python", pythonVersion],
            ["Host", runtime?.hostname],
            ["Started", runtime && moment(runtime.startTime)],
            ["Up for", upMs === undefined ? undefined : format(upMs, "dtdurationms").text],
            ["CPU time", runtime?.processCpuSeconds && formatText(runtime.processCpuSeconds, "s")],
            ["Threads", runtime?.threadCount],
            ["Working folder", runtime && <code>{runtime.CWD}</code>],
            ["Configuration read", runtime && moment(runtime.lastConfigTime)],
            [
              "Last reload",
              runtime && (
                <Badge kind={runtime.reloadConfigSuccess ? "ok" : "crit"}>
                  {runtime.reloadConfigSuccess ? "OK" : "Failed"}
                </Badge>
              ),
            ],
          ]}
        />
      )}
    </Card>
  );
}

export function StorageCard() {
  const runtime = useQuery({
    queryKey: ["status", "runtime"],
    queryFn: ({ signal }) => fetchStatus<Runtime>("runtimeinfo", signal),
    refetchInterval: REFRESH_MS,
  });
  const { data: head } = useQuery({
    queryKey: ["status", "tsdb", 10],
    queryFn: async ({ signal }) => fetchTsdb(10, signal),
    select: ({ headStats }) => headStats,
  });
  const filled = head !== undefined && head.minTime <= head.maxTime;
  return (
    <Card title="Storage" result={runtime}>
      {({ headSeries, storageBytes, storageRetention, corruptionCount }) => (
        <Facts
          facts={[
            ["Series", headSeries?.toLocaleString("en")],
            ["Label pairs", head?.numLabelPairs.toLocaleString("en")],
            ["Sealed blocks", head?.chunkCount.toLocaleString("en")],
            ["Oldest sample", filled ? formatTime(head.minTime) : undefined],
            ["Newest sample", filled ? formatTime(head.maxTime) : undefined],
            ["Spans", filled ? describeAge(head.maxTime - head.minTime) : undefined],
            ["On disk", storageBytes === undefined ? undefined : formatText(storageBytes, "bytes")],
            ["Kept for", describeRetention(storageRetention)],
            [
              "Damaged pieces",
              <Badge key="damage" kind={corruptionCount > 0 ? "crit" : "ok"}>
                {corruptionCount > 0 ? corruptionCount : "None"}
              </Badge>,
            ],
          ]}
        />
      )}
    </Card>
  );
}

const STATES = { up: ["ok", "Answers"], down: ["crit", "Gone"], unknown: ["none", "Not asked yet"] } as const;

export function SourcesCard() {
  const result = useQuery({
    queryKey: ["status", "sources"],
    queryFn: ({ signal }) => fetchSources(signal),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Card title="Data sources" result={result}>
      {(sources) => (
        <ul className={styles.rows}>
          {sources.map(({ uid, name, url, isDefault, watchglass: { kind, state, error, since } }) => (
            <li key={uid}>
              <b>
                {name}
                {isDefault && <span> default</span>}
              </b>
              <Badge kind={STATES[state][0]}>{STATES[state][1]}</Badge>
              <p>{kind === "embedded" ? "The metrics that this server collects" : url}</p>
              {error !== "" && (
                <p className={styles.detail}>
                  {error}, since {formatTime(since)}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** A query leads to Explore; what else runs is named by its address. */
function QueryText({ text }: { text: string }) {
  const code = <code>{text}</code>;
  if (text.startsWith("/"))
    return (
      <span className={styles.running} title={text}>
        {code}
      </span>
    );
  return (
    <Link to={exploreAddress({ queries: [text] })} title={text} className={styles.running}>
      {code}
    </Link>
  );
}

export function QueriesCard() {
  const result = useQuery({
    queryKey: ["status", "queries"],
    queryFn: ({ signal }) => fetchStatus<Running>("queries", signal),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Card title="Running queries" result={result}>
      {({ queries, memoryBytes, memoryLimitBytes }) => (
        <>
          <p className={styles.note}>
            {formatText(memoryBytes, "bytes")} of{" "}
            {memoryLimitBytes > 0 ? formatText(memoryLimitBytes, "bytes") : "unlimited memory"} taken
          </p>
          {queries.length === 0 && <p className={styles.note}>Nothing runs or waits.</p>}
          <ul className={styles.rows}>
            {queries.map(({ query = "", client = "", seconds = 0, state = "" }, at) => (
              <li key={at}>
                <QueryText text={query} />
                <Badge kind={state === "waiting" ? "warn" : "ok"}>{state}</Badge>
                <p>
                  {formatText(seconds, "s")} · {client}
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}
