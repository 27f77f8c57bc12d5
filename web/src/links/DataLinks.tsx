/** The links of a panel's data, value by value: the way to them without a pointer, and for every type of panel. */

import { useMemo } from "react";
import { Dialog } from "../components/Dialog";
import { Empty } from "../components/states";
import type { Panel } from "../model/dashboard";
import { writeText } from "../model/field";
import type { RawRange } from "../model/timerange";
import { shapeFrames } from "../query/frames";
import type { PanelData } from "../query/panel";
import { SubjectLinks } from "./Follow";
import { panelSubjects } from "./subjects";
import styles from "./DataLinks.module.css";

/** More than these nobody reads through. */
const MOST = 200;

interface DataLinksProps {
  panel: Panel;
  data: PanelData;
  raw: RawRange;
  onClose: () => void;
}

export default function DataLinks({ panel, data, onClose }: DataLinksProps) {
  const subjects = useMemo(() => {
    const { frames, tables } = shapeFrames(data.frames, panel);
    return panelSubjects(frames, tables, panel);
  }, [data, panel]);
  return (
    <Dialog title={`Links of ${panel.title}`} wide onClose={onClose}>
      {subjects.length === 0 && <Empty title="No links">No value has a link.</Empty>}
      <ul className={styles.list}>
        {subjects.slice(0, MOST).map((subject, at) => (
          <li key={at}>
            <span className={styles.name} title={subject.name}>
              {subject.name}
            </span>
            <span className={styles.value}>
              {Number.isNaN(subject.value) ? "" : writeText(subject.field, subject.value)}
            </span>
            <SubjectLinks subject={subject} />
          </li>
        ))}
      </ul>
      {subjects.length > MOST && <p className={styles.more}>{subjects.length - MOST} more are not listed.</p>}
    </Dialog>
  );
}
