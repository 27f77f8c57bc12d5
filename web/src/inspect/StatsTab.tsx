/** What the queries of a panel cost: time, samples, bytes, and whether the panel had to ask at all. */

import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { Empty, Skeleton } from "../components/states";
import type { Panel } from "../model/dashboard";
import { describeAge, formatDuration, formatTime } from "../model/timerange";
import { format } from "../model/units";
import type { PanelData, PanelFrame } from "../query/panel";
import { askCost, type Cost } from "./cost";
import styles from "./Inspector.module.css";

const written = (value: number, unit: string): string => {
  const { prefix = "", text, suffix } = format(value, unit);
  return `${prefix}${text}${/^\p{L}/u.test(suffix) ? " " : ""}${suffix}`;
};

interface Kept {
  atMs: number;
  panels: number;
}

/** Since when the page has the answer that is drawn, and how many panels draw from it. */
function keptAnswer(client: QueryClient, frame: PanelFrame): Kept | undefined {
  const found = client
    .getQueryCache()
    .findAll({ queryKey: ["panel", frame.query.source] })
    .find(({ state }) => (state.data as { times?: unknown } | undefined)?.times === frame.times);
  if (found === undefined) return undefined;
  return { atMs: found.state.dataUpdatedAt, panels: found.getObserversCount() };
}

function factsOf(frame: PanelFrame, cost: Cost, kept: Kept | undefined): [string, string][] {
  const seconds = (value: number | undefined): string =>
    value === undefined ? "not told" : written(value, "s");
  const count = (value: number | undefined): string =>
    value === undefined ? "not told" : value.toLocaleString("en");
  return [
    ["Time, until all was here", written(cost.tookMs, "ms")],
    ["Time in the server", seconds(cost.total)],
    ["of it, waiting", seconds(cost.queue)],
    ["of it, in the engine", seconds(cost.engine)],
    ["Samples read", count(cost.samples)],
    ["Samples held at once", count(cost.peak)],
    ["Series", count(cost.series)],
    ["Points each", count(cost.points)],
    ["Step", frame.step === 0 ? "one moment" : formatDuration(frame.step)],
    ["Answer", written(cost.bytes, "bytes")],
    [
      "Drawn from",
      kept === undefined
        ? "an answer of its own"
        : `the answer of ${formatTime(kept.atMs).slice(11)}, ${describeAge(Date.now() - kept.atMs).replaceAll(" ", "\u00a0")}\u00a0ago`,
    ],
    ["Asked once for", kept === undefined || kept.panels < 2 ? "this panel" : `${kept.panels} panels`],
  ];
}

function QueryStats({ frame }: { frame: PanelFrame }) {
  const client = useQueryClient();
  const { query, expr, step } = frame;
  const { data, error } = useQuery({
    queryKey: ["inspect", query.source, expr, step, frame.times[0], frame.times.at(-1)],
    queryFn: ({ signal }) => askCost(frame, signal),
    retry: false,
    staleTime: Infinity,
  });
  return (
    <section className={styles.query} aria-label={`Query ${query.refId}`}>
      <h3 className={styles.name}>Query {query.refId}</h3>
      {error !== null && <p className={styles.error}>{error.message}</p>}
      {data === undefined && error === null && <Skeleton />}
      {data !== undefined && (
        <dl className={styles.facts}>
          {factsOf(frame, data, keptAnswer(client, frame)).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

export function StatsTab({ data }: { panel: Panel; data: PanelData }) {
  if (data.frames.length === 0) return <Empty title="No answer">There is nothing to count yet.</Empty>;
  return (
    <>
      {data.frames.map((frame, at) => (
        <QueryStats key={at} frame={frame} />
      ))}
      <p className={styles.note}>
        Asked once more for these figures, without what the server keeps of earlier answers: a refresh of the
        panel costs less.
      </p>
    </>
  );
}
