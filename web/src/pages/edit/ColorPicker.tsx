/** Choosing a colour. */

import { useState } from "react";
import { Choice, Popover } from "../../components/Popover";
import { resolveColor } from "../../model/colors";
import { useTheme } from "../../state/theme";
import styles from "./ColorPicker.module.css";

/** A colour as a small square; nothing is one crossed out. */
function Swatch({ color }: { color: string }) {
  const isNone = color === "transparent" || color.endsWith("00000000");
  return (
    <svg className={styles.swatch} viewBox="0 0 16 16" aria-hidden="true">
      <rect
        x="0.5"
        y="0.5"
        width="15"
        height="15"
        rx="4"
        className={isNone ? styles.none : undefined}
        fill={color}
      />
      {isNone && <path d="M3.5 12.5l9-9" className={styles.none} />}
    </svg>
  );
}

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
  /** What no colour is called; absent: there has to be one. */
  none?: string;
  /** To which edge of the button the list keeps. */
  align?: "left" | "right";
  onChange: (color: string) => void;
}

/** A colour by name, as it looks in the theme, or one of one's own. */
export function ColorPicker({ value, label, none, align = "left", onChange }: ColorPickerProps) {
  const [open, setOpen] = useState(false);
  const theme = useTheme();
  const swatch = (name: string) => <Swatch color={name === "" ? "transparent" : resolveColor(name, theme)} />;
  const choices = none === undefined ? COLORS : ([["", none], ...COLORS] as const);
  const called = choices.find(([name]) => name === value)?.[1] ?? value;
  return (
    <Popover
      label={`${label}: ${called}`}
      text={swatch(value)}
      align={align}
      open={open}
      onOpen={setOpen}
      className={styles.color!}
    >
      {choices.map(([name, word]) => (
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
      <label className={styles.own}>
        <input
          type="color"
          value={resolveColor(value || "gray", theme).slice(0, 7)}
          onChange={(event) => onChange(event.target.value)}
        />
        One of your own
      </label>
    </Popover>
  );
}
