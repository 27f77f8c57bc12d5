/** Heatmap: how often values fell into which bucket, over time. */

import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import {
  bucketGrid,
  countGrid,
  parseBound,
  trimRows,
  type CountOptions,
  type Cumulative,
  type HeatGrid,
  type HeatRow,
} from "../charts/buckets";
import type { BandHover, BandModel } from "../charts/canvas/bandchart";
import { paintHeatmap, rampIndex } from "../charts/canvas/heatmap";
import { rampColors } from "../charts/ramp";
import type { TooltipContent } from "../charts/tooltip";
import { useSize } from "../components/measure";
import type { Subject } from "../links/datalinks";
import { PickBox, type Pick } from "../links/PickBox";
import type { ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { writeText, type FieldConfig } from "../model/field";
import { asList, asNumber, asObject, asText, type Json } from "../model/json";
import { nameSeries } from "../model/legend";
import { formatTime } from "../model/timerange";
import type { PanelFrame } from "../query/panel";
import type { Column, TableData } from "../query/table";
import { BandCanvas } from "./BandCanvas";
import { cellSubject, seriesOfRow, type Cell } from "./heatlinks";
import type { PanelModule, PanelProps } from "./module";
import styles from "./heatmap.module.css";
import layout from "./layout.module.css";

interface HeatOptions {
  /** Count samples here, rather than take the series as buckets. */
  calculate: boolean;
  count: CountOptions;
  cumulative: Cumulative;
  scheme: string;
  reverse: boolean;
  /** Above 1 lifts what is frequent, below 1 what is rare. */
  exponent: number;
  most: number | undefined;
  least: number;
  gap: number;
  legend: boolean;
  /** How bounds of buckets are written. */
  bounds: FieldConfig;
  /** How counts are written. */
  cells: FieldConfig;
}

const GRAFANA_EXPONENT = 0.5;
/** Cells of a heatmap that is counted here, unless the panel says otherwise. */
const [COLUMNS, ROWS, MOST_CELLS] = [60, 20, 500];

function countOptions(options: Json): CountOptions {
  const { xBuckets, yBuckets } = asObject(options.calculation);
  const [x, y] = [asObject(xBuckets), asObject(yBuckets)];
  const size = ({ mode, value }: Json): number => (mode === "size" ? (asNumber(value) ?? 0) : 0);
  const count = ({ mode, value }: Json, otherwise: number): number =>
    mode === "count" ? Math.min(MOST_CELLS, Math.max(1, asNumber(value) ?? otherwise)) : otherwise;
  return {
    columnMs: size(x),
    columns: count(x, COLUMNS),
    rowSize: size(y),
    rows: count(y, ROWS),
    log: asObject(y.scale).type === "log",
  };
}

/** Queries that ask for the heatmap format give cumulative buckets; of others one sees by their counts. */
function cumulativeOf({ raw }: Panel): Cumulative {
  const formats = asList(raw.targets).map((target) => asObject(target).format);
  return formats.includes("heatmap") ? true : "detect";
}

function fieldWith(base: FieldConfig, { unit, decimals }: Json): FieldConfig {
  const made: FieldConfig = { ...base, mappings: [] };
  if (asText(unit) !== undefined) made.unit = asText(unit)!;
  if (asNumber(decimals) !== undefined) made.decimals = asNumber(decimals)!;
  return made;
}

function parseOptions(panel: Panel): HeatOptions {
  const { options, fields } = panel;
  const color = asObject(options.color);
  const { unit: _, decimals: __, ...unitless } = fields.defaults;
  return {
    calculate: options.calculate === true,
    count: countOptions(options),
    cumulative: cumulativeOf(panel),
    scheme: asText(color.scheme) ?? "Oranges",
    reverse: color.reverse === true,
    exponent: color.scale === "linear" ? 1 : (asNumber(color.exponent) ?? GRAFANA_EXPONENT),
    most: asNumber(color.max),
    least: asNumber(asObject(options.filterValues).le) ?? 0,
    gap: asNumber(options.cellGap) ?? 1,
    legend: asObject(options.legend).show !== false,
    bounds: fieldWith(fields.defaults, asObject(options.yAxis)),
    cells: fieldWith(unitless, asObject(options.cellValues)),
  };
}

const namesOf = (frame: PanelFrame): string[] =>
  nameSeries(
    frame.query.legend,
    frame.series.map(({ labels }) => labels),
    frame.expr,
  );

/** Queries as one frame: several may each give buckets of the same histogram. */
function joined(frames: readonly PanelFrame[]): { frame: PanelFrame; names: string[] } {
  const filled = frames.filter(({ series }) => series.length > 0);
  const first = filled[0] ?? frames[0]!;
  const fitting = filled.filter(({ times }) => times.length === first.times.length);
  return {
    frame: { ...first, series: fitting.flatMap(({ series }) => series) },
    names: fitting.flatMap(namesOf),
  };
}

/** A single series that is no bucket: a quantile, most often. */
export function isSingle(frames: readonly PanelFrame[]): boolean {
  const all = frames.flatMap((frame) => {
    const names = namesOf(frame);
    return frame.series.map(({ labels }, at) => labels.le ?? names[at]!);
  });
  return all.length === 1 && Number.isNaN(parseBound(all[0]!));
}

function makeGrid(frames: readonly PanelFrame[], options: HeatOptions): HeatGrid | undefined {
  const first = frames[0];
  if (first === undefined) return undefined;
  if (options.calculate) return countGrid(frames, first.range, options.count);
  const { frame, names } = joined(frames);
  return trimRows(bucketGrid(frame, names, options.cumulative));
}

const writeBound = (value: number, field: FieldConfig): string =>
  value === Infinity ? "+Inf" : value === -Infinity ? "−Inf" : writeText(field, value);

const MARK_PX = 22;

/** Bounds between rows, as many as stand clear of one another; names in the middle of theirs. */
function marksOf({ rows }: HeatGrid, field: FieldConfig, height: number): BandModel["marks"] {
  const every = Math.max(1, Math.ceil(rows.length / Math.max(1, Math.floor(height / MARK_PX))));
  const marks = rows.map(({ high, name }, at) =>
    Number.isNaN(high) ? { at: at + 0.5, label: name } : { at: at + 1, label: writeBound(high, field) },
  );
  return marks.filter((_, at) => (rows.length - 1 - at) % every === 0);
}

function rowLabel({ low, high, name }: HeatRow, field: FieldConfig): string {
  if (Number.isNaN(high)) return name;
  if (low === -Infinity) return `up to ${writeBound(high, field)}`;
  return `${writeBound(low, field)} – ${writeBound(high, field)}`;
}

interface Scale {
  colors: string[];
  most: number;
  place: (count: number) => number;
}

function makeScale(grid: HeatGrid, options: HeatOptions, theme: ThemeName): Scale {
  const most = options.most ?? grid.most;
  return {
    colors: rampColors(options.scheme, options.reverse, theme),
    most,
    place: (count) => (most > 0 ? Math.min(1, Math.max(0, count / most)) ** options.exponent : 0),
  };
}

const MOST_FOLLOWED = 4;

const columnAt = ({ ends, widthMs }: HeatGrid, ms: number): number =>
  ends.findIndex((end) => ms <= end && ms > end - widthMs);

/** The cell at a time and a row's place; undefined where nothing was counted. */
function cellAt(grid: HeatGrid, { bounds }: HeatOptions, ms: number, at: number): Cell | undefined {
  const column = columnAt(grid, ms);
  const [row, count] = [grid.rows[at], grid.counts[at]?.[column]];
  if (row === undefined || count === undefined || Number.isNaN(count)) return undefined;
  return { row, name: rowLabel(row, bounds), count, endMs: grid.ends[column]! };
}

function hoverOf(
  grid: HeatGrid,
  { colors, place }: Scale,
  options: HeatOptions,
  ms: number,
  at: number,
): BandHover | undefined {
  const cell = cellAt(grid, options, ms, at);
  if (cell === undefined) return undefined;
  const { name, count, endMs: toMs } = cell;
  const fromMs = toMs - grid.widthMs;
  const said = {
    name,
    value: writeText(options.cells, count),
    color: count > options.least ? colors[rampIndex(place(count))]! : "transparent",
    near: true,
  };
  const title = `${formatTime(fromMs)} – ${formatTime(toMs).slice(11)}`;
  return { fromMs, toMs, low: at, high: at + 1, content: { title, rows: [said], more: 0 } };
}

/** The buckets of one time that are the fullest. */
function followOf(
  grid: HeatGrid,
  { colors, place }: Scale,
  options: HeatOptions,
  ms: number,
): TooltipContent | undefined {
  const column = columnAt(grid, ms);
  const found = grid.rows
    .map((row, at) => ({ row, count: grid.counts[at]?.[column] ?? NaN }))
    .filter(({ count }) => count > options.least)
    .sort((a, b) => b.count - a.count);
  if (found.length === 0) return undefined;
  const rows = found.slice(0, MOST_FOLLOWED).map(({ row, count }) => ({
    name: rowLabel(row, options.bounds),
    value: writeText(options.cells, count),
    color: colors[rampIndex(place(count))]!,
    near: false,
  }));
  return { title: formatTime(grid.ends[column]!), rows, more: found.length - rows.length };
}

/** What the links of a place are about: the cell there. */
function subjectAt(
  grid: HeatGrid,
  { frames, panel, options }: Omit<PanelProps<HeatOptions>, "size" | "theme">,
  ms: number,
  at: number,
): Subject | undefined {
  const cell = cellAt(grid, options, ms, at);
  if (cell === undefined) return undefined;
  const series = frames.flatMap((frame) => {
    const names = namesOf(frame);
    return frame.series.map(({ labels }, place) => ({ name: names[place]!, labels }));
  });
  const from = options.calculate ? series : seriesOfRow(series, cell.row);
  return cellSubject(cell, from, {
    rules: panel.fields,
    field: options.cells,
    refId: frames[0]!.query.refId,
  });
}

/** What the colours stand for: the ramp with its least and its greatest count. */
function Ramp({ scale, options }: { scale: Scale; options: HeatOptions }) {
  const stops = scale.colors.filter((_, at) => at % 7 === 0).join(", ");
  return (
    <div className={styles.ramp}>
      <span>{writeText(options.cells, options.least)}</span>
      <span className={styles.colors} style={{ background: `linear-gradient(to right, ${stops})` }} />
      <span>{writeText(options.cells, scale.most)}</span>
    </div>
  );
}

const [RAMP_FROM_PX, AXIS_PX] = [150, 34];

function Heat({ panel, frames, options, size, theme }: PanelProps<HeatOptions>) {
  const plot = useRef<HTMLDivElement>(null);
  const room = useSize(plot);
  const height = (room?.height ?? size.height) - AXIS_PX;
  const grid = useMemo(() => makeGrid(frames, options), [frames, options]);
  const scale = useMemo(
    () => (grid === undefined ? undefined : makeScale(grid, options, theme)),
    [grid, options, theme],
  );
  const model = useMemo((): BandModel | undefined => {
    if (grid === undefined || scale === undefined) return undefined;
    return {
      range: frames[0]!.range,
      rows: grid.rows.length,
      marks: marksOf(grid, options.bounds, height),
      labelShare: 0.25,
      paint: (band) => paintHeatmap(band, grid, { ...scale, gap: options.gap, least: options.least }),
      hover: (ms, at) => hoverOf(grid, scale, options, ms, at),
      follow: (ms) => followOf(grid, scale, options, ms),
    };
  }, [grid, scale, frames, options, height]);
  const [pick, setPick] = useState<Pick>();
  const onPick = useCallback(
    (ms: number, at: number, x: number, y: number): void => {
      const subject = grid && subjectAt(grid, { frames, panel, options }, ms, at);
      if (subject !== undefined) setPick({ x, y, ms: subject.timeMs, subjects: [subject] });
    },
    [grid, frames, panel, options],
  );
  return (
    <div className={layout.below}>
      <div ref={plot} className={layout.plot}>
        {room !== undefined && model !== undefined && (
          <BandCanvas
            model={model}
            size={room}
            theme={theme}
            label={`Heatmap: ${panel.title}`}
            onPick={onPick}
          />
        )}
      </div>
      {options.legend && scale !== undefined && size.height >= RAMP_FROM_PX && (
        <Ramp scale={scale} options={options} />
      )}
      {pick !== undefined && <PickBox pick={pick} onClose={() => setPick(undefined)} />}
    </div>
  );
}

const Line = lazy(async () => {
  const { timeseries } = await import("./timeseries");
  const Draw = timeseries.Component;
  return {
    default: (props: PanelProps<HeatOptions>) => (
      <Draw {...props} options={timeseries.parseOptions(props.panel)} />
    ),
  };
});

function Heatmap(props: PanelProps<HeatOptions>) {
  if (props.options.calculate || !isSingle(props.frames)) return <Heat {...props} />;
  return (
    <div className={layout.below}>
      <div className={layout.plot}>
        <Suspense>
          <Line {...props} />
        </Suspense>
      </div>
      <p className={layout.note} role="note">
        One series has no buckets: it is drawn as a line.
      </p>
    </div>
  );
}

/** One row a time, one column a bucket. */
function toTable(frames: readonly PanelFrame[], panel: Panel): TableData {
  const options = parseOptions(panel);
  const grid = makeGrid(frames, options);
  if (grid === undefined) return { columns: [], rows: [] };
  const columns = grid.rows.map((row): Column => ({
    name: rowLabel(row, options.bounds),
    numeric: true,
    field: options.cells,
  }));
  return {
    columns: [{ name: "Time", numeric: false, field: options.cells }, ...columns],
    rows: Array.from(grid.ends, (end, at) => [formatTime(end), ...grid.counts.map((row) => row[at]!)]),
  };
}

export const heatmap: PanelModule<HeatOptions> = { parseOptions, Component: Heatmap, toTable };
