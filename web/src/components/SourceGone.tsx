/** A strip above a page whose panels ask a server that does not answer: which, since when, and why. */

import type { DataSource } from "../api/catalog";
import { formatMoment } from "../model/clock";
import { Icon } from "./icons";
import styles from "./SourceGone.module.css";

export function SourceGone({ source }: { source: DataSource | undefined }) {
  if (source?.watchglass.state !== "down") return null;
  const { since, error } = source.watchglass;
  return (
    <div className={styles.strip} role="status">
      <Icon name="warning" />
      <p>
        <b>
          {source.name} has not answered since {formatMoment(since)}.
        </b>{" "}
        <span className={styles.detail}>
          {source.url}: {error}. Trying again every few seconds.
        </span>
      </p>
    </div>
  );
}
