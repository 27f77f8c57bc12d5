/** Ad hoc filters: label, comparison and value, added to everything that the page asks. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Combobox } from "../../components/Combobox";
import { FILTER_OPS, type Filter, type FilterOp } from "../../model/filters";
import { interpolate } from "../../model/interpolate";
import { sourceUid } from "../../model/source";
import { askChoices } from "../../query/choices";
import type { PageVariables } from "../../query/variables";
import type { ChoiceQuery } from "../../model/variable";
import styles from "./Variables.module.css";

const DAY_MS = 86_400_000;
const FRESH_MS = 60_000;

/** Labels or values that the source knew in the last day. */
function useNames(source: string, query: ChoiceQuery, enabled: boolean) {
  return useQuery({
    queryKey: ["filter-names", source, query],
    queryFn: ({ signal }) => {
      const now = Date.now();
      return askChoices(source, query, { fromMs: now - DAY_MS, toMs: now }, signal);
    },
    enabled,
    staleTime: FRESH_MS,
    retry: false,
  });
}

const WORDS: Readonly<Record<FilterOp, string>> = {
  "=": "is",
  "!=": "is not",
  "=~": "matches",
  "!~": "does not match",
  "=|": "is one of",
  "!=|": "is none of",
};
const OPS = FILTER_OPS.map((op) => ({ value: op, text: `${op}  ${WORDS[op]}` }));
const SEVERAL = new Set<FilterOp>(["=|", "!=|"]);

const asOptions = (names: readonly string[] = []) => names.map((name) => ({ text: name, value: name }));

interface FilterProps {
  filter: Filter;
  source: string;
  onChange: (filter: Filter) => void;
  onRemove: () => void;
}

function FilterView({ filter, source, onChange, onRemove }: FilterProps) {
  const { label, op, values } = filter;
  const labels = useNames(source, { kind: "label_names" }, true);
  const known = useNames(source, { kind: "label_values", label }, label !== "");
  return (
    <span className={styles.filter} role="group" aria-label={`Filter ${label} ${op} ${values.join(", ")}`}>
      <Combobox
        bare
        free
        label="Label"
        options={asOptions(labels.data?.filter((name) => name !== "__name__"))}
        values={[label]}
        shown={label}
        loading={labels.isFetching}
        note={labels.error?.message}
        onChange={([next]) => onChange({ ...filter, label: next ?? "", values: [] })}
      />
      <Combobox
        bare
        label="Comparison"
        options={OPS}
        values={[op]}
        shown={op}
        onChange={([next]) => onChange({ ...filter, op: next as FilterOp })}
      />
      <Combobox
        bare
        free
        label="Value"
        multiple={SEVERAL.has(op)}
        options={asOptions(known.data)}
        values={values}
        shown={values.join(", ")}
        loading={known.isFetching}
        note={known.error?.message}
        onChange={(next) => onChange({ ...filter, values: next })}
      />
      <Button quiet icon="close" aria-label={`Remove the filter ${label}`} onClick={onRemove} />
    </span>
  );
}

interface FiltersProps {
  label: string;
  page: PageVariables;
  source: unknown;
  onChange: (filters: readonly Filter[]) => void;
}

const EMPTY: Filter = { label: "", op: "=", values: [] };
/** A filter counts once it says something. */
const isWhole = ({ label, values }: Filter): boolean => label !== "" && values.length > 0;

/** The filters of the address, and one that is being made. */
export function Filters({ label, page, source, onChange }: FiltersProps) {
  const [making, setMaking] = useState<Filter>();
  const types = new Map(
    page.states
      .filter(({ variable }) => variable.kind === "datasource")
      .map(({ variable }) => [variable.name, variable.query]),
  );
  const uid = interpolate(sourceUid(source, types) ?? "default", page.variables, "raw") || "default";
  const replace = (at: number, filter: Filter): void =>
    onChange(page.filters.map((one, place) => (place === at ? filter : one)));
  const make = (filter: Filter): void => {
    setMaking(isWhole(filter) ? undefined : filter);
    if (isWhole(filter)) onChange([...page.filters, filter]);
  };
  return (
    <span className={styles.filters} role="group" aria-label={label}>
      <span className={styles.label}>{label}</span>
      {page.filters.map((filter, at) => (
        <FilterView
          key={at}
          filter={filter}
          source={uid}
          onChange={(next) => replace(at, next)}
          onRemove={() => onChange(page.filters.filter((_, place) => place !== at))}
        />
      ))}
      {making !== undefined && (
        <FilterView filter={making} source={uid} onChange={make} onRemove={() => setMaking(undefined)} />
      )}
      {making === undefined && (
        <Button
          className={styles.add}
          onClick={() => setMaking(EMPTY)}
          title="Add a filter to everything on this page"
        >
          + Filter
        </Button>
      )}
    </span>
  );
}
