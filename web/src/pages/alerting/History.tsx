/** The last day of an alert: a strip of its pending and firing times, and the same in words. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "../../components/Link";
import { describeAge } from "../../model/timerange";
import type { AlertRow } from "./alerts";
import { askHistory, firedOf, type PastAlerts } from "./history";
import { Bars } from "./Bars";
import { useRefreshMs } from "./useAlerts";
import styles from "./Alerts.module.css";

const REFRESH_MS = 30_000;

export function History({ row: { name, labels, state, sinceMs } }: { row: AlertRow }) {
  const { data, error } = useQuery({
    queryKey: ["alerting", "history", labels, state],
    queryFn: ({ signal }) => askHistory(labels, { state, sinceMs }, signal),
    refetchInterval: useRefreshMs(REFRESH_MS),
    retry: false,
  });
  if (error !== null) return <p className={styles.note}>What was before cannot be shown: {error.message}</p>;
  if (data === undefined) return <p className={styles.note}>Looking…</p>;
  return (
    <>
      <Strip {...data} />
      <p className={styles.note}>
        <Link to={`history?search=${encodeURIComponent(`alertname="${name}"`)}`}>See its whole history</Link>
      </p>
    </>
  );
}

function Strip({ fromMs, toMs, periods }: PastAlerts) {
  const { times, totalMs } = firedOf(periods);
  const words =
    times === 0
      ? "It has not fired in the last 24 hours."
      : `It fired ${times === 1 ? "once" : `${times} times`} in the last 24 hours, for ${describeAge(totalMs)} in all.`;
  return (
    <>
      <p className={styles.note}>{words}</p>
      <Bars range={{ fromMs, toMs }} periods={periods} label={words} />
      <p className={styles.stripEnds} aria-hidden="true">
        <span>24 h ago</span>
        <span>
          <i data-state="pending" /> pending <i data-state="firing" /> firing
        </span>
        <span>now</span>
      </p>
    </>
  );
}
