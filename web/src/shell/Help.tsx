/** The keyboard map. */

import { Dialog } from "../components/Dialog";
import styles from "./Help.module.css";

const GROUPS = [
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K", "Command palette"],
      ["/", "Find a dashboard"],
      ["g d", "Dashboards"],
      ["g e", "Explore"],
      ["g t", "Targets"],
      ["g s", "Status"],
      ["c", "Copy the link to this view"],
      ["?", "This list"],
      ["Esc", "Close what is open"],
    ],
  },
  {
    title: "Time",
    keys: [
      ["t", "Choose the time range"],
      [",", "Move it back"],
      [".", "Move it forward"],
      ["-", "Zoom out"],
      ["r", "Refresh now"],
    ],
  },
  {
    title: "Panel under the pointer",
    keys: [
      ["v", "View it alone"],
      ["e", "Explore its queries"],
    ],
  },
  {
    title: "Explore",
    keys: [
      ["Ctrl ↵", "Run the queries"],
      ["Shift ↵", "Run the queries"],
      ["m", "Browse the metrics"],
    ],
  },
] as const;

export default function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" wide onClose={onClose}>
      <div className={styles.groups}>
        {GROUPS.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl className={styles.keys}>
              {keys.map(([key, says]) => (
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
