/** The legend of a chart: names with calculated values, as a list or as a small table. Plain DOM, never changed on hover. */

import { memo, useState } from "react";
import { fieldOfCalc, writeText } from "../model/field";
import { calcLabel, reduce } from "../model/reduce";
import { LegendBox } from "./LegendBox";
import { inLegend, type LegendOrder } from "./listed";
import type { NamedSeries } from "./series";
import styles from "./legend.module.css";

export interface LegendOptions {
  mode: "list" | "table" | "hidden";
  right: boolean;
  calcs: readonly string[];
}

interface LegendProps {
  series: readonly NamedSeries[];
  /** How many more there are, which are not listed. */
  left: number;
  options: LegendOptions;
  /** How the entries are sorted as they are given. */
  order: LegendOrder | undefined;
  hidden: ReadonlySet<string>;
  onToggle: (name: string, alone: boolean) => void;
  onFocus: (name: string | undefined) => void;
}

interface EntryProps extends Pick<LegendProps, "onToggle" | "onFocus"> {
  name: string;
  color: string;
  dash: string;
  off: boolean;
}

/** Plain values, so that new samples of the same series change nothing here. */
const Entry = memo(function EntryView({ name, color, dash, off, onToggle, onFocus }: EntryProps) {
  return (
    <button
      type="button"
      className={off ? styles.off : styles.entry}
      title={name}
      aria-pressed={!off}
      onClick={(event) => onToggle(name, !(event.ctrlKey || event.metaKey || event.shiftKey))}
      onMouseEnter={() => onFocus(name)}
      onMouseLeave={() => onFocus(undefined)}
      onFocus={() => onFocus(name)}
      onBlur={() => onFocus(undefined)}
    >
      <svg className={styles.swatch} viewBox="0 0 16 4" aria-hidden="true">
        <path d="M0.5 2h15" stroke={color} strokeDasharray={dash || undefined} />
      </svg>
      <span className={styles.name}>{name}</span>
    </button>
  );
});

const valueOf = (one: NamedSeries, calc: string): string =>
  writeText(fieldOfCalc(one.field, calc), reduce(calc, one.series.values));

interface HeadingProps {
  id: string;
  label: string;
  order: LegendOrder | undefined;
  onSort: (id: string) => void;
}

function Heading({ id, label, order, onSort }: HeadingProps) {
  const state = order?.by !== id ? "none" : order.descending ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={state}>
      <button type="button" className={styles.sort} title={`Sort by ${label}`} onClick={() => onSort(id)}>
        {label}
        <span className={styles.arrow}>{{ ascending: "↑", descending: "↓", none: "" }[state]}</span>
      </button>
    </th>
  );
}

function LegendView({ series: given, left, options, order: first, hidden, ...rest }: LegendProps) {
  const [chosen, setChosen] = useState<LegendOrder>();
  if (options.mode === "hidden") return null;
  const order = chosen ?? first;
  const series = chosen === undefined ? given : inLegend(given, chosen);
  const sort = (by: string): void =>
    setChosen({ by, descending: order?.by === by ? !order.descending : by !== "name" });
  const entry = ({ name, color, dash }: NamedSeries) => (
    <Entry name={name} color={color} dash={dash.join(" ")} off={hidden.has(name)} {...rest} />
  );
  if (options.mode === "list") {
    return (
      <LegendBox right={options.right} count={series.length} left={left}>
        {(many) => (
          <ul className={styles.list}>
            {series.slice(0, many).map((one, at) => (
              <li key={`${one.name}-${at}`} data-entry>
                {entry(one)}
                {options.calcs.map((calc) => (
                  <span key={calc} className={styles.calc} title={calcLabel(calc)}>
                    {options.calcs.length > 1 && <span className={styles.label}>{calcLabel(calc)} </span>}
                    {valueOf(one, calc)}
                  </span>
                ))}
              </li>
            ))}
          </ul>
        )}
      </LegendBox>
    );
  }
  return (
    <LegendBox right={options.right} count={series.length} left={left}>
      {(many) => (
        <table className={styles.table}>
          <thead>
            <tr>
              <Heading id="name" label="name" order={order} onSort={sort} />
              {options.calcs.map((calc) => (
                <Heading key={calc} id={calc} label={calcLabel(calc)} order={order} onSort={sort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {series.slice(0, many).map((one, at) => (
              <tr key={`${one.name}-${at}`} data-entry>
                <td>{entry(one)}</td>
                {options.calcs.map((calc) => (
                  <td key={calc}>{valueOf(one, calc)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </LegendBox>
  );
}

export const Legend = memo(LegendView);
