/** The targets of one pool. */

import { Badge } from "../../components/Badge";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { formatText } from "../../model/units";
import { describeAge } from "../../model/timerange";
import { exploreAddress } from "../explore/address";
import { selector } from "../explore/metrics";
import { keyOf, type Pool, type Target } from "./targets";
import styles from "./PoolSection.module.css";

const KINDS = { up: "ok", down: "crit", unknown: "none" } as const;
const WORDS = { up: "Up", down: "Down", unknown: "Unknown" } as const;

export function Labels({ labels }: { labels: Record<string, string> }) {
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
function lastScrape({ lastScrape: at }: Target): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) || ms < 0 ? "never" : `${describeAge(Date.now() - ms)} ago`;
}

/** `in 12 ms, 480 samples`. */
const cost = ({ lastScrapeDuration }: Target, samples: number | undefined): string =>
  [
    lastScrapeDuration > 0 ? `in ${formatText(lastScrapeDuration, "s")}` : "",
    samples === undefined ? "" : `${samples.toLocaleString("en")} samples`,
  ]
    .filter(Boolean)
    .join(", ");

function upQuery({ labels }: Target): string {
  const matchers = ["job", "instance"]
    .filter((name) => labels[name] !== undefined)
    .map((name) => selector("", name, labels[name]).slice('{"", '.length, -1));
  return `up{${matchers.join(", ")}}`;
}

function Row({ target, samples }: { target: Target; samples: number | undefined }) {
  const { health, scrapeUrl, labels, lastError, scrapeInterval, scrapeTimeout, discoveredLabels } = target;
  return (
    <li className={styles.target}>
      <Badge kind={KINDS[health]}>{WORDS[health]}</Badge>
      <div className={styles.what}>
        <span className={styles.url} title={scrapeUrl}>
          {scrapeUrl}
        </span>
        <Labels labels={labels} />
      </div>
      <span className={styles.times}>
        {lastScrape(target)}
        <span>{cost(target, samples)}</span>
      </span>
      {lastError !== "" && <p className={styles.error}>{lastError}</p>}
      <details className={styles.more}>
        <summary>Details</summary>
        <dl>
          <dt>Scraped</dt>
          <dd>
            every {scrapeInterval}, for {scrapeTimeout} at most
          </dd>
          <dt>Last scrape</dt>
          <dd>{target.lastScrape.startsWith("0001") ? "never" : target.lastScrape}</dd>
          <dt>Discovered labels</dt>
          <dd>
            <Labels labels={discoveredLabels} />
          </dd>
        </dl>
        <Link to={exploreAddress({ queries: [upQuery(target)], source: "embedded" })} className={styles.link}>
          <Icon name="compass" size={14} /> Explore when it was up
        </Link>
      </details>
    </li>
  );
}

interface PoolProps {
  pool: Pool;
  samples: ReadonlyMap<string, number> | undefined;
  dashboard: string | undefined;
}

export function PoolSection({ pool, samples, dashboard }: PoolProps) {
  const { name, up, down, unknown, targets, unsupported, dropped } = pool;
  const all = up + down + unknown;
  return (
    <section className={styles.pool} aria-label={name}>
      <header className={styles.header}>
        <h2>{name}</h2>
        {all > 0 && (
          <span className={down > 0 ? styles.someDown : styles.allUp}>
            {up} of {all} up
          </span>
        )}
        {dropped > 0 && <span className={styles.allUp}>{dropped} dropped</span>}
        {dashboard !== undefined && (
          <Link to={dashboard} className={styles.link}>
            <Icon name="auto" size={14} /> Dashboard
          </Link>
        )}
      </header>
      <ul>
        {targets.map((target) => (
          <Row
            key={target.scrapeUrl + JSON.stringify(target.labels)}
            target={target}
            samples={samples?.get(keyOf(target.labels))}
          />
        ))}
        {unsupported.map((kind) => (
          <li key={kind} className={`${styles.target} ${styles.unsupported}`}>
            <Badge kind="crit">Not supported</Badge>
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
