/** The legend of a chart: names with calculated values, as a list or as a small table. Plain DOM, never changed on hover. */

import { memo, useState } from "react";
import { writeText } from "../model/field";
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
  options: LegendOptions;
  /** How the entries are sorted as they are given. */
  order: LegendOrder | undefined;
  hidden: ReadonlySet<string>;
  onToggle: (name: string, alone: boolean) => void;
  onFocus: (name: string | undefined) => void;
}

type EntryProps = Omit<LegendProps, "series" | "options" | "order"> & { one: NamedSeries };

function Entry({ one, hidden, onToggle, onFocus }: EntryProps) {
  const off = hidden.has(one.name);
  return (
    <button
      type="button"
      className={off ? styles.off : styles.entry}
      title={one.name}
      aria-pressed={!off}
      onClick={(event) => onToggle(one.name, !(event.ctrlKey || event.metaKey || event.shiftKey))}
      onMouseEnter={() => onFocus(one.name)}
      onMouseLeave={() => onFocus(undefined)}
      onFocus={() => onFocus(one.name)}
      onBlur={() => onFocus(undefined)}
    >
      <svg className={styles.swatch} viewBox="0 0 16 4" aria-hidden="true">
        <path d="M0.5 2h15" stroke={one.color} strokeDasharray={one.dash.join(" ") || undefined} />
      </svg>
      <span className={styles.name}>{one.name}</span>
    </button>
  );
}

const valueOf = (one: NamedSeries, calc: string): string =>
  writeText(one.field, reduce(calc, one.series.values));

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

function LegendView({ series: given, options, order: first, ...rest }: LegendProps) {
  const [chosen, setChosen] = useState<LegendOrder>();
  if (options.mode === "hidden") return null;
  const order = chosen ?? first;
  const series = chosen === undefined ? given : inLegend(given, chosen);
  const sort = (by: string): void =>
    setChosen({ by, descending: order?.by === by ? !order.descending : by !== "name" });
  if (options.mode === "list") {
    return (
      <LegendBox right={options.right} count={series.length}>
        <ul className={styles.list}>
          {series.map((one, at) => (
            <li key={`${one.name}-${at}`} data-entry>
              <Entry one={one} {...rest} />
              {options.calcs.map((calc) => (
                <span key={calc} className={styles.calc} title={calcLabel(calc)}>
                  {options.calcs.length > 1 && <span className={styles.label}>{calcLabel(calc)} </span>}
                  {valueOf(one, calc)}
                </span>
              ))}
            </li>
          ))}
        </ul>
      </LegendBox>
    );
  }
  return (
    <LegendBox right={options.right} count={series.length}>
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
          {series.map((one, at) => (
            <tr key={`${one.name}-${at}`} data-entry>
              <td>
                <Entry one={one} {...rest} />
              </td>
              {options.calcs.map((calc) => (
                <td key={calc}>{valueOf(one, calc)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </LegendBox>
  );
}

export const Legend = memo(LegendView);
