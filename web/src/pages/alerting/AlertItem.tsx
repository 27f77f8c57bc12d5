/** One alert in a line, which opens into all that is known of it. */

import { useEffect, useRef } from "react";
import { Badge } from "../../components/Badge";
import { ErrorBoundary } from "../../components/ErrorBoundary";
import { Icon } from "../../components/icons";
import { formatTime } from "../../model/timerange";
import { formatText } from "../../model/units";
import { setParams, useAddress } from "../../state/location";
import {
  firingKind,
  isInhibited,
  isMuted,
  isSilenced,
  kindOf,
  OPEN,
  shownLabels,
  wordsOf,
  type AlertRow,
} from "./alerts";
import { AlertDetails } from "./AlertDetails";
import { ageOf } from "./ages";
import { Labels } from "./Frame";
import { unitOf } from "./unit";
import styles from "./Alerts.module.css";

/** `Silenced`, where nobody is told. */
function quietWord(row: AlertRow): string {
  if (isSilenced(row)) return "Silenced";
  if (isInhibited(row)) return "Inhibited";
  return isMuted(row) ? "Muted" : "";
}

function State({ row }: { row: AlertRow }) {
  const quiet = quietWord(row);
  if (row.state === "pending") return <Badge kind="none">Pending</Badge>;
  if (quiet !== "") return <Badge kind="none">{quiet}</Badge>;
  return <Badge kind={firingKind(row.severity)}>Firing</Badge>;
}

export function AlertItem({ row }: { row: AlertRow }) {
  const { params } = useAddress();
  const open = params.get(OPEN) === row.id;
  const { summary } = wordsOf(row);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const line = item.current!.getBoundingClientRect();
    const isSeen = line.top >= 0 && line.top < window.innerHeight;
    if (open && !isSeen) item.current!.scrollIntoView(); // an address may open one that is far below
  }, [open]);
  return (
    <li ref={item} className={styles.item} data-open={open}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={open}
        onClick={() => setParams({ [OPEN]: open ? undefined : row.id }, true)}
      >
        <span className={styles.state}>
          <State row={row} />
          {row.severity !== "" && <small data-severity={kindOf(row.severity)}>{row.severity}</small>}
        </span>
        <span className={styles.about}>
          <b>{row.name}</b>
          {summary !== "" && <span className={styles.summary}>{summary}</span>}
          <Labels labels={shownLabels(row.labels)} />
        </span>
        <span className={styles.figures}>
          {row.value !== undefined && <b>{formatText(row.value, unitOf(row))}</b>}
          <span title={`Since ${formatTime(row.sinceMs)}`}>for {ageOf(row.sinceMs)}</span>
        </span>
        <Icon name="down" size={14} />
      </button>
      {open && (
        <div className={styles.details}>
          {row.leftUntilMs !== undefined && (
            <p className={styles.left}>
              It fired before the server was started anew or its rules were changed. It counts as firing until{" "}
              {formatTime(row.leftUntilMs)}; where its rule does not fire again by then, it is told as
              resolved.
            </p>
          )}
          <ErrorBoundary title="This alert could not be drawn">
            <AlertDetails row={row} />
          </ErrorBoundary>
        </div>
      )}
    </li>
  );
}
