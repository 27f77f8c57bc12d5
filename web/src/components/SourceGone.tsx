/** A strip above a page whose panels ask a server that does not answer: which, since when, and why. */

import type { DataSource } from "../api/catalog";
import { Icon } from "./icons";
import styles from "./SourceGone.module.css";

const clock = (ms: number): string =>
  new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

export function SourceGone({ source }: { source: DataSource | undefined }) {
  if (source?.watchglass.state !== "down") return null;
  const { since, error } = source.watchglass;
  return (
    <div className={styles.strip} role="status">
      <Icon name="warning" />
      <p>
        <b>
          {source.name} has not answered since {clock(since)}.
        </b>{" "}
        <span className={styles.detail}>
          {source.url}: {error}. Trying again every few seconds.
        </span>
      </p>
    </div>
  );
}
