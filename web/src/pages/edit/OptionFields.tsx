/** The options of a panel's type, its legend, and how its numbers are written. */

import { useId } from "react";
import { calcLabel } from "../../model/reduce";
import { asList, asNumber, asText, asTexts } from "../../model/json";
import { kindOf, type Option } from "../../edit/kinds";
import type { RawPanel } from "../../edit/doc";
import { getAt, setAt } from "../../edit/tree";
import { ChoiceField, Group, NumberField, SwitchField, TextField } from "./fields";
import { ThresholdEditor } from "./ThresholdEditor";
import { UnitPicker } from "./UnitPicker";
import { unitName } from "../../edit/unitlist";
import styles from "./OptionFields.module.css";

/** Changes the panel; changes of one key count as one. */
export type Change = (change: (panel: RawPanel) => RawPanel, key?: string) => void;

interface PartProps {
  panel: RawPanel;
  onChange: Change;
}

const CALCS = [
  "lastNotNull",
  "last",
  "mean",
  "min",
  "max",
  "sum",
  "first",
  "range",
  "delta",
  "diff",
  "count",
  "stdDev",
  "median",
  "p95",
  "p99",
];

/** `lastNotNull` and `last` are called the same; here they have to be told apart. */
const callCalc = (calc: string): string => {
  const said = calc === "last" ? "last, or none" : calcLabel(calc);
  return said.charAt(0).toUpperCase() + said.slice(1);
};

interface CalcsProps {
  label: string;
  value: readonly string[];
  onChange: (calcs: readonly string[]) => void;
}

/** Several calculations, in the order in which they were chosen. */
function CalcChips({ label, value, onChange }: CalcsProps) {
  const id = useId();
  const offered = [...CALCS, ...value.filter((calc) => !CALCS.includes(calc))];
  const toggle = (calc: string): void =>
    onChange(value.includes(calc) ? value.filter((one) => one !== calc) : [...value, calc]);
  return (
    <div className={styles.chips} role="group" aria-labelledby={id}>
      <span id={id}>{label}</span>
      <div>
        {offered.map((calc) => (
          <button key={calc} type="button" aria-pressed={value.includes(calc)} onClick={() => toggle(calc)}>
            {callCalc(calc)}
          </button>
        ))}
      </div>
    </div>
  );
}

/** One option, as its description says. */
export function OptionField({ option, panel, onChange }: PartProps & { option: Option }) {
  const { path, label, kind, fallback, choices = [], min, max } = option;
  const value = getAt(panel, path);
  const key = path.join(".");
  const set = (next: unknown): void => onChange((before) => setAt(before, path, next), key);
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  switch (kind) {
    case "choice":
      return (
        <ChoiceField
          inline
          label={label}
          value={asText(value) ?? String(fallback)}
          choices={choices}
          onChange={set}
        />
      );
    case "number":
      return (
        <NumberField
          inline
          label={label}
          value={asNumber(value)}
          placeholder={String(fallback)}
          onChange={set}
          {...bounds}
        />
      );
    case "switch":
      return (
        <SwitchField
          label={label}
          value={typeof value === "boolean" ? value : fallback === true}
          onChange={set}
        />
      );
    case "text":
      return (
        <TextField
          inline
          label={label}
          value={asText(value) ?? ""}
          onChange={(text) => set(text === "" ? undefined : text)}
        />
      );
    case "calcs": {
      const calc = asTexts(value)[0] ?? asTexts(fallback)[0]!;
      return (
        <ChoiceField
          inline
          label={label}
          value={calc}
          choices={CALCS.map((one) => [one, callCalc(one)])}
          onChange={(one) => set([one])}
        />
      );
    }
  }
}

const DEFAULTS = ["fieldConfig", "defaults"] as const;

/** Unit, decimals, limits: how numbers are written. */
export function ValueGroup({ panel, onChange }: PartProps) {
  const at = (name: string): unknown => getAt(panel, [...DEFAULTS, name]);
  const set =
    (name: string) =>
    (value: unknown): void =>
      onChange((before) => setAt(before, [...DEFAULTS, name], value === "" ? undefined : value), name);
  const unit = asText(at("unit"));
  return (
    <Group title="Values" summary={unit === undefined ? undefined : unitName(unit)}>
      <UnitPicker value={unit === "" ? undefined : unit} onChange={set("unit")} />
      <div className={styles.three}>
        <NumberField
          label="Decimals"
          value={asNumber(at("decimals"))}
          placeholder="auto"
          min={0}
          max={20}
          onChange={set("decimals")}
        />
        <NumberField label="Min" value={asNumber(at("min"))} placeholder="auto" onChange={set("min")} />
        <NumberField label="Max" value={asNumber(at("max"))} placeholder="auto" onChange={set("max")} />
      </div>
      <TextField
        inline
        label="Without a value"
        value={asText(at("noValue")) ?? ""}
        placeholder="–"
        onChange={set("noValue")}
      />
    </Group>
  );
}

export function LegendGroup({ panel, onChange }: PartProps) {
  const at = (name: string): unknown => getAt(panel, ["options", "legend", name]);
  const set = (name: string, value: unknown): void =>
    onChange((before) => setAt(before, ["options", "legend", name], value));
  const shown = at("showLegend") !== false && at("displayMode") !== "hidden";
  const isPie = panel.type === "piechart";
  return (
    <Group title="Legend" summary={shown ? (asText(at("displayMode")) ?? "list") : "off"}>
      <SwitchField
        label="Shown"
        value={shown}
        onChange={(next) =>
          onChange((before) => {
            const visible = setAt(before, ["options", "legend", "showLegend"], next);
            const hidden = getAt(visible, ["options", "legend", "displayMode"]) === "hidden";
            return next && hidden ? setAt(visible, ["options", "legend", "displayMode"], "list") : visible;
          })
        }
      />
      {shown && (
        <>
          <ChoiceField
            inline
            label="As"
            value={asText(at("displayMode")) ?? "list"}
            choices={[
              ["list", "List"],
              ["table", "Table"],
            ]}
            onChange={(mode) => set("displayMode", mode)}
          />
          <ChoiceField
            inline
            label="Place"
            value={asText(at("placement")) ?? "bottom"}
            choices={[
              ["bottom", "Below"],
              ["right", "On the right"],
            ]}
            onChange={(place) => set("placement", place)}
          />
          {!isPie && (
            <CalcChips
              label="Values"
              value={asTexts(at("calcs"))}
              onChange={(calcs) => set("calcs", calcs)}
            />
          )}
        </>
      )}
    </Group>
  );
}

export function TypeGroup({ panel, onChange }: PartProps) {
  const kind = kindOf(asText(panel.type) ?? "");
  if (kind === undefined || kind.options.length === 0) return null;
  return (
    <Group title={kind.name}>
      {kind.options.map((option) => (
        <OptionField key={option.path.join(".")} option={option} panel={panel} onChange={onChange} />
      ))}
    </Group>
  );
}

export function ThresholdGroup({ panel, onChange }: PartProps) {
  const count = asList(getAt(panel, [...DEFAULTS, "thresholds", "steps"])).length;
  return (
    <Group title="Thresholds" summary={count > 1 ? String(count - 1) : undefined}>
      <ThresholdEditor panel={panel} onChange={onChange} />
    </Group>
  );
}
