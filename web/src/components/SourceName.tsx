/** The server that a page's panels ask, with a dot for whether it answers. */

import type { DataSource } from "../api/catalog";
import styles from "./SourceName.module.css";

const STATES = { up: "answers", down: "does not answer", unknown: "has not been asked yet" } as const;

export function SourceName({ source }: { source: DataSource }) {
  const { state } = source.watchglass;
  const text = `Asked from ${source.name} at ${source.url}, which ${STATES[state]}`;
  return (
    <span className={styles.name} title={text} aria-label={text} role="img">
      <i className={styles[state]} />
      <span className={styles.text}>{source.name}</span>
    </span>
  );
}
