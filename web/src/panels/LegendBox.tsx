/** The room of a legend below or beside its chart: it scrolls, and says how many entries one does not see. */

import { useEffect, useRef, useState, type ReactNode } from "react";
import styles from "./legend.module.css";

interface LegendBoxProps {
  right: boolean;
  count: number;
  children: ReactNode;
}

/** How many entries end below the foot of the unscrolled box. */
function countBelow(box: HTMLElement): number {
  const foot = box.getBoundingClientRect().top + box.clientHeight - box.scrollTop;
  const entries = box.querySelectorAll("[data-entry]");
  let [seen, below] = [0, entries.length]; // entries stand in order: a look at a few finds the first one below
  while (seen < below) {
    const middle = (seen + below) >> 1;
    if (entries[middle]!.getBoundingClientRect().bottom > foot + 1) below = middle;
    else seen = middle + 1;
  }
  return entries.length - seen;
}

/** Entries carry `data-entry`. */
export function LegendBox({ right, count, children }: LegendBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const [below, setBelow] = useState(0);
  const [all, setAll] = useState(false);
  useEffect(() => {
    const measure = (): void => {
      if (box.current !== null) setBelow(countBelow(box.current)); // it may be gone when the browser tells
    };
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    observer.observe(box.current!.firstElementChild!);
    return () => observer.disconnect();
  }, [count]);
  return (
    <div className={`${styles.box} ${right ? styles.right : ""} ${all ? styles.all : ""}`}>
      <div ref={box} className={styles.scroll}>
        {children}
      </div>
      {(below > 0 || all) && (
        <button
          type="button"
          className={styles.more}
          title={all ? "Give the chart its room back" : `Show more of the ${count} entries`}
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? "fewer" : `+${below} more`}
        </button>
      )}
    </div>
  );
}
