/** What discovery found and relabelling dropped. */

import { Labels } from "./PoolSection";
import type { Dropped } from "./targets";
import styles from "./PoolSection.module.css";

interface DroppedProps {
  targets: readonly Dropped[];
  counts: Readonly<Record<string, number>>;
  pool: string;
}

/** More than this are counted only. */
const MOST = 200;

export function DroppedTargets({ targets, counts, pool }: DroppedProps) {
  const own = targets.filter(({ scrapePool }) => pool === "" || scrapePool === pool);
  const all = Object.entries(counts)
    .filter(([name]) => pool === "" || name === pool)
    .reduce((sum, [, count]) => sum + count, 0);
  const count = Math.max(all, own.length);
  if (count === 0) return null;
  return (
    <details className={`${styles.pool} ${styles.dropped}`}>
      <summary>
        {count.toLocaleString("en")} {count === 1 ? "target" : "targets"} dropped by relabelling
      </summary>
      <ul>
        {own.slice(0, MOST).map(({ scrapePool, discoveredLabels, reason }) => (
          <li key={scrapePool + JSON.stringify(discoveredLabels)} className={styles.target}>
            <span className={styles.state}>Dropped</span>
            <div className={styles.what}>
              <span className={styles.url}>{scrapePool}</span>
              <Labels labels={discoveredLabels} />
            </div>
            {reason !== undefined && reason !== "" && <p className={styles.reason}>{reason}</p>}
          </li>
        ))}
      </ul>
      {count > Math.min(own.length, MOST) && (
        <p className={styles.rest}>{(count - Math.min(own.length, MOST)).toLocaleString("en")} more</p>
      )}
    </details>
  );
}
