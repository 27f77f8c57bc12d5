/** A small button that tells more: a box of text in the page's top layer, by click, key or pointing at it. */

import { useId, useRef, type ReactNode, type ToggleEvent } from "react";
import styles from "./Toggletip.module.css";

interface ToggletipProps {
  /** What the button is called. */
  label: string;
  /** What one reads on pointing at it. */
  title?: string;
  /** What the button shows. */
  face: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}

const EDGE_PX = 8;

/** Below the button, inside of the window. */
function place(box: HTMLElement, button: HTMLElement): void {
  const { left, bottom, top } = button.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const under = bottom + 4 + height <= window.innerHeight - EDGE_PX;
  box.style.left = `${Math.max(EDGE_PX, Math.min(left, window.innerWidth - width - EDGE_PX))}px`;
  box.style.top = `${under ? bottom + 4 : Math.max(EDGE_PX, top - height - 4)}px`;
}

export function Toggletip({ label, title, face, className, children }: ToggletipProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const onToggle = (event: ToggleEvent<HTMLDivElement>): void => {
    if (event.newState === "open") place(event.currentTarget, button.current!);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`${styles.button} ${className ?? ""}`}
        aria-label={label}
        title={title ?? label}
        popoverTarget={id}
      >
        {face}
      </button>
      <div id={id} popover="auto" className={styles.box} role="note" onToggle={onToggle}>
        {children}
      </div>
    </>
  );
}
