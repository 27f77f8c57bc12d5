/** The bar of variables under a page's title: one picker each, and the page's own filters. */

import { useState } from "react";
import { Combobox } from "../../components/Combobox";
import { Icon } from "../../components/icons";
import { Follow, refusalOf } from "../../links/Follow";
import type { Link as FieldLink } from "../../model/field";
import { formatFilter, type Filter } from "../../model/filters";
import { ALL } from "../../model/interpolate";
import { linkAddress } from "../../model/links";
import type { PageVariables, VariableState } from "../../query/variables";
import { setParamLists } from "../../state/location";
import { Filters } from "./VariableFilters";
import styles from "./Variables.module.css";

/** Puts the values of a variable into the address; panels follow from there. */
const choose = (name: string, values: readonly string[]): void => setParamLists({ [`var-${name}`]: values });

/** What is wrong with a picker, for people. */
function noteOf({ error, strange, variable, value, choices, left }: VariableState): string | undefined {
  if (error !== undefined) return `The choices of ${variable.label} could not be loaded: ${error}`;
  if (left !== undefined && value.all && value.allValue === undefined)
    return `All means the ${choices.length} values of ${variable.label} that are listed, +${left} more are not.`;
  if (strange.length === 0) return undefined;
  const which = strange.map((value) => `“${value}”`).join(", ");
  return `${which} ${strange.length === 1 ? "is" : "are"} not among the choices of ${variable.label}.`;
}

function shownOf({ value }: VariableState): string {
  if (value.all) return "All";
  return value.texts.length > 3
    ? `${value.texts.slice(0, 2).join(", ")} + ${value.texts.length - 2}`
    : value.texts.join(", ");
}

function Picker({ state }: { state: VariableState }) {
  const { variable, value, choices, loading } = state;
  const { name, label, hide, multi, includeAll } = variable;
  const everything = { chosen: value.all, onChoose: () => choose(name, [ALL]) };
  return (
    <Combobox
      label={label}
      bare={hide === "label"}
      options={choices}
      values={value.all ? [] : value.values}
      shown={shownOf(state)}
      multiple={multi}
      {...(includeAll ? { all: everything } : {})}
      loading={loading}
      left={state.left}
      note={noteOf(state)}
      free={variable.kind === "query" || variable.kind === "custom"}
      onChange={(values) => choose(name, values)}
    />
  );
}

/** A text of one's own: told on Enter, or when the field is left. */
function TextField({ state: { variable, value } }: { state: VariableState }) {
  const now = value.values[0] ?? "";
  const [draft, setDraft] = useState(now);
  const tell = (): void => {
    if (draft !== now) choose(variable.name, [draft]);
  };
  return (
    <label className={styles.field}>
      <span className={variable.hide === "label" ? styles.unseen : styles.label} title={variable.label}>
        {variable.label}
      </span>
      <input
        className={styles.input}
        value={draft}
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={tell}
        onKeyDown={(event) => event.key === "Enter" && tell()}
      />
    </label>
  );
}

const PICKED = new Set(["query", "custom", "interval", "datasource"]);

function Control({ state, page }: { state: VariableState; page: PageVariables }) {
  const { kind, name } = state.variable;
  if (kind === "textbox") return <TextField key={state.value.values[0]} state={state} />;
  if (kind === "adhoc") {
    // Without any in the address the saved ones would come back: an empty text says that there are none.
    const change = (filters: readonly Filter[]): void =>
      choose(name, filters.length === 0 ? [""] : filters.map(formatFilter));
    return (
      <Filters label={state.variable.label} page={page} source={state.variable.source} onChange={change} />
    );
  }
  return PICKED.has(kind) ? <Picker state={state} /> : null;
}

/** A link that may not be followed stays there as a text, with the reason. */
function PageLink({ link: { title, url, newTab } }: { link: FieldLink }) {
  const address = linkAddress(url, document.baseURI);
  if (address === undefined)
    return (
      <span className={styles.refused} title={refusalOf(url)}>
        <Icon name="warning" size={12} />
        {title}
        <span className={styles.unseen}>{refusalOf(url)}</span>
      </span>
    );
  return (
    <Follow className={styles.link} href={address} title={address} newTab={newTab}>
      {title}
      {newTab && <Icon name="right" size={12} />}
    </Follow>
  );
}

interface VariablesProps {
  page: PageVariables;
  links: readonly FieldLink[];
}

/** Nothing where a dashboard has neither variables to choose nor links. */
export function Variables({ page, links }: VariablesProps) {
  const shown = page.states.filter(({ variable: { hide, kind } }) => hide !== "all" && kind !== "other");
  if (shown.length === 0 && links.length === 0) return null;
  return (
    <div className={styles.bar} role="group" aria-label="Variables">
      {shown.map((state) => (
        <Control key={state.variable.name} state={state} page={page} />
      ))}
      {links.length > 0 && (
        <nav className={styles.links} aria-label="Links of the dashboard">
          {links.map((link, at) => (
            <PageLink key={at} link={link} />
          ))}
        </nav>
      )}
    </div>
  );
}
