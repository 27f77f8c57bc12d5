/** One option, as its description says: the form of panel types, overrides and transformations. */

import { useContext } from "react";
import { Button } from "../../components/Button";
import { asList, asNumber, asText, asTexts } from "../../model/json";
import { inUse, setOption, type Option, type Pair } from "../../edit/options";
import { getAt, setAt } from "../../edit/tree";
import { CALC_CHOICES, Chips } from "./Chips";
import { ChoiceField, NumberField, SwitchField, TextField } from "./fields";
import { SeenContext, type Seen } from "./seen";
import styles from "./OptionField.module.css";

/** Changes a piece of JSON; changes of one key count as one. */
export type ChangeJson = (change: (json: unknown) => unknown, key: string) => void;

interface OptionFieldProps {
  option: Option;
  json: unknown;
  onChange: ChangeJson;
  /** Label above the control: where there is room beside other fields. */
  above?: boolean;
}

const asPairs = (names: readonly string[]): Pair[] => names.map((name) => [name, name]);

/** What an option of that kind chooses from, of the data. */
const offered = (kind: Option["kind"], seen: Seen): readonly string[] =>
  kind === "label" || kind === "labels" ? seen.labels : seen.fields;

export function OptionField({ option, json, onChange, above = false }: OptionFieldProps) {
  const { path, label, kind, fallback, choices = [], placeholder, hint, several } = option;
  const seen = useContext(SeenContext);
  const value = getAt(json, path);
  const key = path.join(".");
  const set = (next: unknown): void => onChange((before) => setOption(before, option, next), key);
  const shared = { label, hint, inline: !above };
  switch (kind) {
    case "choice":
      return (
        <ChoiceField {...shared} value={asText(value) ?? String(fallback)} choices={choices} onChange={set} />
      );
    case "query":
      return (
        <ChoiceField
          {...shared}
          value={asText(value) ?? ""}
          choices={[["", "None"], ...asPairs(seen.queries)]}
          onChange={set}
        />
      );
    case "number":
      return (
        <NumberField
          {...shared}
          value={asNumber(value)}
          fault={option.faultIn?.(json)}
          placeholder={placeholder ?? (typeof fallback === "number" ? String(fallback) : "")}
          onChange={set}
          {...(option.min === undefined ? {} : { min: option.min })}
          {...(option.max === undefined ? {} : { max: option.max })}
        />
      );
    case "switch":
      return (
        <SwitchField
          label={label}
          {...(hint === undefined ? {} : { hint })}
          value={typeof value === "boolean" ? value : fallback === true}
          onChange={set}
        />
      );
    case "text":
    case "field":
    case "label":
      return (
        <TextField
          {...shared}
          value={asText(value) ?? (typeof value === "number" ? String(value) : "")}
          {...(placeholder === undefined ? {} : { placeholder })}
          {...(kind === "text" ? {} : { list: offered(kind, seen) })}
          onChange={set}
        />
      );
    case "calcs":
      return several === true ? (
        <Chips label={label} hint={hint} value={asTexts(value)} choices={CALC_CHOICES} onChange={set} />
      ) : (
        <Calc {...shared} value={value} fallback={fallback} onChange={set} />
      );
    case "chips":
      return <Chips label={label} hint={hint} value={asTexts(value)} choices={choices} onChange={set} />;
    case "fields":
    case "labels":
      return (
        <Chips
          label={label}
          hint={hint}
          value={asTexts(value)}
          choices={asPairs(offered(kind, seen))}
          onChange={set}
        />
      );
    case "list":
      return <ListField option={option} value={value} onChange={onChange} />;
  }
}

interface CalcProps {
  label: string;
  inline: boolean;
  hint: string | undefined;
  value: unknown;
  fallback: unknown;
  onChange: (value: unknown) => void;
}

/** One calculation; kept as a text or as a list of one, as its fallback is. */
function Calc({ value, fallback, onChange, ...rest }: CalcProps) {
  const isText = typeof fallback === "string";
  const first = asText(value) ?? asTexts(value)[0] ?? asText(fallback) ?? asTexts(fallback)[0] ?? "";
  return (
    <ChoiceField
      {...rest}
      value={first}
      choices={CALC_CHOICES}
      onChange={(one) => onChange(isText ? one : [one])}
    />
  );
}

interface ListProps {
  option: Option;
  value: unknown;
  onChange: ChangeJson;
}

/** Entries that each have parts. */
function ListField({ option, value, onChange }: ListProps) {
  const { path, label, parts = [], starts, entry = "entry" } = option;
  const entries = asList(value);
  return (
    <fieldset className={styles.entries}>
      <legend>{label}</legend>
      {entries.map((one, at) => (
        <div key={at} className={styles.entry} role="group" aria-label={`${entry} ${at + 1}`}>
          {inUse(parts, one).map((part) => (
            <OptionField
              key={part.path.join(".")}
              option={part}
              json={one}
              onChange={(change, key) =>
                onChange(
                  (json) => setAt(json, [...path, at], change(getAt(json, [...path, at]))),
                  `${at} ${key}`,
                )
              }
            />
          ))}
          <Button
            quiet
            icon="trash"
            className={styles.remove}
            aria-label={`Remove ${entry} ${at + 1}`}
            title="Remove"
            onClick={() => onChange((json) => setAt(json, [...path, at], undefined), "")}
          />
        </div>
      ))}
      <Button
        icon="plus"
        onClick={() =>
          onChange((json) => setAt(json, path, [...asList(getAt(json, path)), structuredClone(starts)]), "")
        }
      >
        Add a {entry}
      </Button>
    </fieldset>
  );
}

interface OptionListProps {
  options: readonly Option[];
  json: unknown;
  onChange: ChangeJson;
}

/** Those options that are of use now. */
export const OptionList = ({ options, json, onChange }: OptionListProps) =>
  inUse(options, json).map((option) => (
    <OptionField
      key={`${option.path.join(".")} ${option.label}`}
      option={option}
      json={json}
      onChange={onChange}
    />
  ));
