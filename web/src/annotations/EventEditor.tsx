/** Marking an event, or changing one. */

import { useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SyntheticEvent } from "react";
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

/** What is sent, or what is wrong. */
function readFields(fields: Fields, draft: Draft, dashboardUID: string): NewEvent | string {
  const text = fields.text.trim();
  if (text === "") return "Say in a word what happened.";
  const time = timeOf(fields.from, draft.fromMs);
  if (time === undefined) return `“${fields.from}” is no time.`;
  const timeEnd = fields.to.trim() === "" ? time : timeOf(fields.to, draft.toMs);
  if (timeEnd === undefined) return `“${fields.to}” is no time.`;
  if (timeEnd < time) return "It ends before it begins.";
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
  refuse: (why: string) => void;
}

/** Sends something, then shows the charts with it. */
function useWork(onDone: () => void): Work {
  const client = useQueryClient();
  const [error, refuse] = useState("");
  const [busy, setBusy] = useState(false);
  const run = (work: () => Promise<unknown>, said: string): void => {
    setBusy(true);
    work()
      .then(() => client.refetchQueries({ queryKey: EVENTS_KEY, type: "active" }))
      .then(
        () => {
          showToast(said);
          onDone();
        },
        (reason: unknown) => {
          setBusy(false);
          refuse(reason instanceof Error ? reason.message : String(reason));
        },
      );
  };
  return { error, busy, run, refuse };
}

interface FieldProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
}

function Field({ label, hint, value, onChange }: FieldProps) {
  return (
    <label className={styles.field}>
      <span>
        {label} {hint !== undefined && <small>{hint}</small>}
      </span>
      <input value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

export function EventEditor({ draft, dashboard, onClose }: EventEditorProps) {
  const id = useId();
  const [fields, setFields] = useState(() => fieldsOf(draft));
  const { error, busy, run, refuse } = useWork(onClose);
  const set = (change: Partial<Fields>): void => setFields((was) => ({ ...was, ...change }));
  const save = (submitted: SyntheticEvent): void => {
    submitted.preventDefault();
    const event = readFields(fields, draft, dashboard.uid);
    if (typeof event === "string") refuse(event);
    else if (draft.id === undefined) run(() => addEvent(event), "Event marked.");
    else run(() => changeEvent(draft.id!, event), "Event changed.");
  };
  return (
    <Dialog title={draft.id === undefined ? "Mark an event" : "Change an event"} onClose={onClose}>
      <form className={styles.form} onSubmit={save} noValidate>
        <label className={styles.field}>
          <span>What happened</span>
          <textarea
            rows={3}
            data-autofocus
            value={fields.text}
            aria-invalid={error !== ""}
            aria-describedby={error === "" ? undefined : id}
            onChange={(event) => set({ text: event.target.value })}
          />
        </label>
        <Field
          label="Tags"
          hint="separated by commas"
          value={fields.tags}
          onChange={(tags) => set({ tags })}
        />
        <div className={styles.times}>
          <Field label="From" value={fields.from} onChange={(from) => set({ from })} />
          <Field label="To" hint="empty for a moment" value={fields.to} onChange={(to) => set({ to })} />
        </div>
        {draft.panel !== undefined && (
          <label className={styles.field}>
            <span>Shown on</span>
            <select value={fields.panelId} onChange={(event) => set({ panelId: Number(event.target.value) })}>
              <option value={draft.panel.id}>{draft.panel.title || "This panel"}</option>
              <option value={0}>All panels of the dashboard</option>
            </select>
          </label>
        )}
        {error !== "" && (
          <p id={id} role="alert" className={styles.error}>
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
