/** Refresh now, or by itself. */

import { useState } from "react";
import { formatDuration } from "../model/timerange";
import { Button } from "./Button";
import { Choice, Popover } from "./Popover";
import styles from "./RefreshPicker.module.css";

interface RefreshPickerProps {
  intervalMs: number;
  choicesMs: readonly number[];
  onRefresh: () => void;
  onInterval: (ms: number) => void;
}

const describe = (ms: number): string => (ms === 0 ? "Off" : formatDuration(ms));

/** Two joined buttons. */
export function RefreshPicker({ intervalMs, choicesMs, onRefresh, onInterval }: RefreshPickerProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.pair}>
      <Button
        icon="refresh"
        aria-label="Refresh now"
        title="Refresh now (r)"
        onClick={onRefresh}
        className={styles.now}
      />
      <Popover
        label="Refresh interval"
        text={describe(intervalMs)}
        open={open}
        onOpen={setOpen}
        className={styles.interval!}
      >
        {choicesMs.map((ms) => (
          <Choice
            key={ms}
            chosen={ms === intervalMs}
            onChoose={() => {
              onInterval(ms);
              setOpen(false);
            }}
          >
            {ms === 0 ? "Off" : `Every ${formatDuration(ms)}`}
          </Choice>
        ))}
      </Popover>
    </div>
  );
}
