/** Table: rows that are sorted, filtered and added up, of which only those in sight are drawn. */

import { useMemo, useRef, useState, type CSSProperties } from "react";
import { useSize } from "../components/measure";
import { fade, type ThemeName } from "../model/colors";
import { LinkedText } from "../links/Linked";
import type { Panel } from "../model/dashboard";
import type { DataFrame } from "../model/frame";
import { asNumber, asObject, asText, type Json } from "../model/json";
import { oneTable, shapeFrames } from "../query/frames";
import { tableData, type TableData } from "../query/table";
import type { PanelFrame } from "../query/panel";
import { cellColor, CellContent, type CellProps } from "./cells";
import {
  columnWidths,
  fieldIn,
  firstSorting,
  footerName,
  footerOf,
  gridOfFrame,
  gridOfRows,
  orderRows,
  subjectOf,
  textOf,
  type GridColumn,
  type GridData,
  type Sorting,
} from "./grid";
import type { PanelModule, PanelProps } from "./module";
import { fieldRange, spanOf, valueBounds } from "./series";
import styles from "./table.module.css";

interface TableOptions {
  header: boolean;
  raw: Json;
}

const parseOptions = ({ options }: Panel): TableOptions => ({
  header: options.showHeader !== false,
  raw: options,
});

/** The panel's one table; where nobody has made tables yet, they are made here. */
const frameOf = (
  frames: readonly PanelFrame[],
  panel: Panel,
  tables: readonly DataFrame[] = [],
): DataFrame | undefined => oneTable(tables.length > 0 ? tables : shapeFrames(frames, panel).tables, panel);

function toTable(frames: readonly PanelFrame[], panel: Panel, tables?: readonly DataFrame[]): TableData {
  const made = frameOf(frames, panel, tables);
  return made === undefined ? { columns: [], rows: [] } : tableData(made);
}

type Limits = Pick<CellProps, "bounds" | "range">;

const isNumbers = ({ numeric, timed }: GridColumn): boolean => numeric && timed !== true;

/** The ranges of each column: of the bars in its cells, and of its colours, for which all columns count. */
function limitsOf({ columns, unseen }: GridData): Limits[] {
  const numbers = (column: GridColumn) => column.values as ArrayLike<number>;
  const span = spanOf([...columns, ...unseen].filter(isNumbers).map(numbers));
  return columns.map((column): Limits => {
    if (!isNumbers(column)) return { bounds: [0, 1], range: [0, 1] };
    const [{ field }, values] = [column, numbers(column)];
    return { bounds: valueBounds(field, values), range: fieldRange(field, values, () => span) };
  });
}

const alignOf = ({ field, numeric }: GridColumn): CSSProperties["textAlign"] => {
  const align = asText(field.custom.align);
  return align === "left" || align === "center" || align === "right" ? align : numeric ? "right" : "left";
};

/** The width that a column asks for; what is longer is cut. */
function widthOf({ field: { custom } }: GridColumn): CSSProperties {
  const [width, minWidth] = [asNumber(custom.width), asNumber(custom.minWidth)];
  return {
    ...(width === undefined ? {} : { width, maxWidth: width }),
    ...(minWidth === undefined ? {} : { minWidth }),
  };
}

interface HeadProps {
  grid: GridData;
  sorting: Sorting | undefined;
  onSort: (at: number) => void;
  filters: readonly string[];
  onFilter: (at: number, text: string) => void;
}

const stateOf = (at: number, sorting: Sorting | undefined): "ascending" | "descending" | "none" =>
  sorting?.at !== at ? "none" : sorting.descending ? "descending" : "ascending";

const ARROWS = { ascending: "↑", descending: "↓", none: "" };

function Head({ grid, sorting, onSort, filters, onFilter }: HeadProps) {
  const filterable = grid.columns.some(({ field }) => field.custom.filterable === true);
  return (
    <thead>
      <tr>
        {grid.columns.map((column, at) => (
          <th
            key={at}
            scope="col"
            aria-sort={stateOf(at, sorting)}
            style={{ textAlign: alignOf(column), ...widthOf(column) }}
          >
            <button type="button" onClick={() => onSort(at)} title={`Sort by ${column.name}`}>
              {column.name}
              <span className={styles.arrow}>{ARROWS[stateOf(at, sorting)]}</span>
            </button>
          </th>
        ))}
      </tr>
      {filterable && (
        <tr className={styles.filters}>
          {grid.columns.map(({ name, field }, at) => (
            <td key={at}>
              {field.custom.filterable === true && (
                <input
                  type="search"
                  value={filters[at] ?? ""}
                  placeholder="Filter"
                  aria-label={`Filter ${name}`}
                  onChange={(event) => onFilter(at, event.target.value)}
                />
              )}
            </td>
          ))}
        </tr>
      )}
    </thead>
  );
}

interface RowProps {
  grid: GridData;
  row: number;
  limits: readonly Limits[];
  theme: ThemeName;
}

function Row({ grid, row, limits, theme }: RowProps) {
  const tinting = grid.columns.findIndex(
    ({ field }) => asObject(field.custom.cellOptions).applyToRow === true,
  );
  const cell = (at: number) => {
    const column = grid.columns[at]!;
    return { value: column.values[row] ?? null, field: fieldIn(column, row), ...limits[at]!, theme };
  };
  const tint = tinting < 0 ? {} : { background: fade(cellColor(cell(tinting)), 0.12) };
  return (
    <tr style={tint}>
      {grid.columns.map((column, at) => {
        const wraps = asObject(column.field.custom.cellOptions).wrapText === true;
        return (
          <td
            key={at}
            title={textOf(column.values[row], fieldIn(column, row))}
            className={`${column.numeric ? styles.number : ""} ${wraps ? styles.wraps : ""}`}
            style={{ textAlign: alignOf(column), ...widthOf(column) }}
          >
            <LinkedText subject={subjectOf(grid, column, row)}>
              <CellContent {...cell(at)} />
            </LinkedText>
          </td>
        );
      })}
    </tr>
  );
}

