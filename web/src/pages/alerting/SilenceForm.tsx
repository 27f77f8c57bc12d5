/** Making a silence, or changing one: matchers, how long, who and why, and what it would silence now. */

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type ReactNode,
  type SyntheticEvent,
} from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { formatTime, parseDuration } from "../../model/timerange";
import { makeStored } from "../../state/stored";
import { showToast } from "../../state/toasts";
import { endOf } from "./ages";
import { asName, author } from "./author";
import { kindOf, shownLabels } from "./alerts";
import { fetchRouted, saveSilence, type NewSilence, type RoutedAlert, type Silence } from "./api";
import { Labels } from "./Frame";
import { faultOf, OPERATOR_WORDS, OPERATORS, writeMatcher, type Matcher, type Operator } from "./matchers";
import {
  fieldsOf,
  meantMatchers,
  newFields,
  PRESETS,
  readFields,
  withOne,
  type Fault,
  type Fields,
  type Place,
  type Wanted,
} from "./silences";
import styles from "./Silences.module.css";

const lastComment = makeStored<string>("silence-comment", asName);

interface FormProps {
  wanted: Wanted;
  /** The one that is changed. */
  changed: Silence | undefined;
  onClose: () => void;
}

export function SilenceForm({ wanted, changed, onClose }: FormProps) {
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [fields, setFields] = useState<Fields>(() =>
    changed === undefined
      ? { ...newFields(wanted.matchers, author.get()), comment: lastComment.get() }
      : fieldsOf(changed),
  );
  const [fault, setFault] = useState<Fault>();
  const [refused, setRefused] = useState("");
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Fields>): void => setFields((was) => ({ ...was, ...change }));
  useEffect(() => {
    if (fault !== undefined) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [fault]);
  const [first] = useState(() =>
    wanted.matchers.length === 0 && changed === undefined
      ? "matchers"
      : fields.author === ""
        ? "author"
        : "comment",
  );
  const of = (at: Place): string | undefined => (fault?.at === at ? fault.says : undefined);
  const send = (silence: NewSilence): void => {
    setBusy(true);
    author.set(silence.createdBy);
    lastComment.set(silence.comment);
    saveSilence(silence)
      .then(() => client.refetchQueries({ queryKey: ["alerting"], type: "active" }))
      .then(
        () => {
          showToast(`Silenced until ${formatTime(Date.parse(silence.endsAt))}.`);
          onClose();
        },
        (reason: unknown) => {
          setBusy(false);
          setRefused(reason instanceof Error ? reason.message : String(reason));
        },
      );
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const read = readFields(fields, changed?.id, Date.now());
    setRefused("");
    setFault("says" in read ? read : undefined);
    if (!("says" in read)) send(read);
  };
  return (
    <Dialog title={changed === undefined ? "New silence" : "Change a silence"} wide onClose={onClose}>
      <form ref={form} className={styles.form} onSubmit={submit} noValidate>
        <Matchers
          matchers={fields.matchers}
          fault={of("matchers")}
          focused={first === "matchers"}
          onChange={(matchers) => set({ matchers: withOne(matchers) })}
        />
        <Duration fields={fields} of={of} set={set} />
        <div className={styles.pair}>
          <Field label="By" fault={of("author")}>
            {(told) => (
              <input
                {...told}
                data-autofocus={first === "author" || undefined}
                value={fields.author}
                autoComplete="name"
                onChange={(event) => set({ author: event.target.value })}
              />
            )}
          </Field>
          <Field label="Why" fault={of("comment")}>
            {(told) => (
              <input
                {...told}
                data-autofocus={first === "comment" || undefined}
                value={fields.comment}
                onChange={(event) => set({ comment: event.target.value })}
              />
            )}
          </Field>
        </div>
        <Affected matchers={fields.matchers} />
        {refused !== "" && (
          <p role="alert" className={styles.fault}>
            {refused}
          </p>
        )}
        <footer className={styles.foot}>
          <Button onClick={onClose}>Cancel</Button>
          <Button primary type="submit" disabled={busy}>
            {changed === undefined ? "Silence" : "Save"}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface Told {
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

function Field({
  label,
  fault,
  children,
}: {
  label: string;
  fault: string | undefined;
  children: (told: Told) => ReactNode;
}) {
  const id = useId();
  const wrong = fault !== undefined;
  return (
    <div className={styles.field}>
      <label>
        <span>{label}</span>
        {children({ "aria-invalid": wrong, "aria-describedby": wrong ? id : undefined })}
      </label>
      {wrong && <FaultText id={id}>{fault}</FaultText>}
    </div>
  );
}

const FaultText = ({ id, children }: { id: string; children: string }) => (
  <p id={id} role="alert" className={styles.faultText}>
    {children}
  </p>
);

interface MatchersProps {
  matchers: readonly Matcher[];
  fault: string | undefined;
  /** The form begins here. */
  focused: boolean;
  onChange: (matchers: readonly Matcher[]) => void;
}

/** Labels and values of the alerts there are, to choose from. */
function useKnown(): { names: string[]; valuesOf: (name: string) => string[] } {
  const { data = [] } = useQuery({
    queryKey: ["alerting", "routed"],
    queryFn: ({ signal }) => fetchRouted(signal),
    retry: false,
  });
  return useMemo(() => {
    const names = [...new Set(data.flatMap(({ labels }) => Object.keys(labels)))].sort();
    const valuesOf = (name: string): string[] =>
      [...new Set(data.flatMap(({ labels }) => labels[name] ?? []))].sort().slice(0, 200);
    return { names, valuesOf };
  }, [data]);
}

function Matchers({ matchers, fault, focused, onChange }: MatchersProps) {
  const id = useId();
  const { names, valuesOf } = useKnown();
  const change = (at: number, to: Partial<Matcher>): void =>
    onChange(matchers.map((one, place) => (place === at ? { ...one, ...to } : one)));
  const wrong = fault !== undefined;
  return (
    <fieldset className={styles.fieldset} aria-describedby={wrong ? `${id}-fault` : undefined}>
      <legend>Alerts whose labels match all of these</legend>
      <datalist id={`${id}-names`}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {matchers.map((matcher, at) => (
        <div key={at} className={styles.matcher}>
          <input
            aria-label={`Label ${at + 1}`}
            data-autofocus={(focused && at === 0) || undefined}
            list={`${id}-names`}
            placeholder="label"
            spellCheck={false}
            aria-invalid={wrong && at === 0}
            value={matcher.name}
            onChange={(event) => change(at, { name: event.target.value })}
          />
          <select
            aria-label={`Operator ${at + 1}`}
            value={matcher.operator}
            onChange={(event) => change(at, { operator: event.target.value as Operator })}
          >
            {OPERATORS.map((operator) => (
              <option key={operator} value={operator} title={OPERATOR_WORDS[operator]}>
                {operator}
              </option>
            ))}
          </select>
          <input
            aria-label={`Value ${at + 1}`}
            list={`${id}-values-${at}`}
            placeholder={matcher.operator.endsWith("~") ? "regular expression" : "value"}
            spellCheck={false}
            value={matcher.value}
            onChange={(event) => change(at, { value: event.target.value })}
          />
          <datalist id={`${id}-values-${at}`}>
            {valuesOf(matcher.name).map((value) => (
              <option key={value} value={value} />
            ))}
          </datalist>
          <Button
            quiet
            icon="close"
            aria-label={`Remove matcher ${at + 1}`}
            disabled={matchers.length === 1}
            onClick={() => onChange(matchers.filter((_, place) => place !== at))}
          />
        </div>
      ))}
      {wrong && <FaultText id={`${id}-fault`}>{fault}</FaultText>}
      <Button
        quiet
        icon="plus"
        className={styles.add}
        onClick={() => onChange([...matchers, { name: "", operator: "=", value: "" }])}
      >
        Matcher
      </Button>
    </fieldset>
  );
}

interface DurationProps {
  fields: Fields;
  of: (at: Place) => string | undefined;
  set: (change: Partial<Fields>) => void;
}

function Duration({ fields: { duration, start, end }, of, set }: DurationProps) {
  const endMs = endOf(parseDuration(duration.trim()) ?? 0);
  const choose = (preset: string): void => set({ duration: preset, end: "" });
  return (
    <fieldset className={styles.fieldset}>
      <legend>For how long</legend>
      <div className={styles.presets} role="group" aria-label="Usual durations">
        {PRESETS.map((preset) => (
          <button
            key={preset}
            type="button"
            aria-pressed={duration === preset}
            onClick={() => choose(preset)}
          >
            {preset}
          </button>
        ))}
      </div>
      <div className={styles.times}>
        <Field label="Duration" fault={of("duration")}>
          {(told) => (
            <input
              {...told}
              value={duration}
              placeholder="2h"
              onChange={(event) => set({ duration: event.target.value })}
            />
          )}
        </Field>
        <Field label="From" fault={of("start")}>
          {(told) => (
            <input
              {...told}
              value={start}
              placeholder="now"
              onChange={(event) => set({ start: event.target.value })}
            />
          )}
        </Field>
        <Field label="Until" fault={of("end")}>
          {(told) => (
            <input
              {...told}
              value={end}
              placeholder={duration.trim() === "" || start !== "" ? "2026-01-31 09:00" : formatTime(endMs)}
              onChange={(event) => set({ end: event.target.value, duration: "" })}
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

const MOST_SHOWN = 30;

/** The alerts that these matchers would silence now: the server tells, which reads patterns as the silence will. */
function Affected({ matchers }: { matchers: readonly Matcher[] }) {
  const meant = meantMatchers(useDeferredValue(matchers));
  const filters = meant.map(writeMatcher);
  const fault = faultOf(meant);
  const { data, error } = useQuery({
    queryKey: ["alerting", "affected", ...filters],
    queryFn: ({ signal }) => fetchRouted(signal, filters),
    enabled: fault === undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <section className={styles.affected} aria-label="What it would silence now" aria-live="polite">
      {fault !== undefined ? (
        <p>What it would silence is shown here.</p>
      ) : error !== null ? (
        <p role="alert" className={styles.faultText}>
          {error.message}
        </p>
      ) : data === undefined ? (
        <p>Looking…</p>
      ) : (
        <AffectedList alerts={data} />
      )}
    </section>
  );
}

const AffectedList = ({ alerts }: { alerts: readonly RoutedAlert[] }) => (
  <>
    <p>
      {alerts.length === 0
        ? "No alert of now matches. The silence holds for those to come."
        : `${alerts.length === 1 ? "1 alert" : `${alerts.length.toLocaleString("en")} alerts`} would be silenced now:`}
    </p>
    <ul>
      {alerts.slice(0, MOST_SHOWN).map(({ fingerprint, labels }) => (
        <li key={fingerprint}>
          <b>{labels.alertname ?? "Alert without a name"}</b>
          {labels.severity !== undefined && <Badge kind={kindOf(labels.severity)}>{labels.severity}</Badge>}
          <Labels labels={shownLabels(labels)} />
        </li>
      ))}
    </ul>
    {alerts.length > MOST_SHOWN && <p>and {alerts.length - MOST_SHOWN} more</p>}
  </>
);
