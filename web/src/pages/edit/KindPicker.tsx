/** Choosing the type of a panel: every type with its drawing, its name and what one sees with it. */

import { useRef, useState, type KeyboardEvent } from "react";
import { findPanelType } from "../../panels";
import { kindOf, KINDS, type Kind } from "../../edit/kinds";
import { KindIcon } from "./kindIcons";
import styles from "./KindPicker.module.css";

/** The types that this page can draw. */
const OFFERED: readonly Kind[] = KINDS.filter(({ type }) => findPanelType(type) !== undefined);

interface KindListProps {
  chosen?: string;
  onChoose: (type: string) => void;
  /** Two or three words less each, for little room. */
  terse?: boolean;
}

/** Left and right, up and down go through the types. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const at = all.indexOf(event.target as HTMLElement);
  event.preventDefault();
  all[(at + step + all.length) % all.length]?.focus();
}

export function KindList({ chosen, onChoose, terse = false }: KindListProps) {
  return (
    <ul className={terse ? styles.terse : styles.list} onKeyDown={moveFocus} aria-label="Types of panel">
      {OFFERED.map(({ type, name, about }) => (
        <li key={type}>
          <button
            type="button"
            className={styles.kind}
            aria-pressed={chosen === undefined ? undefined : type === chosen}
            title={about}
            onClick={() => onChoose(type)}
          >
            <KindIcon type={type} />
            <span className={styles.name}>{name}</span>
            {!terse && <span className={styles.about}>{about}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface KindPickerProps {
  type: string;
  onChange: (type: string) => void;
}

/** The type of a panel, and the list of all of them on demand. */
export function KindPicker({ type, onChange }: KindPickerProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const kind = kindOf(type);
  const closeOnEscape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !open) return;
    event.preventDefault(); // the panel stays open
    setOpen(false);
    button.current!.focus();
  };
  return (
    <div className={styles.picker} onKeyDown={closeOnEscape}>
      <button
        ref={button}
        type="button"
        className={styles.current}
        aria-expanded={open}
        aria-label={`Type: ${kind?.name ?? type}`}
        onClick={() => setOpen(!open)}
      >
        <KindIcon type={type} size={22} />
        <span className={styles.name}>{kind?.name ?? type}</span>
        <span className={styles.about}>{kind?.about ?? "Shown as a table"}</span>
        <span className={styles.change}>{open ? "Close" : "Change"}</span>
      </button>
      {open && (
        <KindList
          terse
          chosen={type}
          onChoose={(next) => {
            setOpen(false);
            if (next !== type) onChange(next);
          }}
        />
      )}
    </div>
  );
}
