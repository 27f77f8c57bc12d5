/** A box that opens below its button; Escape, a click elsewhere or the focus leaving close it. */

import { useEffect, useId, useRef, type ReactNode } from "react";
import { Button } from "./Button";
import type { IconName } from "./icons";
import styles from "./Popover.module.css";

interface PopoverProps {
  label: string;
  icon?: IconName;
  /** What the button shows; absent for an icon alone. */
  text?: ReactNode;
  quiet?: boolean;
  /** Which edge of the button the box keeps to. */
  align?: "left" | "right";
  open: boolean;
  onOpen: (open: boolean) => void;
  className?: string;
  children: ReactNode;
}

/** The caller holds `open`, so that a key can open it too. */
export function Popover({
  label,
  icon,
  text,
  quiet = false,
  align = "right",
  open,
  onOpen,
  className,
  children,
}: PopoverProps) {
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const chosen = root.current!.querySelector<HTMLElement>("[role=dialog] [aria-pressed=true]");
    (chosen ?? root.current!.querySelector<HTMLElement>("[role=dialog] button"))?.focus();
    const outside = (event: Event): void => {
      if (!root.current!.contains(event.target as Node)) onOpen(false);
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // what lies below stays open
      onOpen(false);
      root.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", escape);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", escape);
    };
  }, [open, onOpen]);
  return (
    <div ref={root} className={`${styles.root} ${className ?? ""}`}>
      <Button
        {...(icon === undefined ? {} : { icon })}
        quiet={quiet}
        aria-label={label}
        title={label}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => onOpen(!open)}
      >
        {text}
      </Button>
      {open && (
        <div
          id={id}
          className={`${styles.box} ${align === "right" ? styles.right : styles.left}`}
          role="dialog"
          aria-label={label}
        >
          {children}
        </div>
      )}
    </div>
  );
}

interface ChoiceProps {
  chosen?: boolean;
  onChoose: () => void;
  icon?: ReactNode;
  children: ReactNode;
}

/** One line of a list of choices. */
export function Choice({ chosen, onChoose, icon, children }: ChoiceProps) {
  return (
    <button
      type="button"
      className={chosen === true ? styles.chosen : styles.choice}
      aria-pressed={chosen}
      onClick={onChoose}
    >
      {icon}
      {children}
    </button>
  );
}
