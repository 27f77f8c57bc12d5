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

interface PoolProps {
  name: string;
  targets: readonly ScrapeTarget[];
  /** Kinds of discovery that the job asks for and Watchglass does not have. */
  unsupported: readonly string[];
}

function Pool({ name, targets, unsupported }: PoolProps) {
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
        {unsupported.map((kind) => (
          <li key={kind} className={styles.target}>
            <span className={styles.state}>Not supported</span>
            <span className={styles.url}>{kind}</span>
            <p className={styles.error}>
              Watchglass does not have this discovery; the targets it would find are missing.
            </p>
          </li>
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
  const missing = data?.unsupportedDiscoveries ?? [];
  const names = [...new Set([...targets, ...missing].map(({ scrapePool }) => scrapePool))];
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
      {data !== undefined && names.length === 0 && (
        <Empty title="No targets">Add a job under scrape_configs and reload.</Empty>
      )}
      {names
        .sort((a, b) => a.localeCompare(b))
        .map((name) => (
          <Pool
            key={name}
            name={name}
            targets={targets.filter(({ scrapePool }) => scrapePool === name)}
            unsupported={missing.filter(({ scrapePool }) => scrapePool === name).map(({ kind }) => kind)}
          />
        ))}
    </Page>
  );
}
