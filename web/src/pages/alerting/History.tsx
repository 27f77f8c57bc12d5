/** The last day of an alert: a strip of its pending and firing times, and the same in words. */

import { useQuery } from "@tanstack/react-query";
import { describeAge, formatTime } from "../../model/timerange";
import type { AlertRow } from "./alerts";
import { askHistory, firedOf, type PastAlerts, type Period } from "./history";
import { useRefreshMs } from "./useAlerts";
import styles from "./Alerts.module.css";

const REFRESH_MS = 30_000;

export function History({ row: { labels, state, sinceMs } }: { row: AlertRow }) {
  const { data, error } = useQuery({
    queryKey: ["alerting", "history", labels, state],
    queryFn: ({ signal }) => askHistory(labels, { state, sinceMs }, signal),
    refetchInterval: useRefreshMs(REFRESH_MS),
    retry: false,
  });
  if (error !== null) return <p className={styles.note}>What was before cannot be shown: {error.message}</p>;
  if (data === undefined) return <p className={styles.note}>Looking…</p>;
  return <Strip {...data} />;
}

const WORDS = { firing: "Firing", pending: "Pending" } as const;

const said = ({ state, fromMs, toMs }: Period): string =>
  `${WORDS[state]} from ${formatTime(fromMs)} for ${describeAge(toMs - fromMs)}`;

function Strip({ fromMs, toMs, periods }: PastAlerts) {
  const { times, totalMs } = firedOf(periods);
  const place = (ms: number): number =>
    (100 * (Math.min(toMs, Math.max(fromMs, ms)) - fromMs)) / (toMs - fromMs);
  const words =
    times === 0
      ? "It has not fired in the last 24 hours."
      : `It fired ${times === 1 ? "once" : `${times} times`} in the last 24 hours, for ${describeAge(totalMs)} in all.`;
  return (
    <>
      <p className={styles.note}>{words}</p>
      <div
        className={styles.strip}
        role="img"
        aria-label={[words, ...periods.slice(-10).map(said)].join(" ")}
      >
        {periods.map((period, at) => (
          <i
            key={at}
            data-state={period.state}
            title={said(period)}
            style={{
              left: `${place(period.fromMs)}%`,
              width: `${place(period.toMs) - place(period.fromMs)}%`,
            }}
          />
        ))}
      </div>
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
