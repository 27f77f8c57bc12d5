/** Bar chart: values by category, side by side or stacked, standing or lying. */

import { useMemo, useRef, useState, type PointerEvent } from "react";
import { axisMarks, layoutBars, type Bar, type BarStack } from "../charts/bars";
import { flatten, inkOn } from "../charts/ramp";
import { markSteps, valueRange } from "../charts/scales";
import { plotBox, textWidth, type PlotBox } from "../charts/svg/plot";
import { hideTooltip, showTooltip } from "../charts/tooltip";
import { useSize, type Size } from "../components/measure";
import { usePick } from "../links/PickBox";
import type { ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { writeText } from "../model/field";
import { asNumber, asObject, asText, oneOf } from "../model/json";
import { formatAxis } from "../model/units";
import { barData, type BarData, type BarSeries } from "./bardata";
import { Cartesian, usePanelColor, type ValueAxis } from "./Cartesian";
import { Keys, toggleKey } from "./Keys";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { table as tablePanel } from "./table";
import { fieldRange, spanOf } from "./series";
import { colorOfValue, writeShare } from "./values";
import styles from "./barchart.module.css";
import axes from "./cartesian.module.css";
import layout from "./layout.module.css";

interface BarOptions {
  xField: string | undefined;
  orientation: "auto" | "horizontal" | "vertical";
  stack: BarStack;
  groupWidth: number;
  barWidth: number;
  radius: number;
  values: "auto" | "always" | "never";
  turn: number;
  legend: boolean;
  right: boolean;
  tooltip: "single" | "multi" | "none";
  alpha: number;
}

function parseOptions({ options, fields }: Panel): BarOptions {
  const legend = asObject(options.legend);
  const { fillOpacity, stacking } = fields.defaults.custom;
  const part = (value: unknown, otherwise: number): number =>
    Math.min(1, Math.max(0.05, asNumber(value) ?? otherwise));
  return {
    xField: asText(options.xField),
    orientation: oneOf(options.orientation, ["auto", "horizontal", "vertical"]),
    stack: oneOf(asText(options.stacking) ?? asObject(stacking).mode, ["none", "normal", "percent"]),
    groupWidth: part(options.groupWidth, 0.7),
    barWidth: part(options.barWidth, 0.97),
    radius: asNumber(options.barRadius) ?? 0.1,
    values: oneOf(options.showValue, ["auto", "always", "never"]),
    turn: Math.min(90, Math.abs(asNumber(options.xTickLabelRotation) ?? 0)),
    legend: legend.showLegend !== false && legend.displayMode !== "hidden",
    right: legend.placement === "right",
    tooltip: oneOf(asObject(options.tooltip).mode, ["single", "multi", "none"]),
    alpha: Math.max(0.1, (asNumber(fillOpacity) ?? 80) / 100),
  };
}

/** Long names lie better at the side. */
function liesDown({ categories, isTime }: BarData, { orientation, turn }: BarOptions, size: Size): boolean {
  if (orientation !== "auto") return orientation === "horizontal";
  if (isTime || turn > 0) return false;
  const widest = categories.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  const crowded = widest + 8 > (size.width - 60) / Math.max(1, categories.length);
  return crowded && size.height / categories.length >= 14;
}

/** Room of one mark on the value axis. */
const MARK_PX = { horizontal: 64, vertical: 40 };

function axisOf(
  bars: readonly Bar[],
  first: BarSeries | undefined,
  percent: boolean,
  room: number,
): ValueAxis {
  const field = first?.field;
  const [low, high] = valueRange(
    bars.reduce((least, { to }) => Math.min(least, to), 0),
    bars.reduce((most, { to }) => Math.max(most, to), 0),
    { min: field?.min, max: percent ? 1 : field?.max, fromZero: true },
  );
  const unit = percent ? "percentunit" : field?.unit;
  const marks = axisMarks(low, high, Math.max(2, room), markSteps(unit));
  const labels = formatAxis(marks, unit, percent ? undefined : field?.decimals);
  return {
    place: (value) => Math.min(1, Math.max(0, (value - low) / (high - low || 1))),
    marks: marks.map((value, at) => ({ value, label: labels[at]! })),
  };
}

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Drawn {
  data: BarData;
  shown: readonly BarSeries[];
  bars: readonly Bar[];
  axis: ValueAxis;
  horizontal: boolean;
  box: PlotBox;
  /** px of one category. */
  each: number;
}

const TURNED_PX = 70;

function draw(data: BarData, shown: readonly BarSeries[], options: BarOptions, size: Size): Drawn {
  const rows = shown.map(({ values }) => values);
  const bars = layoutBars(rows, options);
  const horizontal = liesDown(data, options, size);
  const room = horizontal ? size.width / MARK_PX.horizontal : size.height / MARK_PX.vertical;
  const axis = axisOf(bars, shown[0], options.stack === "percent", room);
  const turned = horizontal ? 0 : TURNED_PX * Math.sin((options.turn * Math.PI) / 180);
  const side = horizontal ? data.categories : axis.marks.map(({ label }) => label);
  const behind = horizontal && options.stack === "none" && options.values !== "never" ? shown : [];
  const right = behind.flatMap(({ field, values }) => values.map((value) => writeText(field, value)));
  const box = plotBox(size, side, { foot: turned, right });
  const each = (horizontal ? box.height : box.width) / Math.max(1, data.categories.length);
  return { data, shown, bars, axis, horizontal, box, each };
}

function rectOf(bar: Bar, { axis, horizontal, box, each }: Drawn): Rect {
  const ends = [axis.place(bar.from), axis.place(bar.to)];
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const [along, thick] = [bar.at * each, bar.width * each];
  return horizontal
    ? { x: box.left + from * box.width, y: box.top + along, width: (to - from) * box.width, height: thick }
    : {
        x: box.left + along,
        y: box.top + (1 - to) * box.height,
        width: thick,
        height: (to - from) * box.height,
      };
}

interface BarMarkProps {
  bar: Bar;
  drawn: Drawn;
  options: BarOptions;
  size: Size;
  /** The colour as it is drawn: opaque, or grid lines would shine through. */
  fill: string;
}

/** Whether a bar's value has room: inside of a stack, else at the bar's end. */
function hasRoom(text: string, rect: Rect, { horizontal }: Drawn, stacked: boolean, size: Size): boolean {
  const wide = textWidth(text);
  if (stacked) return rect.width >= wide + 4 && rect.height >= 13;
  return horizontal
    ? rect.height >= 11 && rect.x + rect.width + wide + 6 < size.width
    : rect.width >= wide - 2;
}

function Amount({ bar, drawn, options, size, fill }: BarMarkProps) {
  const stacked = options.stack !== "none";
  const rect = rectOf(bar, drawn);
  const share = options.stack === "percent";
  const field = drawn.shown[bar.series]!.field;
  const text = share ? writeShare(Math.abs(bar.to - bar.from)) : writeText(field, bar.value);
  if (options.values === "never") return null;
  if (options.values === "auto" && !hasRoom(text, rect, drawn, stacked, size)) return null;
  const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2];
  const place = stacked
    ? { x, y, className: styles.inside, fill: inkOn(fill) }
    : drawn.horizontal
      ? { x: rect.x + rect.width + 5, y, className: styles.after }
      : { x, y: rect.y - 5, className: styles.over };
  return <text {...place}>{text}</text>;
}

