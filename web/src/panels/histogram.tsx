/** Histogram: how many samples fell into which bucket of values, of each series or of all, or what buckets have counted. */

import { useMemo, useRef, useState, type PointerEvent } from "react";
import { axisMarks } from "../charts/bars";
import { countBins, type Bins } from "../charts/bins";
import { markSteps } from "../charts/scales";
import { flatten } from "../charts/ramp";
import { plotBox } from "../charts/svg/plot";
import { hideTooltip, showTooltip } from "../charts/tooltip";
import { useSize, type Size } from "../components/measure";
import { fade, slotColor, type ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { writeText, type FieldConfig } from "../model/field";
import { asNumber, asObject } from "../model/json";
import { formatAxis, formatText } from "../model/units";
import { nameAll } from "../query/named";
import type { PanelFrame } from "../query/panel";
import type { TableData } from "../query/table";
import { Cartesian, usePanelColor } from "./Cartesian";
import { bucketBins } from "./histbuckets";
import { Keys, toggleKey } from "./Keys";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { nameFrames } from "./series";
import axes from "./cartesian.module.css";
import layout from "./layout.module.css";

interface HistogramOptions {
  size: number;
  offset: number;
  count: number;
  combine: boolean;
  stacked: boolean;
  alpha: number;
  legend: boolean;
  tooltip: boolean;
}

/** Grafana's own number of buckets where the panel says nothing. */
const [BUCKETS, MOST_BUCKETS] = [30, 200];

function parseOptions({ options, fields }: Panel): HistogramOptions {
  const legend = asObject(options.legend);
  const { fillOpacity, stacking } = fields.defaults.custom;
  const { mode = "none" } = asObject(stacking ?? options.stacking);
  return {
    size: asNumber(options.bucketSize) ?? 0,
    offset: asNumber(options.bucketOffset) ?? 0,
    count: Math.min(MOST_BUCKETS, asNumber(options.bucketCount) ?? BUCKETS),
    combine: options.combine === true,
    stacked: mode !== "none",
    alpha: Math.max(0.1, (asNumber(fillOpacity) ?? 80) / 100),
    legend: legend.showLegend !== false && legend.displayMode !== "hidden",
    tooltip: asObject(options.tooltip).mode !== "none",
  };
}

interface Entry {
  id: string;
  name: string;
  color: string;
  field: FieldConfig;
  samples: ArrayLike<number>;
}

interface PlotProps {
  bins: Bins;
  /** They are buckets that Prometheus has counted, of any width. */
  counted: boolean;
  entries: readonly Entry[];
  options: HistogramOptions;
  size: Size;
  label: string;
  focused: string | undefined;
  theme: ThemeName;
}

/** Where each bar begins and ends: from the foot, or, stacked, from the one below. */
function spansOf({ counts }: Bins, stacked: boolean): [number, number][][] {
  const below = (series: number, bin: number): number =>
    stacked ? counts.slice(0, series).reduce((sum, other) => sum + other[bin]!, 0) : 0;
  return counts.map((row, series) =>
    row.map((count, bin) => [below(series, bin), below(series, bin) + count]),
  );
}

const MOST_ROWS = 20;

/** Buckets of a window are estimates, and seldom whole. */
const writeCount = (count: number): string =>
  Number.isInteger(count) ? String(count) : formatText(count, "none", 1);

/** Tells of the bucket under the pointer. */
function hoverBin(event: PointerEvent<SVGSVGElement>, bin: number, { bins, entries }: PlotProps): void {
  const [low, high] = [bins.bounds[bin], bins.bounds[bin + 1]];
  const first = entries[0];
  if (low === undefined || high === undefined || first === undefined) {
    hideTooltip();
    return;
  }
  const field = { ...first.field, mappings: [] };
  const rows = entries.map(({ name, color }, at) => ({
    name,
    value: writeCount(bins.counts[at]![bin]!),
    color,
    near: false,
  }));
  showTooltip(event.clientX, event.clientY, {
    title: `${writeText(field, low)} – ${writeText(field, high)}`,
    rows: rows.slice(0, MOST_ROWS),
    more: Math.max(0, rows.length - MOST_ROWS),
  });
}

const [HEADROOM, MARK_PX] = [1.05, 40];
/** Bars that overlay one another show through. */
const OVERLAID = 0.5;

function Plot(props: PlotProps) {
  const { bins, counted, entries, options, size, label, focused, theme } = props;
  const ground = usePanelColor(theme);
  const spans = useMemo(() => spansOf(bins, options.stacked), [bins, options.stacked]);
  const top = spans.flat().reduce((high, [, to]) => Math.max(high, to), 1) * HEADROOM;
  const marks = axisMarks(0, top, Math.max(2, size.height / MARK_PX), markSteps("short")).filter(
    Number.isInteger,
  );
  const labels = formatAxis(marks, "short");
  const box = plotBox(size, labels);
  const field = entries[0]?.field;
  const bounds = counted
    ? bins.bounds.map((bound) =>
        field === undefined ? String(bound) : writeText({ ...field, mappings: [] }, bound),
      )
    : formatAxis(bins.bounds, field?.unit, field?.decimals);
  const each = box.width / Math.max(1, bins.bounds.length - 1);
  const overlaid = !options.stacked && entries.length > 1;
  const alpha = overlaid ? Math.min(OVERLAID, options.alpha) : options.alpha;
  const binAt = (event: PointerEvent<SVGSVGElement>): number =>
    Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - box.left) / each);
  return (
    <Cartesian
      size={size}
      box={box}
      label={label}
      horizontal={false}
      atEdges
      values={{
        place: (value) => value / top,
        marks: marks.map((value, at) => ({ value, label: labels[at]! })),
      }}
      categories={bounds}
      onHover={(event) => options.tooltip && hoverBin(event, binAt(event), props)}
    >
      {spans.map((row, series) => {
        const { id, color } = entries[series]!;
        return (
          <g key={id} opacity={focused !== undefined && focused !== id ? 0.2 : 1}>
            {row.map(([from, to], bin) =>
              to > from ? (
                <rect
                  key={bin}
                  x={box.left + bin * each + 0.5}
                  y={box.top + (1 - to / top) * box.height}
                  width={Math.max(1, each - 1)}
                  height={((to - from) / top) * box.height}
                  fill={overlaid ? fade(color, alpha) : flatten(color, ground, alpha)}
                  stroke={overlaid ? color : "none"}
                  rx={1}
                  className={axes.bar}
                />
              ) : null,
            )}
          </g>
        );
      })}
    </Cartesian>
  );
}

