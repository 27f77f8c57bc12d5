/** What the time range's button opens: presets, bounds of one's own, those used lately, and the time zone. */

import { useState, type SubmitEvent } from "react";
import {
  describeBound,
  describeRange,
  formatDuration,
  formatTime,
  parseDuration,
  PRESETS,
  resolveBound,
  resolveRange,
  type RawRange,
} from "../model/timerange";
import { describeZone, listZones, sayZone, zoneToday } from "../model/zonelist";
import { useRecentRanges } from "../state/recentRanges";
import { chooseZone, useZone } from "../state/zone";
import { Button } from "./Button";
import { Choice } from "./Popover";
import { copyLink } from "./TimePicker";
import styles from "./TimePicker.module.css";

interface BoxProps {
  value: RawRange;
  /** `own`: typed, and so worth remembering. */
  onChoose: (value: RawRange, own: boolean) => void;
  earlier: () => void;
  later: () => void;
  widen: () => void;
}

/** What people write for short: `90m` is a time ago, `14:05` one of today. */
function expand(text: string): string {
  const trimmed = text.trim();
  const ms = parseDuration(trimmed);
  if (ms !== undefined) return `now-${formatDuration(ms)}`;
  return /^\d{1,2}:\d{2}(:\d{2})?$/.test(trimmed)
    ? `${formatTime(Date.now()).slice(0, 10)} ${trimmed.padStart(5, "0")}`
    : trimmed;
}

/** Times become ms, which mean the same for whoever gets the link. */
const stored = (text: string): string =>
  text.startsWith("now") ? text : String(resolveBound(text, Date.now()));

type Side = "from" | "to";
const LABELS = { from: "From", to: "To" } as const;

interface Fault {
  text: string;
  sides: readonly Side[];
}

/** What is wrong with the bounds, if anything is. */
function faultOf(range: RawRange): Fault | undefined {
  const now = Date.now();
  const bad = (["from", "to"] as const).filter((side) => resolveBound(range[side], now) === undefined);
  if (bad.length > 0) {
    return { text: `“${range[bad[0]!]}” is no time: try now-90m or 2026-11-21 09:30.`, sides: bad };
  }
  return resolveRange(range, now) === undefined
    ? { text: "From must be before to.", sides: ["from", "to"] }
    : undefined;
}

function OwnRange({ value, onChoose }: Pick<BoxProps, "value" | "onChoose">) {
  const [text, setText] = useState({ from: describeBound(value.from), to: describeBound(value.to) });
  const [fault, setFault] = useState<Fault>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const range = { from: expand(text.from), to: expand(text.to) };
    const found = faultOf(range);
    setFault(found);
    if (found === undefined) onChoose({ from: stored(range.from), to: stored(range.to) }, true);
  };
  const field = (side: Side) => (
    <label>
      {LABELS[side]}
      <input
        value={text[side]}
        onChange={(event) => setText({ ...text, [side]: event.target.value })}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        aria-invalid={fault?.sides.includes(side) ?? false}
        aria-describedby="range-fault"
      />
    </label>
  );
  return (
    <form className={styles.own} onSubmit={submit}>
      {field("from")}
      {field("to")}
      <p
        id="range-fault"
        className={fault === undefined ? styles.hint : styles.error}
        role={fault && "alert"}
      >
        {fault?.text ?? "90m · 14:05 · 2026-11-21 09:30 · now‑1d/d"}
      </p>
      <Button type="submit" primary>
        Apply
      </Button>
    </form>
  );
}

function Recent({ onChoose }: Pick<BoxProps, "onChoose">) {
  const recent = useRecentRanges();
  if (recent.length === 0) return null;
  return (
    <div className={styles.recent}>
      <h3>Used lately</h3>
      {recent.map((range) => (
        <Choice key={range.from + range.to} onChoose={() => onChoose(range, true)}>
          <span className={styles.text} title={describeRange(range)}>
            {describeRange(range)}
          </span>
        </Choice>
      ))}
    </div>
  );
}

/** What a page that is opened need not wait for. */
const zonesToChoose = () => ({ own: describeZone("browser", Date.now()), others: listZones() });

function ZoneSelect() {
  const zone = zoneToday(useZone());
  const [{ own, others }] = useState(zonesToChoose);
  const unlisted = !["browser", "utc", ...others].includes(zone); // a zone may have more names yet
  return (
    <label className={styles.zone}>
      Time zone
      <select value={zone} onChange={(event) => chooseZone(zoneToday(event.target.value))}>
        <option value="browser">Browser: {own}</option>
        <option value="utc">UTC</option>
        {unlisted && <option value={zone}>{sayZone(zone)}</option>}
        <optgroup label="Others">
          {others.map((name) => (
            <option key={name} value={name}>
              {sayZone(name)}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}

/** Presets on the left, everything else beside or below them. */
export function TimePickerBox({ value, onChoose, earlier, later, widen }: BoxProps) {
  return (
    <div className={styles.box}>
      <div className={styles.presets}>
        {PRESETS.map((preset) => (
          <Choice
            key={preset.short}
            chosen={preset.from === value.from && preset.to === value.to}
            onChoose={() => onChoose({ from: preset.from, to: preset.to }, false)}
          >
            {preset.label}
          </Choice>
        ))}
      </div>
      <div className={styles.side}>
        <OwnRange key={value.from + value.to} value={value} onChoose={onChoose} />
        <Recent onChoose={onChoose} />
        <ZoneSelect />
        <div className={styles.moves}>
          <Button quiet icon="left" aria-label="Earlier" title="Earlier (,)" onClick={earlier} />
          <Button quiet icon="zoomOut" aria-label="Wider" title="Zoom out (-)" onClick={widen} />
          <Button quiet icon="right" aria-label="Later" title="Later (.)" onClick={later} />
          <Button quiet icon="link" title="Copy the link to this view (c)" onClick={copyLink}>
            Copy link
          </Button>
        </div>
      </div>
    </div>
  );
}
