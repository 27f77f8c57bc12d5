/** When an alert was pending and firing, as bars on a strip. */

import { describeAge, formatTime, type TimeRange } from "../../model/timerange";
import type { Period } from "./history";
import styles from "./Alerts.module.css";

const WORDS = { firing: "Firing", pending: "Pending" } as const;

const said = ({ state, fromMs, toMs }: Period): string =>
  `${WORDS[state]} from ${formatTime(fromMs)} for ${describeAge(toMs - fromMs)}`;

interface BarsProps {
  range: TimeRange;
  periods: readonly Period[];
  /** What the strip shows, in words; the last of the periods follow. */
  label: string;
}

export function Bars({ range: { fromMs, toMs }, periods, label }: BarsProps) {
  const place = (ms: number): number =>
    (100 * (Math.min(toMs, Math.max(fromMs, ms)) - fromMs)) / (toMs - fromMs);
  return (
    <div className={styles.strip} role="img" aria-label={[label, ...periods.slice(-10).map(said)].join(" ")}>
      {periods.map((period, at) => (
        <i
          key={at}
          data-state={period.state}
          title={said(period)}
          style={{
            left: `min(${place(period.fromMs)}%, 100% - 3px)`, // what has just begun is seen, too
            width: `${place(period.toMs) - place(period.fromMs)}%`,
          }}
        />
      ))}
    </div>
  );
}