function BarMark(props: BarMarkProps) {
  const { bar, drawn, options, fill } = props;
  const rect = rectOf(bar, drawn);
  const stacked = options.stack !== "none";
  const round = Math.min(stacked ? 1 : 4, options.radius * Math.min(rect.width, rect.height) + 1);
  return (
    <>
      <rect {...rect} rx={round} fill={fill} className={axes.bar} data-series={bar.series} />
      <Amount {...props} />
    </>
  );
}

const MOST_ROWS = 20;

/** Tells of the category under the pointer. */
function hoverBars(event: PointerEvent<SVGSVGElement>, drawn: Drawn, colorOf: (bar: Bar) => string): void {
  const { horizontal, box, each, bars, shown, data } = drawn;
  const { left, top } = event.currentTarget.getBoundingClientRect();
  const along = horizontal ? event.clientY - top - box.top : event.clientX - left - box.left;
  const category = Math.floor(along / each);
  const found = bars.filter((bar) => bar.category === category);
  if (found.length === 0) {
    hideTooltip();
    return;
  }
  const own = (event.target as Element).getAttribute("data-series");
  const rows = found.map((bar) => ({
    name: shown[bar.series]!.name,
    value: writeText(shown[bar.series]!.field, bar.value),
    color: colorOf(bar),
    near: own === String(bar.series) && found.length > 1,
  }));
  showTooltip(event.clientX, event.clientY, {
    title: data.titles[category]!,
    rows: rows.slice(0, MOST_ROWS),
    more: Math.max(0, rows.length - MOST_ROWS),
  });
}

