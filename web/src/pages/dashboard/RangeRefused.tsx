/** A line above a dashboard whose own range means nothing: what is shown instead. */

import { Icon } from "../../components/icons";
import styles from "../../components/DataBegins.module.css";
import type { RawRange } from "../../model/timerange";

export const RangeRefused = ({ range }: { range: RawRange }) => (
  <p className={styles.line} role="note">
    <Icon name="clock" size={14} />
    <span>
      The range of this dashboard, “{range.from}” to “{range.to}”, is none here: the last hour is shown.
    </span>
  </p>
);
