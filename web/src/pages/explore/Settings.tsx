/** What belongs to all queries: view, style, step, source, and the queries that were run before. */

import { useState } from "react";
import { Button } from "../../components/Button";
import { Popover } from "../../components/Popover";
import { SearchField } from "../../components/SearchField";
import { Segmented } from "../../components/Segmented";
import { formatDuration } from "../../model/timerange";
import { STYLES, VIEWS, type ExploreState, type Style, type View } from "./address";
import { forgetHistory, useHistory } from "./history";
import styles from "./Settings.module.css";

interface SettingsProps {
  state: ExploreState;
  /** Name of the server elsewhere that is asked by default, where there is one. */
  elsewhere: string | undefined;
  onChange: (state: ExploreState) => void;
  onUse: (expr: string) => void;
}

const VIEW_NAMES: Readonly<Record<View, string>> = { both: "Both", chart: "Chart", table: "Table" };
const STYLE_NAMES: Readonly<Record<Style, string>> = { lines: "Lines", stacked: "Stacked", bars: "Bars" };
const STEPS_MS = [1, 5, 10, 15, 30, 60, 300, 900, 3600, 21_600, 86_400].map((seconds) => seconds * 1000);

const segments = <T extends string>(values: readonly T[], names: Readonly<Record<T, string>>) =>
  values.map((value) => ({ value, text: names[value] }));
const VIEW_SEGMENTS = segments(VIEWS, VIEW_NAMES);
const STYLE_SEGMENTS = segments(STYLES, STYLE_NAMES);

function History({ onUse }: Pick<SettingsProps, "onUse">) {
  const ran = useHistory();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const found = ran.filter((expr) => expr.toLowerCase().includes(typed.trim().toLowerCase()));
  return (
    <Popover label="History" icon="history" text="History" quiet align="left" open={open} onOpen={setOpen}>
      <div className={styles.history}>
        <SearchField value={typed} onText={setTyped} aria-label="Find a query that was run" />
        {found.length === 0 && (
          <p className={styles.none}>
            {ran.length === 0 ? "Queries that you run are kept here." : "None matches."}
          </p>
        )}
        <ul>
          {found.map((expr) => (
            <li key={expr}>
              <button
                type="button"
                title={expr}
                onClick={() => {
                  onUse(expr);
                  setOpen(false);
                }}
              >
                <code>{expr}</code>
              </button>
            </li>
          ))}
        </ul>
        {ran.length > 0 && (
          <p className={styles.foot}>
            Kept in this browser only.
            <Button quiet onClick={forgetHistory}>
              Forget all
            </Button>
          </p>
        )}
      </div>
    </Popover>
  );
}

export function Settings({ state, elsewhere, onChange, onUse }: SettingsProps) {
  const { view, style, stepMs, source } = state;
  const steps = stepMs === undefined || STEPS_MS.includes(stepMs) ? STEPS_MS : [stepMs, ...STEPS_MS];
  return (
    <>
      <History onUse={onUse} />
      <div className={styles.settings}>
        {elsewhere !== undefined && (
          <label className={styles.select}>
            Source
            <select
              value={source ?? "default"}
              onChange={({ target }) =>
                onChange({ ...state, source: target.value === "default" ? undefined : target.value })
              }
            >
              <option value="default">{elsewhere}</option>
              <option value="embedded">Watchglass</option>
            </select>
          </label>
        )}
        <label className={styles.select}>
          Step
          <select
            value={stepMs ?? ""}
            onChange={({ target }) =>
              onChange({ ...state, stepMs: target.value === "" ? undefined : Number(target.value) })
            }
          >
            <option value="">Auto</option>
            {steps.map((ms) => (
              <option key={ms} value={ms}>
                {formatDuration(ms)}
              </option>
            ))}
          </select>
        </label>
        <Segmented
          label="View"
          segments={VIEW_SEGMENTS}
          value={view}
          onChoose={(next) => onChange({ ...state, view: next })}
        />
        {view !== "table" && (
          <Segmented
            label="Style"
            segments={STYLE_SEGMENTS}
            value={style}
            onChoose={(next) => onChange({ ...state, style: next })}
          />
        )}
      </div>
    </>
  );
}
