/** A box that opens below its button; Escape, a click elsewhere or the focus leaving close it. */

import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  type KeyboardEvent as ReactKeyboardEvent,
  type ReactNode,
} from "react";
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

/** What must stay free between the box and the window's edge. */
const EDGE_PX = 8;

/** A box is never made lower than this. */
const LEAST_PX = 160;

/** Moves a box sideways into the window, above its button where there is more room, and lets it scroll where it is too high. */
function fit(box: HTMLElement): void {
  const { left, right, top, height } = box.getBoundingClientRect();
  const button = box.parentElement!.getBoundingClientRect();
  const over = Math.max(0, right - (document.documentElement.clientWidth - EDGE_PX));
  const under = Math.max(0, EDGE_PX - left);
  const gap = top - button.bottom;
  const below = window.innerHeight - top - EDGE_PX;
  const above = button.top - gap - EDGE_PX;
  const upward = height > below && above > below;
  const room = Math.max(LEAST_PX, upward ? above : below);
  const lift = upward ? button.top - gap - Math.min(height, room) - top : 0;
  box.style.translate = `${under - over}px ${lift}px`;
  box.style.maxHeight = `${room}px`;
}

/** Up and down go through the choices, as in a menu. */
function moveFocus(event: ReactKeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLButtonElement)) return;
  const choices = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const at = choices.indexOf(event.target);
  event.preventDefault();
  choices[(at + step + choices.length) % choices.length]?.focus();
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
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    if (!open) return;
    fit(box.current!);
    const chosen = root.current!.querySelector<HTMLElement>("[role=dialog] [aria-pressed=true]");
    (chosen ?? root.current!.querySelector<HTMLElement>("[role=dialog] button"))?.focus();
  }, [open]);
  useEffect(() => {
    if (!open) return;
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
          ref={box}
          id={id}
          onKeyDown={moveFocus}
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
