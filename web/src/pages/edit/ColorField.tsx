/** How a field is coloured: by series, one colour, or by its values. */

import { asObject, asText, type Json } from "../../model/json";
import type { Pair } from "../../edit/options";
import { setAt } from "../../edit/tree";
import { ColorPicker } from "./ColorPicker";
import { ChoiceField } from "./fields";

const MODES: readonly Pair[] = [
  ["palette-classic", "By series"],
  ["palette-classic-by-name", "By name"],
  ["fixed", "One colour"],
  ["shades", "Shades of one"],
  ["thresholds", "By thresholds"],
  ["continuous-GrYlRd", "Green to red"],
  ["continuous-RdYlGr", "Red to green"],
  ["continuous-BlYlRd", "Blue to red"],
  ["continuous-YlRd", "Yellow to red"],
  ["continuous-BlPu", "Blue to purple"],
  ["continuous-blues", "Blues"],
  ["continuous-reds", "Reds"],
  ["continuous-greens", "Greens"],
  ["continuous-purples", "Purples"],
  ["continuous-viridis", "Viridis"],
];

const BY: readonly Pair[] = [
  ["last", "Its last"],
  ["min", "Its least"],
  ["max", "Its greatest"],
];

interface ColorFieldProps {
  /** `{mode, fixedColor, seriesBy}`, as a document has it. */
  value: unknown;
  /** The mode where the document names none. */
  fallback?: string;
  /** Whole series are drawn in one colour. */
  ofSeries: boolean;
  onChange: (value: Json) => void;
}

export function ColorField({ value, fallback = "palette-classic", ofSeries, onChange }: ColorFieldProps) {
  const color = asObject(value);
  const mode = asText(color.mode) ?? fallback;
  const isOwn = mode === "fixed" || mode === "shades";
  const byValue = mode === "thresholds" || mode.startsWith("continuous-");
  const setMode = (next: string): void => {
    const named = next === "fixed" || next === "shades";
    const before = setAt(color, ["mode"], next);
    onChange(named && color.fixedColor === undefined ? { ...before, fixedColor: "blue" } : before);
  };
  return (
    <>
      <ChoiceField
        inline
        label="Colour"
        value={mode}
        choices={MODES}
        onChange={setMode}
        beside={
          isOwn && (
            <ColorPicker
              label="Which colour"
              align="right"
              value={asText(color.fixedColor) ?? "blue"}
              onChange={(fixedColor) => onChange({ ...color, fixedColor })}
            />
          )
        }
      />
      {byValue && ofSeries && (
        <ChoiceField
          inline
          label="Of which value"
          value={asText(color.seriesBy) ?? "last"}
          choices={BY}
          onChange={(seriesBy) => onChange({ ...color, seriesBy })}
        />
      )}
    </>
  );
}
