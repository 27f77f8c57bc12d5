/** The variables of the dashboard: added, ordered, removed and changed, each with what it offers now. */

import { useState } from "react";
import { Button } from "../../components/Button";
import { asList, asObject, asText, type Json } from "../../model/json";
import { parseDashboard } from "../../model/dashboard";
import type { RawRange } from "../../model/timerange";
import { useVariables, type VariableState } from "../../query/variables";
import { moveEntry } from "../../edit/doc";
import { writeSource } from "../../edit/queries";
import { getAt, setAt } from "../../edit/tree";
import { ChoiceField, SwitchField, TextField, type Choices } from "./fields";
import { Card, useOpenCard, type OpenCard } from "./Card";
import { useEditing } from "./session";
import { SourceField } from "./SourceField";
import cards from "./Card.module.css";
import styles from "./SettingsDialog.module.css";

const LIST = ["templating", "list"] as const;

const KINDS: Choices = [
  ["query", "Query"],
  ["custom", "List of one's own"],
  ["interval", "Interval"],
  ["textbox", "Text"],
  ["constant", "Constant"],
  ["datasource", "Data source"],
  ["adhoc", "Filters"],
];

interface Wording {
  label: string;
  placeholder: string;
  hint?: string;
}

const QUERIES: Readonly<Record<string, Wording>> = {
  query: {
    label: "Query",
    placeholder: "label_values(up, job)",
    hint: "label_values, label_names, metrics, query_result, or a selector of series.",
  },
  custom: { label: "Choices", placeholder: "one, two, shown : value" },
  interval: { label: "Intervals", placeholder: "1m,5m,15m,1h" },
  textbox: { label: "First text", placeholder: "" },
  constant: { label: "Value", placeholder: "" },
  datasource: { label: "Type of source", placeholder: "prometheus" },
};

const MOST_SHOWN = 24;
const WELL_NAMED = /^\w+$/;

interface EditorProps {
  variable: Json;
  at: number;
  names: readonly string[];
  onChange: (key: string, value: unknown) => void;
}

/** Grafana keeps a query both as text and with its letter. */
const queryText = (raw: unknown): string => asText(raw) ?? asText(asObject(raw).query) ?? "";

/** Why a name cannot be one. */
function faultOfName(names: readonly string[], at: number): string | undefined {
  const name = names[at]!;
  if (!WELL_NAMED.test(name)) return "Letters, digits and _ only.";
  const twice = names.some((other, place) => other === name && place !== at);
  return twice ? "Another variable has this name." : undefined;
}

function VariableFields({ variable, at, names, onChange }: EditorProps) {
  const name = names[at]!;
  const type = asText(variable.type) ?? "query";
  return (
    <>
      <div className={cards.two}>
        <TextField
          label="Name"
          mono
          value={name}
          fault={faultOfName(names, at)}
          onChange={(text) => onChange("name", text)}
        />
        <TextField
          label="Label"
          value={asText(variable.label) ?? ""}
          placeholder={name}
          onChange={(text) => onChange("label", text === "" ? undefined : text)}
        />
      </div>
      <ChoiceField
        label="Choices come from"
        value={type}
        choices={KINDS}
        onChange={(kind) => onChange("type", kind)}
      />
      {(type === "query" || type === "adhoc") && (
        <SourceField
          value={variable.datasource}
          onChange={(source) => onChange("datasource", writeSource(source))}
        />
      )}
      <QueryFields {...{ variable, type, onChange }} />
      {(type === "query" || type === "custom" || type === "datasource") && (
        <div className={cards.two}>
          <SwitchField
            label="Several may be chosen"
            value={variable.multi === true}
            onChange={(on) => onChange("multi", on)}
          />
          <SwitchField
            label="Offers All"
            value={variable.includeAll === true}
            onChange={(on) => onChange("includeAll", on)}
          />
        </div>
      )}
    </>
  );
}

