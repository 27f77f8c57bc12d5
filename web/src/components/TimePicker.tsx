/** The time range: presets, or one's own bounds. */

import { useState, type SubmitEvent } from "react";
import {
  describeRange,
  formatTime,
  PRESETS,
  resolveBound,
  resolveRange,
  type RawRange,
} from "../model/timerange";
import { Choice, Popover } from "./Popover";
import { Button } from "./Button";
import styles from "./TimePicker.module.css";

interface TimePickerProps {
  value: RawRange;
  open: boolean;
  onOpen: (open: boolean) => void;
  onChange: (value: RawRange) => void;
}

/** Relative bounds stay as they are, absolute ones are shown as local time. */
const shown = (text: string): string => (/^\d{10,}$/.test(text) ? formatTime(Number(text)) : text);

/** Local times become ms, which mean the same for whoever gets the link. */
function stored(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith("now") ? trimmed : String(resolveBound(trimmed, Date.now()));
}

function OwnRange({ value, onChange }: Pick<TimePickerProps, "value" | "onChange">) {
  const [from, setFrom] = useState(shown(value.from));
  const [to, setTo] = useState(shown(value.to));
  const [error, setError] = useState("");
  const [wrong, setWrong] = useState({ from: false, to: false });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (resolveRange({ from: from.trim(), to: to.trim() }, Date.now()) !== undefined) {
      onChange({ from: stored(from), to: stored(to) });
      return;
    }
    const isBad = (text: string): boolean => resolveBound(text.trim(), Date.now()) === undefined;
    const bad = [from, to].find(isBad);
    setWrong(bad === undefined ? { from: true, to: true } : { from: isBad(from), to: isBad(to) });
    setError(
      bad === undefined
        ? "From must be before to."
        : `“${bad}” is no time: try now-90m or 2026-11-21 09:30:00.`,
    );
  };
  return (
    <form className={styles.own} onSubmit={submit}>
      <label>
        From
        <input
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          spellCheck={false}
          aria-invalid={wrong.from}
        />
      </label>
      <label>
        To
        <input
          value={to}
          onChange={(event) => setTo(event.target.value)}
          spellCheck={false}
          aria-invalid={wrong.to}
        />
      </label>
      {error !== "" && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <Button type="submit" primary>
        Apply
      </Button>
    </form>
  );
}

/** The button with its box. */
export function TimePicker({ value, open, onOpen, onChange }: TimePickerProps) {
  const choose = (next: RawRange): void => {
    onChange(next);
    onOpen(false);
  };
  const text = (
    <span className={styles.text} title={describeRange(value)}>
      {describeRange(value)}
    </span>
  );
  return (
    <Popover label="Time range" icon="clock" text={text} open={open} onOpen={onOpen}>
      <div className={styles.box}>
        <div className={styles.presets}>
          {PRESETS.map((preset) => (
            <Choice
              key={preset.short}
              chosen={preset.from === value.from && preset.to === value.to}
              onChoose={() => choose({ from: preset.from, to: preset.to })}
            >
              {preset.label}
            </Choice>
          ))}
        </div>
        <OwnRange key={value.from + value.to} value={value} onChange={choose} />
      </div>
    </Popover>
  );
}
