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
      {panel.queries.map((query) => {
        const frame = frames.find((candidate) => candidate.query.refId === query.refId);
        return (
          <div key={query.refId} className={styles.query}>
            <p className={styles.head}>
              <b>{query.refId}</b> {frame === undefined ? "not answered" : describe(frame)}
            </p>
            <pre tabIndex={0}>{query.expr}</pre>
            {frame !== undefined && frame.expr !== query.expr && (
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
