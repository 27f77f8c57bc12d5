/** The room of a legend below or beside its chart: it scrolls, and says how many entries one does not see. */

import { useEffect, useRef, useState, type ReactNode } from "react";
import styles from "./legend.module.css";

interface LegendBoxProps {
  right: boolean;
  count: number;
  /** How many more there are, which are not among the entries. */
  left?: number;
  /** Nothing in it takes the focus: where it scrolls, the box itself does. */
  still?: boolean;
  /** The first so many of the entries. */
  children: (many: number) => ReactNode;
}

/** So many entries are drawn before it is known how many have room. */
const FIRST = 24;

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

/** Entries carry `data-entry`. Those that nobody has scrolled to are not drawn: a page of charts has thousands. */
export function LegendBox({ right, count, left = 0, still = false, children }: LegendBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const [below, setBelow] = useState(0);
  const [all, setAll] = useState(false);
  const [limit, setLimit] = useState(FIRST);
  const drawn = all ? count : Math.min(limit, count);
  useEffect(() => {
    const measure = (): void => {
      if (box.current === null) return; // it may be gone when the browser tells
      const unseen = countBelow(box.current);
      setBelow(unseen + count - drawn);
      if (unseen === 0 && drawn < count) setLimit(2 * drawn);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    observer.observe(box.current!.firstElementChild!);
    return () => observer.disconnect();
  }, [count, drawn]);
  return (
    <div className={`${styles.box} ${right ? styles.right : ""} ${all ? styles.all : ""}`}>
      <div
        ref={box}
        className={styles.scroll}
        onScroll={() => setLimit(Infinity)}
        {...(still && (below > 0 || all) ? { tabIndex: 0, role: "group", "aria-label": "Legend" } : {})}
      >
        {children(drawn)}
        {left > 0 && drawn === count && (
          <p className={styles.note} role="note">
            {count} are listed, +{left} more are not.
          </p>
        )}
      </div>
      {(below > 0 || all) && (
        <button
          type="button"
          className={styles.more}
          title={all ? "Give the chart its room back" : `Show more of the ${count + left} entries`}
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? "fewer" : `+${below + left} more`}
        </button>
      )}
    </div>
  );
}