function Foot({ grid, rows, options }: { grid: GridData; rows: readonly number[]; options: Json }) {
  const said = grid.columns.map((column) => footerOf(column, rows, options));
  if (said.every((text) => text === undefined)) return null;
  return (
    <tfoot>
      <tr>
        {grid.columns.map((column, at) => (
          <td key={at} style={{ textAlign: alignOf(column) }}>
            {said[at] ?? (at === 0 && !column.numeric ? footerName(options) : "")}
          </td>
        ))}
      </tr>
    </tfoot>
  );
}

/** Height of a row; drawing only those in sight needs to know it. */
const ROW_PX = 29;
/** Tables of up to so many rows are drawn whole. */
const WHOLE = 120;
/** Rows beyond what is seen, and by how many the window moves at once. */
const [AHEAD, STRIDE] = [20, 10];

interface RowWindow {
  first: number;
  last: number;
  onScroll: (top: number) => void;
}

/** Which rows are drawn: those in sight and some around them. */
function useRowWindow(count: number, height: number): RowWindow {
  const [top, setTop] = useState(0);
  if (count <= WHOLE) return { first: 0, last: count, onScroll: () => undefined };
  const first = Math.max(0, Math.min(top, count - 1) - AHEAD);
  const last = Math.min(count, top + Math.ceil(height / ROW_PX) + AHEAD + STRIDE);
  const onScroll = (px: number): void => setTop(Math.floor(px / ROW_PX / STRIDE) * STRIDE);
  return { first, last, onScroll };
}

interface GridViewProps {
  grid: GridData;
  theme: ThemeName;
  header: boolean;
  options: Json;
}

const spacer = (rows: number) =>
  rows > 0 && (
    <tr aria-hidden="true" className={styles.spacer}>
      <td style={{ height: rows * ROW_PX }} />
    </tr>
  );

function GridView({ grid, theme, header, options }: GridViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const [chosen, setChosen] = useState<Sorting>();
  const [filters, setFilters] = useState<readonly string[]>([]);
  const sorting = chosen ?? firstSorting(grid, options);
  const { at: sortedAt = -1, descending = false } = sorting ?? {};
  const rows = useMemo(
    () => orderRows(grid, sortedAt < 0 ? undefined : { at: sortedAt, descending }, filters),
    [grid, sortedAt, descending, filters],
  );
  const limits = useMemo(() => limitsOf(grid), [grid]);
  const widths = useMemo(() => (grid.length > WHOLE ? columnWidths(grid) : undefined), [grid]);
  const { first, last, onScroll } = useRowWindow(rows.length, size?.height ?? 0);
  /** Biggest numbers first; the third click gives back the order that the panel has by itself. */
  const sort = (at: number): void => {
    const first = grid.columns[at]!.numeric;
    const again = sortedAt === at;
    const back = again && chosen !== undefined && descending !== first;
    setChosen(back ? undefined : { at, descending: again ? !descending : first });
  };
  const filter = (at: number, text: string): void =>
    setFilters(grid.columns.map((_, other) => (other === at ? text : (filters[other] ?? ""))));
  return (
    <div
      ref={box}
      className={styles.scroll}
      tabIndex={0}
      role="region"
      aria-label="Table"
      onScroll={(event) => onScroll(event.currentTarget.scrollTop)}
    >
      <table
        className={widths === undefined ? styles.table : `${styles.table} ${styles.fixed}`}
        style={{ minWidth: widths?.reduce((sum, width) => sum + width, 0) }}
        aria-rowcount={rows.length + 1}
      >
        {widths !== undefined && (
          <colgroup>
            {widths.map((width, at) => (
              <col key={at} style={{ width }} />
            ))}
          </colgroup>
        )}
        {header && <Head {...{ grid, sorting, filters }} onSort={sort} onFilter={filter} />}
        <tbody>
          {spacer(first)}
          {rows.slice(first, last).map((row) => (
            <Row key={row} {...{ grid, row, limits, theme }} />
          ))}
          {spacer(rows.length - last)}
        </tbody>
        <Foot grid={grid} rows={rows} options={options} />
      </table>
      {rows.length === 0 && grid.length > 0 && <p className={styles.none}>No row matches.</p>}
    </div>
  );
}

const NO_OPTIONS: Json = {};

/** A table of any data; panels use it for themselves and for "view as table". */
export function DataTable({ table, theme }: { table: TableData; theme: ThemeName }) {
  const grid = useMemo(() => gridOfRows(table), [table]);
  return <GridView grid={grid} theme={theme} header options={NO_OPTIONS} />;
}

function Table({ panel, frames, tables, options, theme }: PanelProps<TableOptions>) {
  const grid = useMemo(() => {
    const made = frameOf(frames, panel, tables);
    return made === undefined ? undefined : gridOfFrame(made, panel.fields.defaults);
  }, [frames, panel, tables]);
  if (grid === undefined) return null;
  return <GridView grid={grid} theme={theme} header={options.header} options={options.raw} />;
}

export const table: PanelModule<TableOptions> = { parseOptions, Component: Table, toTable };
