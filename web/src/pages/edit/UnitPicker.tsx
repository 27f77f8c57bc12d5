/** Choosing a unit: searched by name, by what it measures, and by Grafana's own word; any other text is one too. */

import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { searchUnits, unitName, type Unit } from "../../edit/unitlist";
import { Field } from "./fields";
import styles from "./UnitPicker.module.css";

interface UnitPickerProps {
  value: string | undefined;
  onChange: (unit: string | undefined) => void;
  /** The label beside it instead of above. */
  inline?: boolean;
}

interface Line extends Unit {
  /** First of its group. */
  heads: boolean;
}

function linesFor(search: string): Line[] {
  const text = search.trim();
  const found = searchUnits(text);
  const known = found.some(({ id, name }) => id === text || name === text);
  const own =
    text === "" || known
      ? []
      : [{ id: text, name: `“${text}” behind the number`, group: "Own", example: `42 ${text}` }];
  return [...found, ...own].map((unit, at, all) => ({ ...unit, heads: unit.group !== all[at - 1]?.group }));
}

export function UnitPicker({ value, onChange, inline = false }: UnitPickerProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setOpen(false);
    root.current?.querySelector("button")?.focus();
  };
  return (
    <Field label="Unit" inline={inline}>
      {(id) => (
        <div ref={root} className={styles.root}>
          <button
            id={id}
            type="button"
            className={styles.button}
            aria-haspopup="listbox"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <span className={value === undefined ? styles.none : undefined}>
              {value === undefined ? "None" : unitName(value)}
            </span>
            <Icon name="down" size={12} />
          </button>
          {value !== undefined && !open && (
            <Button
              quiet
              icon="close"
              aria-label="No unit"
              title="No unit"
              className={styles.clear}
              onClick={() => onChange(undefined)}
            />
          )}
          {open && (
            <UnitList
              value={value}
              onClose={close}
              onChoose={(unit) => {
                close();
                onChange(unit);
              }}
            />
          )}
        </div>
      )}
    </Field>
  );
}

interface UnitListProps {
  value: string | undefined;
  onClose: () => void;
  onChoose: (unit: string) => void;
}

function UnitList({ value, onClose, onChoose }: UnitListProps) {
  const id = useId();
  const [search, setSearch] = useState("");
  const lines = linesFor(search);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      lines.findIndex((unit) => unit.id === value),
    ),
  );
  const list = useRef<HTMLUListElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    box.current!.querySelector("input")!.focus(); // before the next key, so that no letter is lost
  }, []);
  useEffect(() => {
    list.current!.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, search]);
  useEffect(() => {
    const away = (event: Event): void => {
      if (!box.current!.parentElement!.contains(event.target as Node)) onClose();
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [onClose]);
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    const chosen = lines[active];
    if (step !== undefined) setActive(Math.min(lines.length - 1, Math.max(0, active + step)));
    else if (event.key === "Enter" && chosen !== undefined) onChoose(chosen.id);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={box} className={styles.box}>
      <input
        role="combobox"
        aria-label="Search units"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={lines[active] === undefined ? undefined : `${id}-${active}`}
        aria-autocomplete="list"
        placeholder="Search, or type your own"
        value={search}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <ul ref={list} id={id} role="listbox" aria-label="Units">
        {lines.map((unit, at) => (
          <li
            key={unit.id}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === active}
            data-group={unit.heads ? unit.group : undefined}
            className={unit.heads ? styles.first : styles.option}
            onPointerMove={() => setActive(at)}
            onClick={() => onChoose(unit.id)}
          >
            <span>{unit.name}</span>
            <span className={styles.example}>{unit.example}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
