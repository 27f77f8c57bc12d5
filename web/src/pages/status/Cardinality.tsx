/** Where series come from: the metrics, labels and pairs with most of them. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "../../components/Link";
import { formatText } from "../../model/units";
import { exploreAddress } from "../explore/address";
import { selector } from "../explore/metrics";
import { Card } from "./Card";
import { fetchTsdb, type Count } from "./data";
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

export function Cardinality() {
  const [limit, setLimit] = useState(LIMITS[0]!);
  const result = useQuery({
    queryKey: ["status", "tsdb", limit],
    queryFn: ({ signal }) => fetchTsdb(limit, signal),
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
        <div className={styles.tops}>
          <Top title="Series by metric" counts={data.seriesCountByMetricName} query={selector} />
          <Top title="Series by label pair" counts={data.seriesCountByLabelValuePair} query={pairQuery} />
          <Top title="Values by label" counts={data.labelValueCountByLabelName} />
          <Top title="Bytes by label" counts={data.memoryInBytesByLabelName} unit="bytes" />
        </div>
      )}
    </Card>
  );
}
