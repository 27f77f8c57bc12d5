/** Where series come from: the metrics, labels and pairs with most of them. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "../../components/Badge";
import { Link } from "../../components/Link";
import { formatText } from "../../model/units";
import { exploreAddress } from "../explore/address";
import { selector } from "../explore/metrics";
import { Card } from "./Card";
import { fetchByTarget, fetchTsdb, type ByTarget, type Count, type TargetCount } from "./data";
import styles from "./StatusPage.module.css";

const LIMITS = [10, 25, 100];

interface TopProps {
  title: string;
  counts: readonly Count[];
  unit?: string;
  /** The query that shows what an entry counts. */
  query?: (name: string) => string;
}

function Top({ title, counts, unit, query }: TopProps) {
  const most = Math.max(1, ...counts.map(({ value }) => value));
  const text = (value: number): string =>
    unit === undefined ? value.toLocaleString("en") : formatText(value, unit);
  return (
    <div className={styles.top}>
      <h3>{title}</h3>
      <ol>
        {counts.map(({ name, value }) => (
          <li key={name}>
            <span className={styles.share} style={{ width: `${(value / most) * 100}%` }} aria-hidden="true" />
            {query === undefined ? (
              <span title={name}>{name}</span>
            ) : (
              <Link to={exploreAddress({ queries: [query(name)], source: "embedded" })} title={name}>
                {name}
              </Link>
            )}
            <b>{text(value)}</b>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** `job=api` as a selector. */
function pairQuery(pair: string): string {
  const at = pair.indexOf("=");
  const [label, value] = [pair.slice(0, at), pair.slice(at + 1)];
  if (label === "__name__") return selector(value);
  return `count by (__name__) ({${selector("x", label, value).slice(2, -1)}})`;
}

const nameOf = ({ job, instance }: TargetCount): string => `${job} · ${instance}`;

/** The limits of every target, in a sentence. */
function limitsText({ limits: { seriesPerTarget, seriesPerMetric } }: ByTarget): string {
  const parts = [
    ...(seriesPerTarget > 0 ? [`${seriesPerTarget.toLocaleString("en")} series in all`] : []),
    ...(seriesPerMetric > 0 ? [`${seriesPerMetric.toLocaleString("en")} series of one metric`] : []),
  ];
  return parts.length === 0
    ? "Targets may have as many series as they like: scrape.series_per_target and scrape.series_per_metric limit them."
    : `A target may have ${parts.join(" and ")}; what is beyond is left out.`;
}

/** What the limits have kept out, by target. */
function LeftOut({ rows }: { rows: ByTarget["leftOut"] }) {
  return (
    <ul className={styles.rows}>
      {rows.map((row) => (
        <li key={nameOf(row)}>
          <b>{nameOf(row)}</b>
          <Badge kind="warn">{row.value.toLocaleString("en")} left out</Badge>
          <p>{row.metrics.map(({ name, value }) => `${name}: ${value.toLocaleString("en")}`).join(" · ")}</p>
        </li>
      ))}
    </ul>
  );
}

export function Cardinality() {
  const [limit, setLimit] = useState(LIMITS[0]!);
  const result = useQuery({
    queryKey: ["status", "tsdb", limit],
    queryFn: ({ signal }) => fetchTsdb(limit, signal),
    placeholderData: keepPreviousData,
  });
  const byTarget = useQuery({
    queryKey: ["status", "cardinality", limit],
    queryFn: ({ signal }) => fetchByTarget(limit, signal),
    placeholderData: keepPreviousData,
  });
  const tools = (
    <label className={styles.select}>
      Show
      <select value={limit} onChange={({ target }) => setLimit(Number(target.value))}>
        {LIMITS.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
  return (
    <Card title="Cardinality" id="cardinality" wide result={result} tools={tools}>
      {(data) => (
        <>
          {byTarget.data !== undefined && (
            <>
              <p className={styles.note}>{limitsText(byTarget.data)}</p>
              {byTarget.data.leftOut.length > 0 && <LeftOut rows={byTarget.data.leftOut} />}
            </>
          )}
          <div className={styles.tops}>
            <Top title="Series by metric" counts={data.seriesCountByMetricName} query={selector} />
            <Top title="Series by label pair" counts={data.seriesCountByLabelValuePair} query={pairQuery} />
            {byTarget.data !== undefined && (
              <Top
                title="Series by target"
                counts={byTarget.data.seriesCountByTarget.map((row) => ({
                  name: nameOf(row),
                  value: row.value,
                }))}
              />
            )}
            <Top title="Values by label" counts={data.labelValueCountByLabelName} />
            <Top title="Bytes by label" counts={data.memoryInBytesByLabelName} unit="bytes" />
          </div>
        </>
      )}
    </Card>
  );
}
