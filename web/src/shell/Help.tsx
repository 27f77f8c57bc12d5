/** The keyboard shortcuts. */

import { Dialog } from "../components/Dialog";
import styles from "./Help.module.css";

const SHORTCUTS = [
  ["t", "Choose the time range"],
  ["r", "Refresh now"],
  ["v", "View the panel under the pointer alone"],
  ["/", "Find a dashboard"],
  ["?", "This list"],
  ["Esc", "Close what is open"],
] as const;

export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className={styles.keys}>
        {SHORTCUTS.map(([key, says]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.note}>
        Drag over a chart to zoom in, double-click to zoom out. Click a legend entry to see it alone; with
        Ctrl, hide it.
      </p>
    </Dialog>
  );
}
