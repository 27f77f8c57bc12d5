/** Marking an event, or changing one. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type ReactNode, type SyntheticEvent } from "react";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import type { Dashboard } from "../model/dashboard";
import { formatTime, resolveBound } from "../model/timerange";
import { showToast } from "../state/toasts";
import { addEvent, changeEvent, deleteEvent, type NewEvent } from "./api";
import type { Draft } from "./context";
import { EVENTS_KEY } from "./useEvents";
import styles from "./EventEditor.module.css";

interface Fields {
  text: string;
  tags: string;
  from: string;
  to: string;
  panelId: number;
}

const fieldsOf = ({ text, tags, fromMs, toMs, panelId, panel }: Draft): Fields => ({
  text,
  tags: tags.join(", "),
  from: formatTime(fromMs),
  to: toMs > fromMs ? formatTime(toMs) : "",
  panelId: panel?.id ?? panelId,
});

/** A time as it was given, to the ms, unless somebody has written another. */
function timeOf(text: string, before: number): number | undefined {
  return text.trim() === formatTime(before) ? before : resolveBound(text, Date.now());
}

/** What is wrong, and with which field. */
interface Fault {
  at: "text" | "from" | "to";
  says: string;
}

const noTime = (at: "from" | "to", text: string): Fault => ({ at, says: `“${text}” is no time.` });

/** What is sent, or what is wrong. */
function readFields(fields: Fields, draft: Draft, dashboardUID: string): NewEvent | Fault {
  const text = fields.text.trim();
  if (text === "") return { at: "text", says: "Say in a word what happened." };
  const time = timeOf(fields.from, draft.fromMs);
  if (time === undefined) return noTime("from", fields.from);
  const timeEnd = fields.to.trim() === "" ? time : timeOf(fields.to, draft.toMs);
  if (timeEnd === undefined) return noTime("to", fields.to);
  if (timeEnd < time) return { at: "to", says: "It ends before it begins." };
  const tags = fields.tags.split(",").map((tag) => tag.trim());
  return {
    dashboardUID,
    panelId: fields.panelId,
    time: Math.round(time),
    timeEnd: Math.round(timeEnd),
    text,
    tags: [...new Set(tags)].filter((tag) => tag !== ""),
  };
}

interface EventEditorProps {
  draft: Draft;
  dashboard: Dashboard;
  onClose: () => void;
}

interface Work {
  error: string;
  busy: boolean;
  run: (work: () => Promise<unknown>, said: string) => void;
}

/** Sends something, then shows the charts with it. */
function useWork(onDone: () => void): Work {
  const client = useQueryClient();
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const run = (work: () => Promise<unknown>, said: string): void => {
    setBusy(true);
    setError("");
    work()
      .then(() => client.refetchQueries({ queryKey: EVENTS_KEY, type: "active" }))
      .then(
        () => {
          showToast(said);
          onDone();
        },
        (reason: unknown) => {
          setBusy(false);
          setError(reason instanceof Error ? reason.message : String(reason));
        },
      );
  };
  return { error, busy, run };
}

interface Told {
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

interface FieldProps {
  label: string;
  hint?: string;
  /** What is wrong with it. */
  fault?: string | undefined;
  children: (told: Told) => ReactNode;
}

/** A control under its label, with what is wrong with it right below. */
function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const wrong = fault !== undefined;
  return (
    <div className={styles.field}>
      <label>
        <span>
          {label} {hint !== undefined && <small>{hint}</small>}
        </span>
        {children({ "aria-invalid": wrong, "aria-describedby": wrong ? id : undefined })}
      </label>
      {wrong && (
        <p id={id} role="alert" className={styles.error}>
          {fault}
        </p>
      )}
    </div>
  );
}

interface TextProps extends Omit<FieldProps, "children"> {
  value: string;
  onChange: (value: string) => void;
}

const TextField = ({ value, onChange, ...field }: TextProps) => (
  <Field {...field}>
    {(told) => <input value={value} {...told} onChange={(event) => onChange(event.target.value)} />}
  </Field>
);

/** The fault that was found last; the focus goes to its field. */
function useFault() {
  const form = useRef<HTMLFormElement>(null);
  const [fault, setFault] = useState<Fault>();
  useEffect(() => {
    if (fault !== undefined) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [fault]);
  const of = (at: Fault["at"]): string | undefined => (fault?.at === at ? fault.says : undefined);
  return { form, of, setFault };
}

export function EventEditor({ draft, dashboard, onClose }: EventEditorProps) {
  const [fields, setFields] = useState(() => fieldsOf(draft));
  const { error, busy, run } = useWork(onClose);
  const { form, of, setFault } = useFault();
  const set = (change: Partial<Fields>): void => setFields((was) => ({ ...was, ...change }));
  const save = (submitted: SyntheticEvent): void => {
    submitted.preventDefault();
    const event = readFields(fields, draft, dashboard.uid);
    setFault("says" in event ? event : undefined);
    if ("says" in event) return;
    if (draft.id === undefined) run(() => addEvent(event), "Event marked.");
    else run(() => changeEvent(draft.id!, event), "Event changed.");
  };
  return (
    <Dialog title={draft.id === undefined ? "Mark an event" : "Change an event"} onClose={onClose}>
      <form ref={form} className={styles.form} onSubmit={save} noValidate>
        <Field label="What happened" fault={of("text")}>
          {(told) => (
            <textarea
              rows={3}
              data-autofocus
              value={fields.text}
              {...told}
              onChange={(event) => set({ text: event.target.value })}
            />
          )}
        </Field>
        <TextField
          label="Tags"
          hint="separated by commas"
          value={fields.tags}
          onChange={(tags) => set({ tags })}
        />
        <div className={styles.times}>
          <TextField label="From" value={fields.from} fault={of("from")} onChange={(from) => set({ from })} />
          <TextField
            label="To"
            hint="empty for a moment"
            value={fields.to}
            fault={of("to")}
            onChange={(to) => set({ to })}
          />
        </div>
        {draft.panel !== undefined && (
          <Field label="Shown on">
            {() => (
              <select
                value={fields.panelId}
                onChange={(event) => set({ panelId: Number(event.target.value) })}
              >
                <option value={draft.panel!.id}>{draft.panel!.title || "This panel"}</option>
                <option value={0}>All panels of the dashboard</option>
              </select>
            )}
          </Field>
        )}
        {error !== "" && (
          <p role="alert" className={styles.error}>
            {error}
          </p>
        )}
        <footer className={styles.footer}>
          {draft.id !== undefined && (
            <Button
              icon="trash"
              disabled={busy}
              className={styles.remove}
              onClick={() => run(() => deleteEvent(draft.id!), "Event deleted.")}
            >
              Delete
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button primary type="submit" disabled={busy}>
            Save
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
