/** What is scraped, and how that goes. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fetchTargets, type ScrapeTarget } from "../../api/catalog";
import { RefreshPicker } from "../../components/RefreshPicker";
import { Empty, Failed } from "../../components/states";
import { formatText } from "../../model/units";
import { describeAge } from "../../model/timerange";
import { Page } from "../Page";
import styles from "./TargetsPage.module.css";

const REFRESH_MS = 5000;
const CHOICES_MS = [0, 1000, 5000, 30_000];

const WORDS = { up: "Up", down: "Down", unknown: "Unknown" } as const;

function Labels({ labels }: { labels: Record<string, string> }) {
  return (
    <span className={styles.labels}>
      {Object.entries(labels).map(([name, value]) => (
        <span key={name} className={styles.label} title={`${name}="${value}"`}>
          <span>{name}</span>
          {value}
        </span>
      ))}
    </span>
  );
}

/** The year 1 stands for "never", as in Prometheus. */
function lastScrape({ lastScrape: at }: ScrapeTarget): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) || ms < 0 ? "never" : `${describeAge(Date.now() - ms)} ago`;
}

function Row({ target }: { target: ScrapeTarget }) {
  return (
    <li className={styles.target}>
      <span className={`${styles.state} ${styles[target.health] ?? ""}`}>{WORDS[target.health]}</span>
      <span className={styles.url} title={target.scrapeUrl}>
        {target.scrapeUrl}
      </span>
      <Labels labels={target.labels} />
      <span className={styles.times}>
        {lastScrape(target)}
        <span>{target.lastScrapeDuration > 0 ? `in ${formatText(target.lastScrapeDuration, "s")}` : ""}</span>
      </span>
      {target.lastError !== "" && <p className={styles.error}>{target.lastError}</p>}
    </li>
  );
}

function Pool({ name, targets }: { name: string; targets: readonly ScrapeTarget[] }) {
  const up = targets.filter(({ health }) => health === "up").length;
  return (
    <section className={styles.pool}>
      <h2>
        {name}
        <span className={up === targets.length ? styles.allUp : styles.someDown}>
          {up} of {targets.length} up
        </span>
      </h2>
      <ul>
        {targets.map((target) => (
          <Row key={target.scrapeUrl + JSON.stringify(target.labels)} target={target} />
        ))}
      </ul>
    </section>
  );
}

export function TargetsPage() {
  const [refreshMs, setRefreshMs] = useState(REFRESH_MS);
  const { data, error, refetch } = useQuery({
    queryKey: ["targets"],
    queryFn: ({ signal }) => fetchTargets(signal),
    refetchInterval: refreshMs === 0 ? false : refreshMs,
  });
  const targets = data?.activeTargets ?? [];
  const pools = Map.groupBy(targets, ({ scrapePool }) => scrapePool);
  const controls = (
    <RefreshPicker
      intervalMs={refreshMs}
      choicesMs={CHOICES_MS}
      onRefresh={() => void refetch()}
      onInterval={setRefreshMs}
    />
  );
  return (
    <Page title="Targets" controls={controls}>
      {error !== null && data === undefined && (
        <Failed
          title="The targets could not be listed"
          message={error.message}
          onRetry={() => void refetch()}
        />
      )}
      {data !== undefined && targets.length === 0 && (
        <Empty title="No targets">Add a job under scrape_configs and reload.</Empty>
      )}
      {[...pools]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, members]) => (
          <Pool key={name} name={name} targets={members} />
        ))}
    </Page>
  );
}