interface PlotProps {
  data: BarData;
  shown: readonly BarSeries[];
  options: BarOptions;
  size: Size;
  theme: ThemeName;
  label: string;
  focused: string | undefined;
}

function Plot({ data, shown, options, size, theme, label, focused }: PlotProps) {
  const drawn = useMemo(() => draw(data, shown, options, size), [data, shown, options, size]);
  const ground = usePanelColor(theme);
  const [box, pick] = usePick();
  const span = spanOf(data.series.map(({ values }) => values));
  const ranges = shown.map(({ field, values }) => fieldRange(field, values, () => span));
  const colorOf = ({ series, value }: Bar): string => {
    const { field, color } = shown[series]!;
    return colorOfValue(field, value, ranges[series]!, color, theme);
  };
  const mark = (bar: Bar) => {
    const { id, subject: subjectAt } = shown[bar.series]!;
    const subject = subjectAt(bar.category);
    return (
      <g
        key={`${id} ${bar.category}`}
        opacity={focused !== undefined && focused !== id ? 0.25 : 1}
        className={subject === undefined ? undefined : axes.linked}
        onClick={subject === undefined ? undefined : (event) => pick(event, subject)}
      >
        <BarMark {...{ bar, drawn, options, size }} fill={flatten(colorOf(bar), ground, options.alpha)} />
      </g>
    );
  };
  return (
    <>
      <Cartesian
        size={size}
        box={drawn.box}
        values={drawn.axis}
        categories={data.categories}
        horizontal={drawn.horizontal}
        turn={options.turn}
        label={label}
        onHover={(event) => options.tooltip !== "none" && hoverBars(event, drawn, colorOf)}
      >
        {drawn.bars.map(mark)}
      </Cartesian>
      {box}
    </>
  );
}

const [BESIDE_FROM_PX, KEYS_FROM_PX] = [420, 120];

function BarChart({ panel, frames, tables, options, size, theme }: PanelProps<BarOptions>) {
  const { colors } = useDashboardScope();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string>();
  const { xField } = options;
  const data = useMemo(
    () => barData({ frames, panel, tables, xField, colors, theme }),
    [frames, panel, tables, xField, colors, theme],
  );
  const shown = useMemo(() => data.series.filter(({ id }) => !hidden.has(id)), [data, hidden]);
  const ids = data.series.map(({ id }) => id);
  const plot = useRef<HTMLDivElement>(null);
  const room = useSize(plot);
  const right = options.right && size.width > BESIDE_FROM_PX;
  return (
    <div className={right ? layout.beside : layout.below}>
      <div ref={plot} className={layout.plot}>
        {room !== undefined && (
          <Plot
            {...{ data, shown, options, theme, focused }}
            size={room}
            label={`Bar chart: ${panel.title}`}
          />
        )}
      </div>
      {options.legend && data.series.length > 1 && size.height > KEYS_FROM_PX && (
        <Keys
          entries={data.series.map(({ id, name, color }) => ({ id, name, color, values: [] }))}
          right={right}
          hidden={hidden}
          onToggle={(id, alone) => setHidden(toggleKey(hidden, id, alone, ids))}
          onFocus={setFocused}
        />
      )}
    </div>
  );
}

export const barchart: PanelModule<BarOptions> = {
  parseOptions,
  Component: BarChart,
  toTable: tablePanel.toTable,
};
