/** One property of a field, as an override sets it. */

import { sayJson, type RawProperty } from "../../edit/overrides";
import { propertyOf } from "../../edit/properties";
import { asText } from "../../model/json";
import { ColorField } from "./ColorField";
import { LinkEditor } from "./LinkEditor";
import { MappingEditor } from "./MappingEditor";
import { OptionList } from "./OptionField";
import { ThresholdEditor } from "./ThresholdEditor";
import { UnitPicker } from "./UnitPicker";
import cards from "./Card.module.css";

export const DATA_LINK_HINT =
  "May contain ${__value.raw}, ${__field.name}, ${__field.labels.job} and variables.";

interface PropertyFieldProps {
  property: RawProperty;
  /** The panel draws whole series, rather than single values. */
  ofSeries: boolean;
  onChange: (change: (value: unknown) => unknown, key: string) => void;
}

export function PropertyField({ property: { id, value }, ofSeries, onChange }: PropertyFieldProps) {
  const known = propertyOf(id);
  const set = (next: unknown): void => onChange(() => next, id);
  switch (known?.editor) {
    case "unit":
      return <UnitPicker inline value={asText(value)} onChange={(unit) => set(unit ?? "none")} />;
    case "color":
      return <ColorField value={value} ofSeries={ofSeries} onChange={set} />;
    case "thresholds":
      return <ThresholdEditor value={value} onChange={(change) => onChange(change, "")} />;
    case "mappings":
      return <MappingEditor value={value} onChange={(change, key) => onChange(change, key ?? "")} />;
    case "links":
      return (
        <LinkEditor
          value={value}
          hint={DATA_LINK_HINT}
          onChange={(change, key) => onChange(change, key ?? "")}
        />
      );
    case undefined:
      if (known === undefined) return <code className={cards.json}>{sayJson(value)}</code>;
      return (
        <OptionList
          options={known.options}
          json={value}
          onChange={(change, key) => onChange(change, `${id} ${key}`)}
        />
      );
  }
}
