/** The options of a panel's type, its legend, and how its numbers are written. */

import { parseFieldRules } from "../../model/field";
import { asList, asNumber, asText } from "../../model/json";
import type { RawPanel } from "../../edit/doc";
import { kindOf, type Kind } from "../../edit/kinds";
import { calcs, chips, choice, notAbove, toggle, type Option } from "../../edit/options";
import { propertiesOf, propertyOf } from "../../edit/properties";
import { getAt, setAt } from "../../edit/tree";
import { unitName } from "../../edit/unitlist";
import { CALC_CHOICES } from "./Chips";
import { ColorField } from "./ColorField";
import { Group, NumberField, SwitchField, TextField } from "./fields";
import { OptionList } from "./OptionField";
import { ThresholdEditor } from "./ThresholdEditor";
import { UnitPicker } from "./UnitPicker";
import styles from "./OptionFields.module.css";

/** Changes the panel; changes of one key count as one. */
export type Change = (change: (panel: RawPanel) => RawPanel, key?: string) => void;

interface PartProps {
  panel: RawPanel;
  onChange: Change;
}

const DEFAULTS = ["fieldConfig", "defaults"] as const;

/** Unit, decimals, limits, colour: how numbers are written. */
export function ValueGroup({ panel, onChange }: PartProps) {
  const at = (name: string): unknown => getAt(panel, [...DEFAULTS, name]);
  const set =
    (name: string) =>
    (value: unknown): void =>
      onChange((before) => setAt(before, [...DEFAULTS, name], value === "" ? undefined : value), name);
  const unit = asText(at("unit"));
  const type = asText(panel.type) ?? "";
  const honours = (id: string): boolean =>
    kindOf(type) === undefined || propertiesOf(type).some((one) => one.id === id);
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
        {honours("min") && (
          <>
            <NumberField label="Min" value={asNumber(at("min"))} placeholder="auto" onChange={set("min")} />
            <NumberField
              label="Max"
              value={asNumber(at("max"))}
              placeholder="auto"
              fault={notAbove(at("min"), at("max"), "Min")}
              onChange={set("max")}
            />
          </>
        )}
      </div>
      {honours("color") && (
        <ColorField
          value={at("color")}
          fallback={parseFieldRules(panel.fieldConfig, type).defaults.color.mode}
          ofSeries={type === "timeseries"}
          onChange={set("color")}
        />
      )}
      <TextField
        inline
        label="Name shown"
        value={asText(at("displayName")) ?? ""}
        placeholder="that of the series"
        onChange={set("displayName")}
      />
      {honours("noValue") && (
        <TextField
          inline
          label="Without a value"
          value={asText(at("noValue")) ?? ""}
          placeholder={propertyOf("noValue")!.options[0]!.placeholder!}
          onChange={set("noValue")}
        />
      )}
    </Group>
  );
}

const LEGEND = "options.legend";

/** What a legend can say, by the type of panel. */
function legendOptions(kind: Kind, panel: RawPanel): Option[] {
  const place = choice(`${LEGEND}.placement`, "Place", [
    ["bottom", "Below"],
    ["right", "On the right"],
  ]);
  if (kind.legend === "names") return [place];
  if (kind.legend === "shares")
    return [
      place,
      chips(`${LEGEND}.values`, "Values", [
        ["value", "Value"],
        ["percent", "Percent"],
      ]),
    ];
  const chosen = asList(getAt(panel, ["options", "legend", "calcs"])).map(String);
  const names = CALC_CHOICES.filter(([calc]) => chosen.includes(calc));
  return [
    choice(`${LEGEND}.displayMode`, "As", [
      ["list", "List"],
      ["table", "Table"],
    ]),
    place,
    calcs(`${LEGEND}.calcs`, "Values"),
    choice(`${LEGEND}.sortBy`, "Sorted by", [["", "As the series are"], ["name", "Name"], ...names]),
    toggle(`${LEGEND}.sortDesc`, "Largest first", false, {
      when: (json) => (asText(getAt(json, ["options", "legend", "sortBy"])) ?? "") !== "",
    }),
  ];
}

export function LegendGroup({ panel, kind, onChange }: PartProps & { kind: Kind }) {
  const at = (name: string): unknown => getAt(panel, ["options", "legend", name]);
  const shown = at("showLegend") !== false && at("displayMode") !== "hidden";
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
        <OptionList
          options={legendOptions(kind, panel)}
          json={panel}
          onChange={(change, key) => onChange((before) => change(before) as RawPanel, key)}
        />
      )}
    </Group>
  );
}

/** The options of the type, group by group; the first is open. */
export function TypeGroups({ panel, kind, onChange }: PartProps & { kind: Kind }) {
  return kind.groups.map(({ title, options }, at) => (
    <Group key={title ?? kind.type} title={title ?? kind.name} open={at === 0}>
      <OptionList
        options={options}
        json={panel}
        onChange={(change, key) => onChange((before) => change(before) as RawPanel, key)}
      />
    </Group>
  ));
}

export function ThresholdGroup({ panel, onChange }: PartProps) {
  const path = [...DEFAULTS, "thresholds"];
  const count = asList(getAt(panel, [...path, "steps"])).length;
  return (
    <Group title="Thresholds" summary={count > 1 ? String(count - 1) : undefined}>
      <ThresholdEditor
        value={getAt(panel, path)}
        onChange={(change) => onChange((before) => setAt(before, path, change(getAt(before, path))))}
      />
    </Group>
  );
}