/** What the choices are made of. */
function QueryFields({ variable, type, onChange }: Omit<EditorProps, "at" | "names"> & { type: string }) {
  const wording = QUERIES[type];
  const setQuery = (text: string): void => {
    const isObject = typeof variable.query === "object" && variable.query !== null;
    onChange("query", isObject ? { ...asObject(variable.query), query: text } : text);
  };
  return (
    <>
      {wording !== undefined && (
        <TextField
          mono
          rows={type === "query" ? 2 : 1}
          {...wording}
          value={queryText(variable.query)}
          onChange={setQuery}
        />
      )}
      {type === "query" && (
        <div className={cards.two}>
          <TextField
            label="Keep what matches"
            mono
            value={asText(variable.regex) ?? ""}
            placeholder="/(.*)-prod/"
            onChange={(text) => onChange("regex", text)}
          />
          <ChoiceField
            label="Asked"
            value={String(variable.refresh === 2 ? 2 : 1)}
            choices={[
              ["1", "When the page opens"],
              ["2", "For each time range"],
            ]}
            onChange={(value) => onChange("refresh", Number(value))}
          />
        </div>
      )}
    </>
  );
}

const count = (amount: number): string => (amount === 1 ? "1 choice" : `${amount} choices`);

/** What a variable offers as it is defined now. */
function Offered({ state }: { state: VariableState }) {
  const { choices, error, loading } = state;
  if (error !== undefined) return <p className={styles.trouble}>{error}</p>;
  const more = choices.length - MOST_SHOWN;
  return (
    <div className={styles.preview}>
      <span aria-live="polite">{loading ? "Asking…" : count(choices.length)}</span>
      <ul>
        {choices.slice(0, MOST_SHOWN).map(({ text, value }) => (
          <li key={value} title={value}>
            {text}
          </li>
        ))}
        {more > 0 && <li>+{more}</li>}
      </ul>
    </div>
  );
}

/** Whether there is something to show of what it offers. */
const offers = ({ variable: { kind, query } }: VariableState): boolean => kind !== "adhoc" && query !== "";

/** The list in the document, and what is done to it. */
function useList(open: OpenCard) {
  const { doc, apply } = useEditing();
  const list = asList(getAt(doc, LIST)).map(asObject);
  const names = list.map(({ name }) => asText(name) ?? "");
  return {
    list,
    names,
    change: (at: number, key: string, value: unknown): void =>
      apply(
        `Changed the variable “${names[at]}”`,
        (before) => setAt(before, [...LIST, at, key], value),
        `variable ${at} ${key}`,
      ),
    add: (): void => {
      const free = ["variable", ...list.map((_, at) => `variable${at + 2}`)];
      const name = free.find((one) => !names.includes(one))!;
      const made = { name, type: "query", query: "", refresh: 1, sort: 1 };
      apply(`Added the variable “${name}”`, (before) => setAt(before, LIST, [...list, made]));
      open.set(list.length);
    },
    move: (at: number, step: -1 | 1): void => {
      apply("Moved a variable", (before) => moveEntry(before, LIST, at, at + step));
      open.moved(at, step, list.length);
    },
    remove: (at: number): void => {
      open.set(undefined);
      apply(`Removed the variable “${names[at]}”`, (before) => setAt(before, [...LIST, at], undefined));
    },
  };
}

export function VariableList({ raw }: { raw: RawRange }) {
  const { doc, opened } = useEditing();
  const open = useOpenCard();
  const { list, names, change, add, move, remove } = useList(open);
  const { states } = useOffers(opened.uid, doc.templating, raw);
  return (
    <div className={cards.cards}>
      {list.length === 0 && (
        <p className={cards.none}>
          A variable is a list to choose from above the panels. Queries use it as <code>$name</code>.
        </p>
      )}
      {list.map((variable, at) => {
        const state = states.find((one) => one.variable.name === names[at]);
        return (
          <Card
            key={at}
            code
            name={`$${names[at]}`}
            about={queryText(variable.query)}
            at={at}
            count={list.length}
            open={open.isOpen(at)}
            onOpen={(now) => open.set(now ? at : undefined)}
            onMove={(step) => move(at, step)}
            onRemove={() => remove(at)}
          >
            <VariableFields {...{ variable, at, names }} onChange={(key, value) => change(at, key, value)} />
            {state !== undefined && offers(state) && <Offered state={state} />}
          </Card>
        );
      })}
      <div>
        <Button icon="plus" onClick={add}>
          Add a variable
        </Button>
      </div>
    </div>
  );
}

const NOTHING = new URLSearchParams();

/** What each variable offers as it is defined now. */
export function useOffers(uid: string, templating: unknown, raw: RawRange) {
  const [known, setKnown] = useState({ templating, variables: parseDashboard({ templating }).variables });
  if (known.templating !== templating) {
    setKnown({ templating, variables: parseDashboard({ templating }).variables });
  }
  return useVariables(`${uid} settings ${JSON.stringify(templating ?? null)}`, known.variables, raw, NOTHING);
}
