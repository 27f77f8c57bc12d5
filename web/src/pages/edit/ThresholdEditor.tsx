/** Thresholds: from which value on which colour holds, the highest first, as one sees them on a chart. */

import { useState } from "react";
import { Button } from "../../components/Button";
import { resolveColor } from "../../model/colors";
import { addStep, modeOf, removeStep, setMode, setStep, stepsOf, type RawStep } from "../../edit/thresholds";
import type { RawPanel } from "../../edit/doc";
import { useTheme } from "../../state/theme";
import { Choice, Popover } from "../../components/Popover";
import { ChoiceField, NumberField } from "./fields";
import styles from "./ThresholdEditor.module.css";

const COLORS: readonly (readonly [name: string, label: string])[] = [
  ["green", "Green"],
  ["yellow", "Yellow"],
  ["orange", "Orange"],
  ["red", "Red"],
  ["purple", "Purple"],
  ["blue", "Blue"],
  ["text", "Text"],
  ["gray", "Grey"],
  ["transparent", "None"],
];

interface ColorPickerProps {
  value: string;
  label: string;
  onChange: (color: string) => void;
}

/** A colour by name, as it looks in the theme; colours of a document's own stay until another is chosen. */
export function ColorPicker({ value, label, onChange }: ColorPickerProps) {
  const [open, setOpen] = useState(false);
  const theme = useTheme();
  const swatch = (name: string) => (
    <svg className={styles.swatch} viewBox="0 0 16 16" aria-hidden="true">
      <rect width="16" height="16" rx="4" fill={resolveColor(name, theme)} />
    </svg>
  );
  const called = COLORS.find(([name]) => name === value)?.[1] ?? value;
  return (
    <Popover
      label={`${label}: ${called}`}
      text={swatch(value)}
      align="left"
      open={open}
      onOpen={setOpen}
      className={styles.color!}
    >
      {COLORS.map(([name, word]) => (
        <Choice
          key={name}
          chosen={name === value}
          icon={swatch(name)}
          onChoose={() => {
            setOpen(false);
            onChange(name);
          }}
        >
          {word}
        </Choice>
      ))}
    </Popover>
  );
}

interface ThresholdEditorProps {
  panel: RawPanel;
  onChange: (change: (panel: RawPanel) => RawPanel, key?: string) => void;
}

export function ThresholdEditor({ panel, onChange }: ThresholdEditorProps) {
  const steps = stepsOf(panel);
  const ordered = steps.map((step, at) => ({ step, at })).reverse();
  const isPercentage = modeOf(panel) === "percentage";
  const change = (at: number, what: Partial<RawStep>, key?: string): void =>
    onChange((before) => setStep(before, at, what), key);
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
      <Button icon="plus" onClick={() => onChange(addStep)}>
        Add a threshold
      </Button>
      <ChoiceField
        inline
        label="Values are"
        value={modeOf(panel)}
        choices={[
          ["absolute", "Absolute"],
          ["percentage", "Percent of min to max"],
        ]}
        onChange={(mode) => onChange((before) => setMode(before, mode as "absolute" | "percentage"))}
      />
    </>
  );
}
