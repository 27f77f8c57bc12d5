/** A few choices side by side, of which one holds. */

import type { ReactNode } from "react";
import styles from "./Segmented.module.css";

export interface Segment<T extends string> {
  value: T;
  /** What it says. */
  text: ReactNode;
  /** Its name, where it says nothing in words. */
  label?: string;
}

interface SegmentedProps<T extends string> {
  label: string;
  segments: readonly Segment<T>[];
  value: T;
  onChoose: (value: T) => void;
}

export function Segmented<T extends string>({ label, segments, value, onChoose }: SegmentedProps<T>) {
  return (
    <div className={styles.segmented} role="group" aria-label={label}>
      {segments.map(({ value: each, text, label: name }) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === value}
          {...(name !== undefined && { "aria-label": name, title: name })}
          onClick={() => onChoose(each)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
