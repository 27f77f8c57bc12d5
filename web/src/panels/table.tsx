/** Table: labels and values in rows, sortable, with bars and colours in cells. */

import { useMemo, useState } from "react";
import { fade, resolveColor, shade, type ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { writeText, type FieldConfig } from "../model/field";
import type { DataFrame } from "../model/frame";
import { asNumber, asObject, asText } from "../model/json";
import { oneTable, shapeFrames } from "../query/frames";
import { sortRows, tableData, type Cell, type Column, type TableData } from "../query/table";
import type { PanelFrame } from "../query/panel";
import type { PanelModule, PanelProps } from "./module";
import { valueBounds, valueColor } from "./series";
import styles from "./table.module.css";

interface TableOptions {
  header: boolean;
}

const parseOptions = ({ options }: Panel): TableOptions => ({ header: options.showHeader !== false });

function toTable(frames: readonly PanelFrame[], panel: Panel, tables: readonly DataFrame[] = []): TableData {
  const made = oneTable(tables.length > 0 ? tables : shapeFrames(frames, panel).tables, panel);
  return made === undefined ? { columns: [], rows: [] } : tableData(made);
}

/** How a cell is drawn; Grafana's older `displayMode` says the same as `cellOptions`. */
function cellMode(field: FieldConfig): string {
  const { cellOptions, displayMode } = field.custom;
  return asText(asObject(cellOptions).type) ?? asText(displayMode) ?? "auto";
}

interface NumberCellProps {
  value: number;
  column: Column;
  bounds: [number, number];
  theme: ThemeName;
}

function NumberCell({ value, column: { field }, bounds, theme }: NumberCellProps) {
  const text = writeText(field, value);
  const mode = cellMode(field);
  const color = valueColor(field, value, resolveColor("accent", theme), theme, bounds);
  if (mode.includes("gauge")) {
    const share = Math.min(1, Math.max(0, (value - bounds[0]) / (bounds[1] - bounds[0] || 1)));
    return (
      <span className={styles.gauge}>
        <span className={styles.track}>
          <span className={styles.bar} style={{ width: `${share * 100}%`, background: color }} />
        </span>
        <span className={styles.amount}>{text}</span>
      </span>
    );
  }
  if (mode === "color-background") {
    return (
      <span className={styles.badge} style={{ background: fade(color, 0.16), color: onTint(color, theme) }}>
        {text}
      </span>
    );
  }
  return mode === "color-text" ? <span style={{ color }}>{text}</span> : text;
}

/** Small text on a tint of its own colour: a step darker on light, or it cannot be read. */
const onTint = (color: string, theme: ThemeName): string => (theme === "light" ? shade(color, -0.15) : color);

const numbers = (table: TableData, at: number): Float64Array =>
  Float64Array.from(table.rows, (row) => Number(row[at]));

function CellView({ value, ...rest }: { value: Cell } & Omit<NumberCellProps, "value">) {
  if (typeof value !== "number") return <td title={value}>{value}</td>;
  return (
    <td className={styles.number} title={writeText(rest.column.field, value)}>
      <NumberCell value={value} {...rest} />
    </td>
  );
}

interface Sorting {
  at: number;
  descending: boolean;
}

/** A table of any data; panels use it for themselves and for "view as table". */
export function DataTable({
  table,
  theme,
  header = true,
}: {
  table: TableData;
  theme: ThemeName;
  header?: boolean;
}) {
  const [sorting, setSorting] = useState<Sorting>();
  const rows = sorting === undefined ? table.rows : sortRows(table.rows, sorting.at, sorting.descending);
  const bounds = useMemo(
    () => table.columns.map(({ field }, at) => valueBounds(field, numbers(table, at))),
    [table],
  );
  const sort = (at: number): void =>
    setSorting({ at, descending: sorting?.at === at ? !sorting.descending : table.columns[at]!.numeric });
  const state = (at: number): "ascending" | "descending" | "none" =>
    sorting?.at !== at ? "none" : sorting.descending ? "descending" : "ascending";
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Table">
      <table className={styles.table}>
        {header && (
          <thead>
            <tr>
              {table.columns.map(({ name, numeric, field }, at) => (
                <th
                  key={name}
                  scope="col"
                  aria-sort={state(at)}
                  className={numeric ? styles.number : undefined}
                  style={{ width: asNumber(field.custom.width) }}
                >
                  <button type="button" onClick={() => sort(at)} title={`Sort by ${name}`}>
                    {name}
                    <span className={styles.arrow}>
                      {{ ascending: "↑", descending: "↓", none: "" }[state(at)]}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((value, at) => (
                <CellView
                  key={at}
                  value={value}
                  column={table.columns[at]!}
                  bounds={bounds[at]!}
                  theme={theme}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Table({ panel, frames, tables, options, theme }: PanelProps<TableOptions>) {
  const data = useMemo(() => toTable(frames, panel, tables), [frames, panel, tables]);
  return <DataTable table={data} theme={theme} header={options.header} />;
}

export const table: PanelModule<TableOptions> = { parseOptions, Component: Table, toTable };
