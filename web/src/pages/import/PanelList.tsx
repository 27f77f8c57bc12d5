/** The panels of a dashboard, and under each what is translated to show it. */

import type { Note } from "../../api/catalog";
import type { PreviewPanel } from "../../api/library";
import styles from "./PanelList.module.css";
import { typeName } from "./words";

/** As many as one reads. */
const MOST = 200;

function Notes({ notes }: { notes: readonly Note[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes}>
      {notes.map(({ path, message }, at) => (
        <li key={at} title={path}>
          {message}
        </li>
      ))}
    </ul>
  );
}

export function PanelList({ panels, notes }: { panels: readonly PreviewPanel[]; notes: readonly Note[] }) {
  const known = new Set<number | null>(panels.map(({ id }) => id));
  const whole = notes.filter(({ panelId }) => !known.has(panelId));
  return (
    <div className={styles.list}>
      {whole.length > 0 && (
        <>
          <h3>The dashboard</h3>
          <Notes notes={whole} />
        </>
      )}
      <ol>
        {panels.slice(0, MOST).map(({ id, title, type, row }, at) => (
          <li key={id}>
            {row !== "" && row !== panels[at - 1]?.row && <h3>{row}</h3>}
            <span className={styles.panel}>
              <span title={title}>{title === "" ? "(no title)" : title}</span>
              <small>{typeName(type)}</small>
            </span>
            <Notes notes={notes.filter(({ panelId }) => panelId === id)} />
          </li>
        ))}
      </ol>
      {panels.length > MOST && <p className={styles.more}>and {panels.length - MOST} more</p>}
    </div>
  );
}
