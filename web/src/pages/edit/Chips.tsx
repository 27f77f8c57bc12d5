/** Several of a few words, chosen by clicking on them; in the order in which they were chosen. */

import { useId } from "react";
import { calcLabel } from "../../model/reduce";
import type { Pair } from "../../edit/options";
import fields from "./fields.module.css";
import styles from "./Chips.module.css";

interface ChipsProps {
  label: string;
  hint?: string | undefined;
  value: readonly string[];
  choices: readonly Pair[];
  onChange: (value: readonly string[]) => void;
}

/** What is chosen and not offered is shown too, so that it can be given up. */
export function Chips({ label, hint, value, choices, onChange }: ChipsProps) {
  const id = useId();
  const strange = value.filter((one) => !choices.some(([offered]) => offered === one));
  const offered = [...choices, ...strange.map((one): Pair => [one, one])];
  const toggle = (one: string): void =>
    onChange(value.includes(one) ? value.filter((other) => other !== one) : [...value, one]);
  return (
    <div className={styles.field} role="group" aria-labelledby={id}>
      <span id={id} className={fields.label}>
        {label}
      </span>
      <div className={styles.chips}>
        {offered.map(([one, text]) => (
          <button key={one} type="button" aria-pressed={value.includes(one)} onClick={() => toggle(one)}>
            {text}
          </button>
        ))}
        {offered.length === 0 && <p className={fields.hint}>The data have none to choose from.</p>}
      </div>
      {hint !== undefined && <p className={fields.hint}>{hint}</p>}
    </div>
  );
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

/** The calculations that are offered. */
export const CALC_CHOICES: readonly Pair[] = CALCS.map((calc) => [calc, callCalc(calc)]);
