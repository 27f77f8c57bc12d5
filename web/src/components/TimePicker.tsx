/** The time range: its button with the box of choices, between two buttons that move it. */

import {
  abbreviateRange,
  describeRange,
  resolveRange,
  shiftRange,
  zoomOut,
  type RawRange,
} from "../model/timerange";
import { copyText } from "../state/clipboard";
import { useShortcuts } from "../state/keys";
import { rememberRange } from "../state/recentRanges";
import { Button } from "./Button";
import { Popover } from "./Popover";
import { TimePickerBox } from "./TimePickerBox";
import styles from "./TimePicker.module.css";

interface TimePickerProps {
  value: RawRange;
  open: boolean;
  onOpen: (open: boolean) => void;
  onChange: (value: RawRange) => void;
}

/** The link to what is seen now: a colleague who opens it later sees the same. */
export function copyLink(): void {
  void copyText(location.href, "Link");
}

/** Moves and widens the range; each is a step in the browser's history. */
function useMoves(value: RawRange, onChange: (value: RawRange) => void) {
  const now = (): number => Date.now();
  const shift = (direction: -1 | 1) => (): void => {
    const range = resolveRange(value, now());
    if (range !== undefined) onChange(shiftRange(range, direction, now()));
  };
  const widen = (): void => {
    const range = resolveRange(value, now());
    if (range !== undefined) onChange(zoomOut(range, now()));
  };
  return { earlier: shift(-1), later: shift(1), widen };
}

/** Three joined buttons; the outer ones are in the box where the screen is narrow. */
export function TimePicker({ value, open, onOpen, onChange }: TimePickerProps) {
  const moves = useMoves(value, onChange);
  useShortcuts([
    { does: "time", run: () => onOpen(true) },
    { does: "earlier", run: moves.earlier },
    { does: "later", run: moves.later },
    { does: "widen", run: moves.widen },
    { does: "copy", run: copyLink },
  ]);
  const choose = (next: RawRange, own: boolean): void => {
    if (own) rememberRange(next);
    onChange(next);
    onOpen(false);
  };
  const text = (
    <span className={styles.text} title={describeRange(value)}>
      <span className={styles.long}>{describeRange(value)}</span>
      <span className={styles.short}>{abbreviateRange(value)}</span>
    </span>
  );
  return (
    <div className={styles.group}>
      <Button
        icon="left"
        aria-label="Move back"
        title="Move the time range back (,)"
        className={styles.earlier}
        onClick={moves.earlier}
      />
      <Popover
        label="Time range"
        icon="clock"
        text={text}
        open={open}
        onOpen={onOpen}
        className={styles.choose!}
      >
        <TimePickerBox value={value} onChoose={choose} {...moves} />
      </Popover>
      <Button
        icon="right"
        aria-label="Move forward"
        title="Move the time range forward (.)"
        className={styles.later}
        onClick={moves.later}
      />
    </div>
  );
}