const ALL = "All series";
const KEYS_FROM_PX = 120;

function useEntries(props: PanelProps<HistogramOptions>, buckets: Bins | undefined): Entry[] {
  const { frames, panel, options, theme } = props;
  const { colors } = useDashboardScope();
  return useMemo(() => {
    const named = nameFrames(frames, panel, colors, theme);
    if (buckets !== undefined && named[0] !== undefined) {
      const { color, field } = named[0];
      return [{ id: "buckets", name: panel.title, color, field, samples: [] }];
    }
    if (!options.combine || named.length < 2)
      return named.map(({ name, color, field, series }, at) => ({
        id: `${at} ${name}`,
        name,
        color,
        field,
        samples: series.values,
      }));
    const [slot = 0] = colors.assign([ALL]);
    const samples = named.flatMap(({ series }) => [...series.values]);
    return [{ id: ALL, name: ALL, color: slotColor(slot, theme).color, field: named[0]!.field, samples }];
  }, [frames, panel, options, colors, theme, buckets]);
}

function Histogram(props: PanelProps<HistogramOptions>) {
  const { frames, panel, options, size, theme } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string>();
  const buckets = useMemo(() => bucketBins(frames), [frames]);
  const entries = useEntries(props, buckets);
  const shown = useMemo(() => entries.filter(({ id }) => !hidden.has(id)), [entries, hidden]);
  const ids = entries.map(({ id }) => id);
  const bins = useMemo(
    () =>
      buckets ??
      countBins(
        shown.map(({ samples }) => samples),
        options,
      ),
    [buckets, shown, options],
  );
  const plot = useRef<HTMLDivElement>(null);
  const room = useSize(plot);
  return (
    <div className={layout.below}>
      <div ref={plot} className={layout.plot}>
        {room !== undefined && (
          <Plot
            {...{ bins, options, focused, theme }}
            counted={buckets !== undefined}
            entries={shown}
            size={room}
            label={`Histogram: ${panel.title}`}
          />
        )}
      </div>
      {options.legend && entries.length > 1 && size.height > KEYS_FROM_PX && (
        <Keys
          entries={entries.map(({ id, name, color }) => ({ id, name, color, values: [] }))}
          hidden={hidden}
          onToggle={(id, alone) => setHidden(toggleKey(hidden, id, alone, ids))}
          onFocus={setFocused}
        />
      )}
    </div>
  );
}

/** One row a bucket, one column a series. */
function toTable(frames: readonly PanelFrame[], panel: Panel): TableData {
  const options = parseOptions(panel);
  const named = nameAll(frames, panel).map(({ name, series }) => ({ name, values: series.values }));
  const buckets = bucketBins(frames);
  const all = { name: ALL, values: Float64Array.from(named.flatMap(({ values }) => [...values])) };
  const sources = buckets !== undefined ? [{ ...all, name: panel.title }] : options.combine ? [all] : named;
  const { bounds, counts } =
    buckets ??
    countBins(
      sources.map(({ values }) => values),
      options,
    );
  const value: FieldConfig = { ...panel.fields.defaults, mappings: [] };
  return {
    columns: [
      { name: "From", numeric: true, field: value },
      { name: "To", numeric: true, field: value },
      ...sources.map(({ name }) => ({ name, numeric: true, field: { ...value, unit: "none" } })),
    ],
    rows: bounds.slice(0, -1).map((low, at) => [low, bounds[at + 1]!, ...counts.map((row) => row[at]!)]),
  };
}

export const histogram: PanelModule<HistogramOptions> = { parseOptions, Component: Histogram, toTable };
