/** What a page tells of its dashboard: what was translated to show it. Whoever looks at it finds it again in the list. */

import { useEffect, useState } from "react";
import type { Note } from "../../api/catalog";
import { Icon } from "../../components/icons";
import { Popover } from "../../components/Popover";
import type { Dashboard, Panel } from "../../model/dashboard";
import { rememberVisit } from "../../state/visits";
import styles from "./DashboardAbout.module.css";

interface Group {
  title: string;
  notes: Note[];
}

const everyPanel = (panels: readonly Panel[]): Panel[] =>
  panels.flatMap((panel) => [panel, ...everyPanel(panel.panels)]);

/** Notes by panel, in the order of the page; those of the whole dashboard first. */
function groupNotes({ panels, notes }: Dashboard): Group[] {
  const known = everyPanel(panels);
  const whole = notes.filter(({ panelId }) => !known.some(({ id }) => id === panelId));
  return [
    { title: "The dashboard", notes: whole },
    ...known.map(({ id, title }) => ({ title, notes: notes.filter(({ panelId }) => panelId === id) })),
  ].filter((group) => group.notes.length > 0);
}

interface DashboardAboutProps {
  dashboard: Dashboard;
  /** On the bar, or on a narrow screen, where the bar has no room, at the head of the page. */
  where: "bar" | "page";
}

export function DashboardAbout({ dashboard, where }: DashboardAboutProps) {
  const [open, setOpen] = useState(false);
  const { uid, notes } = dashboard;
  useEffect(() => rememberVisit(uid, Date.now()), [uid]);
  if (notes.length === 0) return null;
  const text = (
    <>
      <Icon name="swap" size={14} />
      {notes.length}
      <span> translated</span>
    </>
  );
  return (
    <Popover
      label={`${notes.length} translated to show this dashboard`}
      text={text}
      quiet
      align={where === "bar" ? "right" : "left"}
      className={styles[where]!}
      open={open}
      onOpen={setOpen}
    >
      <div className={styles.box} tabIndex={0}>
        <p>The dashboard is kept as it came. To show it,</p>
        {groupNotes(dashboard).map(({ title, notes: inside }, at) => (
          <section key={at}>
            <h3>{title === "" ? "(no title)" : title}</h3>
            <ul>
              {inside.map(({ path, message }, index) => (
                <li key={index} title={path}>
                  {message}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Popover>
  );
}
