/** Entries of a list that is edited: each opens below its head, and is moved and removed there. */

import { useState, type ReactNode } from "react";
import { Button } from "../../components/Button";
import { useFocusWhenOpen } from "./focusNew";
import styles from "./Card.module.css";

interface CardProps {
  /** What people and tools call the entry. */
  name: string;
  /** Written as code. */
  code?: boolean;
  about?: string | undefined;
  at: number;
  count: number;
  /** Kept, and without effect. */
  off?: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
  onMove: (step: -1 | 1) => void;
  /** Absent: it cannot be removed. */
  onRemove?: () => void;
  /** Before the others. */
  tools?: ReactNode;
  children: ReactNode;
}

export function Card(props: CardProps) {
  const { name, code = false, about, at, count, off = false, open, onOpen, onMove, onRemove, tools } = props;
  const inside = useFocusWhenOpen<HTMLDivElement>(open);
  return (
    <section
      className={`${styles.card} ${off ? styles.off : ""}`}
      data-open={open ? "" : undefined}
      aria-label={name}
    >
      <header className={styles.head}>
        <button
          type="button"
          className={`${styles.name} ${code ? styles.code : ""}`}
          aria-expanded={open}
          onClick={() => onOpen(!open)}
        >
          <b title={name}>{name}</b>
          <span className={styles.about} title={about}>
            {about}
          </span>
        </button>
        <span className={styles.tools}>
          {tools}
          {count > 1 && (
            <>
              <Button
                quiet
                icon="up"
                disabled={at === 0}
                aria-label={`Move ${name} up`}
                title="Move up"
                onClick={() => onMove(-1)}
              />
              <Button
                quiet
                icon="down"
                disabled={at === count - 1}
                aria-label={`Move ${name} down`}
                title="Move down"
                onClick={() => onMove(1)}
              />
            </>
          )}
          {onRemove !== undefined && (
            <Button quiet icon="trash" aria-label={`Remove ${name}`} title="Remove" onClick={onRemove} />
          )}
        </span>
      </header>
      {open && (
        <div ref={inside} className={styles.inside}>
          {props.children}
        </div>
      )}
    </section>
  );
}

export interface OpenCard {
  isOpen: (at: number) => boolean;
  set: (at: number | undefined) => void;
  /** Keeps the same entry open that is moved. */
  moved: (at: number, step: -1 | 1, count: number) => void;
}

/** Which entry of a list is open: one at most. */
export function useOpenCard(first?: number): OpenCard {
  const [open, setOpen] = useState(first);
  return {
    isOpen: (at) => at === open,
    set: setOpen,
    moved: (at, step, count) => {
      const to = at + step;
      if (to < 0 || to >= count) return;
      if (open === at) setOpen(to);
      else if (open === to) setOpen(at);
    },
  };
}
