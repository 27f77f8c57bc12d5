/** State timeline and status history: a row a series, its states in colour, hatching and words. */

import { useCallback, useMemo, useRef, useState } from "react";
import type { BandHover, BandModel } from "../charts/canvas/bandchart";
import { paintStates, type StatePaint } from "../charts/canvas/states";
import { chartColors } from "../charts/palette";
import { flatten, inkOn } from "../charts/ramp";
import { distinctLooks, hatchings, spanAt, stateSpans, type Look, type StateRow } from "../charts/states";
import type { TooltipContent } from "../charts/tooltip";
import { useSize } from "../components/measure";
import type { Subject } from "../links/datalinks";
import { PickBox, type Pick } from "../links/PickBox";
import { ColorRegistry, resolveColor, slotColor, type ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { writeValue, type FieldConfig } from "../model/field";
import { asNumber, asObject, oneOf } from "../model/json";
import { formatTime } from "../model/timerange";
import { formatText } from "../model/units";
import type { PanelFrame } from "../query/panel";
import type { Column, TableData } from "../query/table";
import { BandCanvas } from "./BandCanvas";
import { Keys, type KeyEntry } from "./Keys";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { nameFrames, subjectOf, type NamedSeries } from "./series";
import { colorOfValue, joinWritten } from "./values";
import layout from "./layout.module.css";

interface StateOptions {
  merge: boolean;
  rowHeight: number;
  columnWidth: number;
  names: StatePaint["names"];
  align: StatePaint["align"];
  legend: boolean;
  /** Opacity of the fill, 0 to 1. */
  alpha: number;
}

const share = (value: unknown, otherwise: number): number =>
  Math.min(1, Math.max(0.05, asNumber(value) ?? otherwise));

function readOptions({ options, fields }: Panel, cells: boolean): StateOptions {
  const legend = asObject(options.legend);
  const opacity = asNumber(fields.defaults.custom.fillOpacity) ?? 80;
  return {
    merge: !cells && options.mergeValues !== false,
    rowHeight: share(options.rowHeight, 0.85),
    columnWidth: cells ? share(options.colWidth, 0.9) : 1,
    names: oneOf(options.showValue, ["auto", "always", "never"]),
    align: oneOf(options.alignValue, ["left", "center", "right"]),
    legend: legend.showLegend !== false && legend.displayMode !== "hidden",
    alpha: Math.min(1, Math.max(0.2, opacity / 100)),
  };
}

/** A row with the series that it draws. */
interface DrawnRow extends StateRow {
  source: NamedSeries;
}

/** A state's name: what a mapping says, else the number as it is written. */
const nameOf = (field: FieldConfig, value: number): string => joinWritten(writeValue(field, value));

const isGap = (field: FieldConfig, value: number): boolean =>
  Number.isNaN(value) && !field.mappings.some(({ holds }) => holds(value));

const MOST_NAMES = 64;

/** Colours by palette go to names of states, not to rows: the same state looks the same everywhere. */
function paletteOf(
  named: readonly NamedSeries[],
  colors: ColorRegistry,
  theme: ThemeName,
): Map<string, string> {
  const names = [
    ...new Set(
      named
        .filter(({ field }) => field.color.mode.startsWith("palette"))
        .flatMap(({ field, series }) => [...new Set(series.values)].map((value) => nameOf(field, value))),
    ),
  ].slice(0, MOST_NAMES);
  return new Map(colors.assign(names).map((slot, at) => [names[at]!, slotColor(slot, theme).color]));
}

function makeRows(
  frames: readonly PanelFrame[],
  panel: Panel,
  merge: boolean,
  colors: ColorRegistry,
  theme: ThemeName,
): DrawnRow[] {
  const named = nameFrames(frames, panel, colors, theme);
  const palette = paletteOf(named, colors, theme);
  return named.map((source) => {
    const { name, field, color, range } = source;
    const [{ values }, { times, step }] = [source.series, source.frame];
    const look = (value: number): Look | undefined => {
      if (isGap(field, value)) return undefined;
      const text = nameOf(field, value);
      return { text, color: colorOfValue(field, value, range, palette.get(text) ?? color, theme) };
    };
    return { name, source, spans: stateSpans({ times, values, stepMs: step, look }, merge) };
  });
}

/** Steps' colours first, so that the hatching of a colour stays the same over refreshes. */
function hatchingOf(rows: readonly StateRow[], panel: Panel, theme: ThemeName): Map<string, number> {
  const seen = [...new Set(rows.flatMap(({ spans }) => spans.map(({ color }) => color)))].sort();
  const steps = panel.fields.defaults.thresholds.steps.map(({ color }) => resolveColor(color, theme));
  return hatchings([...steps, ...seen]);
}

function hoverOf(rows: readonly StateRow[], ms: number, at: number): BandHover | undefined {
  const row = rows[rows.length - 1 - at];
  const span = spanAt(row, ms);
  if (row === undefined || span === undefined) return undefined;
  const { fromMs, toMs, text, color } = span;
  const held = formatText((toMs - fromMs) / 1000, "dtdurations");
  const times = `${formatTime(fromMs)} – ${formatTime(toMs).slice(11)}`;
  const rowsSaid = [
    { name: text, value: held, color, near: true },
    { name: times, value: "", color: "transparent", near: false },
  ];
  return { fromMs, toMs, low: at, high: at + 1, content: { title: row.name, rows: rowsSaid, more: 0 } };
}

const MOST_FOLLOWED = 8;

/** The state of every row at a time. */
function followOf(rows: readonly StateRow[], ms: number): TooltipContent | undefined {
  const said = rows.flatMap((row) => {
    const span = spanAt(row, ms);
    return span === undefined ? [] : [{ name: row.name, value: span.text, color: span.color, near: false }];
  });
  const more = Math.max(0, said.length - MOST_FOLLOWED);
  return said.length === 0 ? undefined : { title: formatTime(ms), rows: said.slice(0, MOST_FOLLOWED), more };
}

/** What the links of a place are about; rows count from the foot. */
function subjectAt(rows: readonly DrawnRow[], ms: number, at: number): Subject | undefined {
  const row = rows[rows.length - 1 - at];
  const span = spanAt(row, ms);
  if (row === undefined || span === undefined) return undefined;
  return subjectOf(
    row.source,
    span.value,
    row.source.frame.times.findLastIndex((time) => time <= ms),
  );
}

const MOST_KEYS = 24;

type Hatching = ReadonlyMap<string, number>;

const keyOf = (name: string, color: string, hatching: Hatching): KeyEntry => ({
  id: `${name} ${color}`,
  name,
  color,
  hatch: hatching.get(color) ?? 0,
  values: [],
});

/** Thresholds as ranges: `< 50`, `50+`. */
function stepKeys(
  { unit, decimals, thresholds: { steps } }: FieldConfig,
  hatching: Hatching,
  theme: ThemeName,
) {
  const write = (value: number): string => formatText(value, unit, decimals);
  return steps.map(({ value, color }, at) => {
    const next = steps[at + 1];
    const base = next === undefined ? "any value" : `< ${write(next.value)}`;
    return keyOf(value === -Infinity ? base : `${write(value)}+`, resolveColor(color, theme), hatching);
  });
}

/** Steps where numbers are coloured by them, else each state that occurs. */
function keysOf(rows: readonly StateRow[], panel: Panel, hatching: Hatching, theme: ThemeName): KeyEntry[] {
  const { defaults, overrides } = panel.fields;
  const numbers = defaults.color.mode === "thresholds" && defaults.mappings.length === 0;
  if (numbers && overrides.length === 0) return stepKeys(defaults, hatching, theme);
  const looks = distinctLooks(rows).slice(0, MOST_KEYS);
  return looks.map(({ text, color }) => keyOf(text, color, hatching));
}

const [ROW_PX, AXIS_PX] = [18, 40];
const LINES = { dark: "#0c0e1266", light: "#ffffff80" };

function useModel(rows: readonly StateRow[], hatching: Hatching, props: PanelProps<StateOptions>): BandModel {
  const { frames, options, theme } = props;
  return useMemo(() => {
    const { panel } = chartColors();
    const fill = (color: string): string => flatten(color, panel, options.alpha);
    const look = { ...options, hatching, fill, ink: inkOn, lines: LINES[theme] };
    return {
      range: frames[0]?.range ?? { fromMs: 0, toMs: 1 },
      rows: rows.length,
      marks: rows.map(({ name }, at) => ({ at: rows.length - at - 0.5, label: name })),
      labelShare: 0.3,
      paint: (band) => paintStates(band, rows, look),
      hover: (ms, at) => hoverOf(rows, ms, at),
      follow: (ms) => followOf(rows, ms),
    };
  }, [rows, hatching, frames, options, theme]);
}

const KEYS_FROM_PX = 110;

function States(props: PanelProps<StateOptions>) {
  const { panel, frames, options, theme } = props;
  const { colors } = useDashboardScope();
  const rows = useMemo(
    () => makeRows(frames, panel, options.merge, colors, theme),
    [frames, panel, options, colors, theme],
  );
  const hatching = useMemo(() => hatchingOf(rows, panel, theme), [rows, panel, theme]);
  const model = useModel(rows, hatching, props);
  const plot = useRef<HTMLDivElement>(null);
  const room = useSize(plot);
  const keys = options.legend ? keysOf(rows, panel, hatching, theme) : [];
  const needed = rows.length * ROW_PX + AXIS_PX;
  const [pick, setPick] = useState<Pick>();
  const onPick = useCallback(
    (ms: number, at: number, x: number, y: number): void => {
      const subject = subjectAt(rows, ms, at);
      if (subject !== undefined) setPick({ x, y, ms: subject.timeMs, subjects: [subject] });
    },
    [rows],
  );
  return (
    <div className={layout.below}>
      <div
        ref={plot}
        className={`${layout.plot} ${layout.scroll}`}
        {...(room !== undefined && needed > room.height
          ? { tabIndex: 0, role: "group", "aria-label": "All rows" }
          : {})}
      >
        {room !== undefined && (
          <BandCanvas
            model={model}
            size={{ width: room.width, height: Math.max(room.height, needed) }}
            theme={theme}
            label={`States: ${panel.title}`}
            onPick={onPick}
          />
        )}
      </div>
      {keys.length > 0 && props.size.height > KEYS_FROM_PX && <Keys entries={keys} />}
      {pick !== undefined && <PickBox pick={pick} onClose={() => setPick(undefined)} />}
    </div>
  );
}

/** One row a span: whose, which state, from when until when. */
function toTable(frames: readonly PanelFrame[], panel: Panel): TableData {
  const column = (name: string, numeric = false): Column => ({
    name,
    numeric,
    field: { ...panel.fields.defaults, mappings: [], unit: "dtdurations" },
  });
  const rows = makeRows(frames, panel, true, new ColorRegistry(), "dark");
  return {
    columns: [column("Name"), column("State"), column("From"), column("To"), column("Duration", true)],
    rows: rows.flatMap(({ name, spans }) =>
      spans.map(({ text, fromMs, toMs }) => [
        name,
        text,
        formatTime(fromMs),
        formatTime(toMs),
        (toMs - fromMs) / 1000,
      ]),
    ),
  };
}

const moduleOf = (cells: boolean): PanelModule<StateOptions> => ({
  parseOptions: (panel) => readOptions(panel, cells),
  Component: States,
  toTable,
});

export const stateTimeline = moduleOf(false);
export const statusHistory = moduleOf(true);
