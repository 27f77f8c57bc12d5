/** Thresholds: from which value on which colour holds, the highest first, as one sees them on a chart. */

import { Button } from "../../components/Button";
import type { Json } from "../../model/json";
import { addStep, modeOf, removeStep, setMode, setStep, stepsOf, type RawStep } from "../../edit/thresholds";
import { ColorPicker } from "./ColorPicker";
import { ChoiceField, NumberField } from "./fields";
import styles from "./ThresholdEditor.module.css";

interface ThresholdEditorProps {
  /** `{mode, steps}`, as a document has it. */
  value: unknown;
  onChange: (change: (value: unknown) => Json) => void;
}

export function ThresholdEditor({ value: raw, onChange }: ThresholdEditorProps) {
  const steps = stepsOf(raw);
  const ordered = steps.map((step, at) => ({ step, at })).reverse();
  const isPercentage = modeOf(raw) === "percentage";
  const change = (at: number, what: Partial<RawStep>): void =>
    onChange((before) => setStep(before, at, what));
  return (
    <>
      <ul className={styles.steps}>
        {ordered.map(({ step: { value, color }, at }) => (
          <li key={at} className={styles.step}>
            <ColorPicker
              value={color}
              label={value === null ? "Colour of the base" : `Colour from ${value}`}
              onChange={(next) => change(at, { color: next })}
            />
            {value === null ? (
              <span className={styles.base}>Base</span>
            ) : (
              <div className={styles.value}>
                <NumberField
                  label="From"
                  late
                  value={value}
                  onChange={(next) => next !== undefined && change(at, { value: next })}
                />
                {isPercentage && <span>%</span>}
                <Button
                  quiet
                  icon="trash"
                  aria-label={`Remove the threshold at ${value}`}
                  title="Remove"
                  onClick={() => onChange((before) => removeStep(before, at))}
                />
              </div>
            )}
          </li>
        ))}
      </ul>
      <Button icon="plus" className={styles.add} onClick={() => onChange(addStep)}>
        Add a threshold
      </Button>
      <ChoiceField
        inline
        label="Values are"
        value={modeOf(raw)}
        choices={[
          ["absolute", "Absolute"],
          ["percentage", "Percent of min to max"],
        ]}
        onChange={(mode) => onChange((before) => setMode(before, mode as "absolute" | "percentage"))}
      />
    </>
  );
}
