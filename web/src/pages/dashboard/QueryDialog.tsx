/** The queries of a panel: as written, and as they were sent. */

import { Dialog } from "../../components/Dialog";
import type { Panel } from "../../model/dashboard";
import { formatDuration } from "../../model/timerange";
import type { PanelFrame } from "../../query/panel";
import styles from "./QueryDialog.module.css";

interface QueryDialogProps {
  panel: Panel;
  frames: readonly PanelFrame[];
  onClose: () => void;
}

const describe = (frame: PanelFrame): string => {
  const series = `${frame.series.length} series`;
  return frame.step === 0
    ? `instant, ${series}`
    : `step ${formatDuration(frame.step)}, ${frame.times.length} points, ${series}`;
};

export function QueryDialog({ panel, frames, onClose }: QueryDialogProps) {
  return (
    <Dialog title={`Queries of ${panel.title}`} wide onClose={onClose}>
      {panel.queries.map((query, at) => {
        const frame = frames.find(
          ({ query: asked }) => asked.refId === query.refId && asked.instant === query.instant,
        );
        const written = query.written ?? query.expr;
        return (
          <div key={at} className={styles.query}>
            <p className={styles.head}>
              <b>{query.refId}</b> {frame === undefined ? "not answered" : describe(frame)}
            </p>
            <pre tabIndex={0}>{written}</pre>
            {frame !== undefined && frame.expr !== written && (
              <>
                <p className={styles.head}>sent as</p>
                <pre tabIndex={0}>{frame.expr}</pre>
              </>
            )}
          </div>
        );
      })}
    </Dialog>
  );
}
