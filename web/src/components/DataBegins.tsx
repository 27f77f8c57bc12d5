/** A line above a page whose range is longer than the data: since when there are any, and what is drawn. */

import { formatMoment } from "../model/clock";
import { drawnRange } from "../model/step";
import { describeAge, type TimeRange } from "../model/timerange";
import { Icon } from "./icons";
import styles from "./DataBegins.module.css";

/** Less than this, or than this part of the range, is not worth a line. */
const SLACK_MS = 60_000;
const SLACK_SHARE = 0.02;

interface DataBeginsProps {
  range: TimeRange;
  beginsMs: number | undefined;
  nowMs: number;
}

export function DataBegins({ range, beginsMs, nowMs }: DataBeginsProps) {
  const slackMs = Math.max(SLACK_MS, SLACK_SHARE * (range.toMs - range.fromMs));
  if (beginsMs === undefined || beginsMs - range.fromMs < slackMs) return null;
  const shorter = drawnRange(range, beginsMs) !== range;
  return (
    <p className={styles.line}>
      <Icon name="clock" size={14} />
      <span>
        Data begin at {formatMoment(beginsMs, nowMs)}, {describeAge(nowMs - beginsMs)} ago
        {beginsMs >= range.toMs
          ? ": after this range."
          : shorter
            ? ": that part of the range is drawn."
            : "."}
      </span>
    </p>
  );
}
