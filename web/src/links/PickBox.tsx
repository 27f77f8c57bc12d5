/** The links of what was clicked in a drawing, in a box at its place. */

import { useEffect, useRef, useState, type MouseEvent, type ReactNode } from "react";
import { writeText } from "../model/field";
import { formatTime } from "../model/timerange";
import type { Subject } from "./datalinks";
import { SubjectLinks } from "./Follow";
import styles from "./PickBox.module.css";

export interface Pick {
  /** Where it was clicked, in px of the window. */
  x: number;
  y: number;
  /** The time of all of them, where they have one. */
  ms?: number;
  subjects: readonly Subject[];
}

const [EDGE_PX, AWAY_PX] = [8, 8];
const MOST_SUBJECTS = 12;

export function PickBox({ pick, onClose }: { pick: Pick; onClose: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current!;
    element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const fit = (at: number, size: number, room: number): number =>
      Math.max(EDGE_PX, Math.min(at + AWAY_PX, room - size - EDGE_PX));
    element.style.left = `${fit(pick.x, width, window.innerWidth)}px`;
    element.style.top = `${fit(pick.y, height, window.innerHeight)}px`;
    element.querySelector("a")?.focus();
  }, [pick]);
  return (
    <div
      ref={box}
      popover="auto"
      className={styles.box}
      role="dialog"
      aria-label="Links of the data"
      onToggle={(event) => event.newState === "closed" && onClose()}
    >
      {pick.ms !== undefined && <p className={styles.when}>{formatTime(pick.ms)}</p>}
      <ul>
        {pick.subjects.slice(0, MOST_SUBJECTS).map((subject, at) => (
          <li key={at}>
            <span title={subject.name}>{subject.name}</span>
            <b>{subject.text ?? writeText(subject.field, subject.value)}</b>
            <SubjectLinks subject={subject} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The box, and what opens it where the pointer is. */
export function usePick(): [box: ReactNode, open: (event: MouseEvent, subject: Subject) => void] {
  const [pick, setPick] = useState<Pick>();
  const box = pick === undefined ? null : <PickBox pick={pick} onClose={() => setPick(undefined)} />;
  const open = ({ clientX, clientY, currentTarget }: MouseEvent, subject: Subject): void => {
    const { left, bottom } = currentTarget.getBoundingClientRect();
    const byKey = clientX === 0 && clientY === 0;
    setPick({ x: byKey ? left : clientX, y: byKey ? bottom : clientY, subjects: [subject] });
  };
  return [box, open];
}
