/** How much a number changed over the range: an arrow and percent below a stat's number. */

import { resolveColor, type ThemeName } from "../model/colors";
import { writeText, type FieldConfig } from "../model/field";
import { oneOf } from "../model/json";
import type { Panel } from "../model/dashboard";
import { reduce } from "../model/reduce";
import styles from "./stat.module.css";

/** What a rise is: good, bad, or neither. */
type Meaning = "standard" | "inverted" | "same_as_value";

/** The meaning of a rise where the panel shows changes; undefined where it does not. */
export const changeMeaning = ({ options }: Panel): Meaning | undefined =>
  options.showPercentChange === true
    ? oneOf<Meaning>(options.percentChangeColorMode, ["standard", "inverted", "same_as_value"])
    : undefined;

/** A change as it is written, and whether it rose (1), fell (-1) or stayed (0). */
export interface WrittenChange {
  text: string;
  rise: number;
}

/** `▲ 12.4%` from the first value to the last; undefined where there is no share of nothing. */
export function writeChange(field: FieldConfig, values: Float64Array): WrittenChange | undefined {
  const share = reduce("diffperc", values);
  if (!Number.isFinite(share)) return undefined;
  const size = writeText({ ...field, unit: "percentunit", decimals: 1, mappings: [] }, Math.abs(share));
  const rise = Math.sign(share);
  return { text: `${["▼", "■", "▲"][rise + 1]!} ${size}`, rise };
}

interface ChangeProps {
  written: WrittenChange;
  meaning: Meaning;
  theme: ThemeName;
}

export function Change({ written: { text, rise }, meaning, theme }: ChangeProps) {
  const good = meaning === "inverted" ? -rise : rise;
  const color = meaning === "same_as_value" || rise === 0 ? undefined : good > 0 ? "green" : "red";
  return (
    <div
      className={styles.change}
      style={color === undefined ? {} : { color: resolveColor(color, theme) }}
      title={`${text} since the beginning of the range`}
    >
      {text}
    </div>
  );
}
