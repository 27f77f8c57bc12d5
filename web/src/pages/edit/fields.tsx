/** The fields of the editor: each with its label, and told of every change. */

import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { focusOnMount } from "../../state/focus";
import { showToast } from "../../state/toasts";
import styles from "./fields.module.css";

interface FieldProps {
  label: string;
  /** A word on what it means. */
  hint?: string | undefined;
  /** What is wrong with it. */
  fault?: string | undefined;
  /** Beside the control instead of above it. */
  inline?: boolean;
  /** The label is heard and not seen. */
  bare?: boolean;
  /** In one line with the control, in its place. */
  beside?: ReactNode;
  children: (id: string, describedBy: string | undefined) => ReactNode;
}

export function Field({ label, hint, fault, inline = false, bare = false, beside, children }: FieldProps) {
  const id = useId();
  const note = fault ?? hint;
  const control = children(id, note === undefined ? undefined : `${id}-note`);
  return (
    <div className={inline ? styles.inline : styles.field}>
      <label htmlFor={id} className={bare ? styles.heard : styles.label}>
        {label}
      </label>
      {beside === undefined || beside === false ? (
        control
      ) : (
        <div className={styles.both}>
          {control}
          {beside}
        </div>
      )}
      {note !== undefined && (
        <p
          id={`${id}-note`}
          className={fault === undefined ? styles.hint : styles.fault}
          role={fault === undefined ? undefined : "alert"}
        >
          {note}
        </p>
      )}
    </div>
  );
}

interface TextProps extends Omit<FieldProps, "children"> {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  rows?: number;
  mono?: boolean;
  autoFocus?: boolean;
  list?: readonly string[];
}

export function TextField({
  value,
  onChange,
  placeholder,
  rows,
  mono = false,
  autoFocus = false,
  list,
  ...field
}: TextProps) {
  const focus = autoFocus ? { ref: focusOnMount, "data-autofocus": "" } : {};
  const className = mono ? styles.mono : styles.input;
  const shared = { value, placeholder, spellCheck: !mono, className, ...focus };
  return (
    <Field {...field}>
      {(id, describedBy) =>
        rows === undefined ? (
          <>
            <input
              id={id}
              aria-describedby={describedBy}
              aria-invalid={field.fault !== undefined}
              autoComplete="off"
              list={list === undefined ? undefined : `${id}-list`}
              {...shared}
              onChange={(event) => onChange(event.target.value)}
            />
            {list !== undefined && (
              <datalist id={`${id}-list`}>
                {list.map((text) => (
                  <option key={text} value={text} />
                ))}
              </datalist>
            )}
          </>
        ) : (
          <textarea
            id={id}
            aria-describedby={describedBy}
            aria-invalid={field.fault !== undefined}
            rows={rows}
            {...shared}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}

interface NumberProps extends Omit<FieldProps, "children"> {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  placeholder?: string;
  min?: number;
  max?: number;
  /** Told when the field is left, or on Enter: where each digit would put things into another order. */
  late?: boolean;
}

/** A number, or nothing; what is no number stays in the field and is not told. */
export function NumberField(props: NumberProps) {
  const { value, onChange, placeholder, min = -Infinity, max = Infinity, late = false, ...field } = props;
  const [text, setText] = useState(String(value ?? ""));
  const [told, setTold] = useState(value);
  if (value !== told) {
    setTold(value);
    if (readNumber(text) !== value) setText(String(value ?? ""));
  }
  const number = readNumber(text);
  const wrong = number !== undefined && !(number >= min && number <= max);
  const range = max === Infinity ? `at least ${min}` : `${min} to ${max}`;
  const message = Number.isNaN(number) ? "This is no number." : `It is ${range}.`;
  const tell = (next: string): void => {
    const read = readNumber(next);
    if (read === undefined || (read >= min && read <= max)) onChange(read);
  };
  useTold(wrong ? `${field.label}: “${text}”` : undefined);
  return (
    <Field {...field} fault={wrong ? message : field.fault}>
      {(id, describedBy) => (
        <input
          id={id}
          aria-describedby={describedBy}
          aria-invalid={wrong || field.fault !== undefined}
          data-untaken={wrong ? `${field.label}: “${text}”` : undefined}
          className={styles.input}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          placeholder={placeholder}
          onChange={(event) => {
            setText(event.target.value);
            if (!late) tell(event.target.value);
          }}
          onBlur={() => late && tell(text)}
          onKeyDown={(event) => event.key === "Enter" && tell(text)}
        />
      )}
    </Field>
  );
}

/** What is still not taken when its field goes away is told then: it is nowhere any more. */
function useTold(untaken: string | undefined): void {
  const latest = useRef(untaken);
  useEffect(() => {
    latest.current = untaken;
  }, [untaken]);
  useEffect(
    () => () => {
      if (latest.current !== undefined) showToast(`Not taken as a number: ${latest.current}.`);
    },
    [],
  );
}

/** Numbers that stand in fields and are not taken, each after the name of its field. */
export const untakenNow = (): string[] =>
  [...document.querySelectorAll<HTMLElement>("[data-untaken]")].map(({ dataset }) => dataset.untaken!);

/** A number as people type it; undefined for nothing, NaN for what is none. */
function readNumber(text: string): number | undefined {
  if (text.trim() === "") return undefined;
  const number = Number(text.replace(",", "."));
  return Number.isFinite(number) ? number : NaN;
}

export type Choices = readonly (readonly [value: string, label: string])[];

interface ChoiceProps extends Omit<FieldProps, "children"> {
  value: string;
  choices: Choices;
  onChange: (value: string) => void;
}

/** One of a few words; a value that is none of them stays, and is shown as it is. */
export function ChoiceField({ value, choices, onChange, ...field }: ChoiceProps) {
  const strange = !choices.some(([one]) => one === value);
  return (
    <Field {...field}>
      {(id, describedBy) => (
        <select
          id={id}
          aria-describedby={describedBy}
          className={styles.select}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {strange && <option value={value}>{value}</option>}
          {choices.map(([one, label]) => (
            <option key={one} value={one}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface SwitchProps {
  label: string;
  hint?: string;
  value: boolean;
  onChange: (value: boolean) => void;
}

export function SwitchField({ label, hint, value, onChange }: SwitchProps) {
  return (
    <label className={styles.switch}>
      <input
        type="checkbox"
        role="switch"
        checked={value}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className={styles.track} aria-hidden="true" />
      <span>
        {label}
        {hint !== undefined && <span className={styles.hint}>{hint}</span>}
      </span>
    </label>
  );
}

interface GroupProps {
  title: string;
  /** A few words on what is set inside, seen while it is closed. */
  summary?: string | undefined;
  open?: boolean;
  children: ReactNode;
}

/** Fields that belong together, under a title that folds them away. */
export function Group({ title, summary, open = true, children }: GroupProps) {
  return (
    <details className={styles.group} open={open}>
      <summary>
        <span>{title}</span>
        {summary !== undefined && <span className={styles.summary}>{summary}</span>}
      </summary>
      <div className={styles.inside}>{children}</div>
    </details>
  );
}
