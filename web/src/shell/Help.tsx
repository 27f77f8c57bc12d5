/** The keyboard map. */

import { Dialog } from "../components/Dialog";
import { keyGroups } from "../state/keymap";
import styles from "./Help.module.css";

export default function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" wide onClose={onClose}>
      <div className={styles.groups}>
        {keyGroups().map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl className={styles.keys}>
              {keys.map(({ key, says }) => (
                <div key={key}>
                  <dt>
                    {key.split(" ").map((part) => (
                      <kbd key={part}>{part}</kbd>
                    ))}
                  </dt>
                  <dd>{says}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={styles.note}>
        Drag over a chart to zoom in, double-click to zoom out. Click a legend entry to see it alone; with
        Ctrl, hide it.
      </p>
    </Dialog>
  );
}
