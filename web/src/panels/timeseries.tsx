/** Time series: lines, areas, bars or points on a time axis, with a legend of calculated values. */

import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { joinFrames } from "../charts/join";
import { makeModel, type ChartModel, type TooltipStyle } from "../charts/model";
import { chartColors } from "../charts/palette";
import { axisSides, seriesStyle } from "../charts/style";
import { TimeChart } from "../charts/timechart";
import { resolveColor } from "../model/colors";
import { useSize, type Size } from "../components/measure";
import type { Panel } from "../model/dashboard";
import { asObject, asText, asTexts, oneOf } from "../model/json";
import { makeStore, useStore } from "../state/store";
import { seriesTable } from "../query/table";
import { Legend, type LegendOptions } from "./legend";
import { hiddenAtFirst, inLegend, legendOrder, type LegendOrder } from "./listed";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { nameFrames, type NamedSeries } from "./series";
import styles from "./timeseries.module.css";

interface TimeseriesOptions {
  legend: LegendOptions;
  thresholdStyle: string;
  order: LegendOrder | undefined;
  tooltip: TooltipStyle;
}

function tooltipOf(raw: unknown): TooltipStyle {
  const { mode, sort, hideZeros } = asObject(raw);
  return {
    mode: oneOf(mode, ["multi", "single", "none"]),
    sort: sort === "asc" || sort === "desc" || sort === "none" ? sort : undefined,
    hideZeros: hideZeros === true,
  };
}

function parseOptions({ options, fields }: Panel): TimeseriesOptions {
  const legend = asObject(options.legend);
  const mode = legend.showLegend === false ? "hidden" : legend.displayMode;
  return {
    legend: {
      mode: oneOf(mode, ["list", "table", "hidden"]),
      right: legend.placement === "right",
      calcs: asTexts(legend.calcs),
    },
    tooltip: tooltipOf(options.tooltip),
    thresholdStyle: asText(asObject(fields.defaults.custom.thresholdsStyle).mode) ?? "off",
    order: legendOrder(legend),
  };
}

/** More lines than this tell nothing and cost much; a note says how many are left out. */
const MOST_SERIES = 200;
/** More entries than this are not looked through. */
const MOST_ENTRIES = 500;
const NARROW_PX = 420;

/** What makes a drawing another one; new samples alone do not. */
const shapeOf = (model: ChartModel, theme: string): string =>
  JSON.stringify([
    theme,
    model.series.map(({ name, color, style, side, field }) => [
      [name, color, style, side],
      [field.unit, field.decimals, field.min, field.max, field.custom],
    ]),
    model.thresholdStyle,
  ]);

interface CanvasProps {
  panel: Panel;
  frames: PanelProps<unknown>["frames"];
  model: ChartModel;
  size: Size;
  theme: PanelProps<unknown>["theme"];
  label: string;
  focused: number | undefined;
}

function Canvas({ panel, frames, model, size, theme, label, focused }: CanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<TimeChart>(null);
  const { syncKey, sharedTooltip, zoom, zoomOut, Overlay } = useDashboardScope();
  const [made] = useState(() => makeStore<TimeChart | undefined>(undefined));
  const drawn = useStore(made);
  const latest = useRef({ model, size });
  const shape = useMemo(() => shapeOf(model, theme), [model, theme]);

  useEffect(() => {
    latest.current = { model, size };
    chart.current?.update(model);
    chart.current?.resize(size);
  }, [model, size]);

  useEffect(() => {
    const { model: first, size: firstSize } = latest.current;
    const paint = (color: string): string => resolveColor(color, theme);
    const setup = {
      colors: chartColors(),
      paint,
      syncKey,
      ...(sharedTooltip === undefined ? {} : { sharedTooltip }),
      onZoom: zoom,
      onZoomOut: zoomOut,
    };
    const created = new TimeChart(host.current!, first, setup, firstSize);
    chart.current = created;
    made.set(created);
    return () => {
      created.destroy();
      chart.current = null;
      made.set(undefined);
    };
  }, [made, shape, theme, syncKey, sharedTooltip, zoom, zoomOut]);

  useEffect(() => chart.current?.focus(focused), [focused]);

  return (
    <div className={styles.chart} style={size}>
      <div ref={host} role="img" aria-label={label} />
      {Overlay !== undefined && drawn !== undefined && (
        <Suspense>
          <Overlay panel={panel} frames={frames} chart={drawn} />
        </Suspense>
      )}
    </div>
  );
}

function useModel(
  named: NamedSeries[],
  hidden: ReadonlySet<string>,
  props: PanelProps<TimeseriesOptions>,
): ChartModel {
  const { frames, options, panel } = props;
  return useMemo(() => {
    const drawn = named
      .filter(({ name }) => !hidden.has(name))
      .map((one) => ({ ...one, style: seriesStyle(one.field, named.length) }))
      .slice(0, MOST_SERIES);
    const sides = axisSides(drawn);
    const bySeries = new Map(drawn.map((one, at) => [one.series, { ...one, side: sides[at]! }]));
    const kept = frames.map((frame) => ({
      ...frame,
      series: frame.series.filter((series) => bySeries.has(series)),
    }));
    const { times, rows } = joinFrames(kept);
    return makeModel({
      times,
      rows,
      series: kept.flatMap(({ series }) => series.map((one) => bySeries.get(one)!)),
      range: frames[0]?.range ?? { fromMs: 0, toMs: 1 },
      thresholds: panel.fields.defaults.thresholds,
      thresholdStyle: options.thresholdStyle,
      tooltip: options.tooltip,
    });
  }, [named, hidden, frames, options, panel]);
}

function Timeseries(props: PanelProps<TimeseriesOptions>) {
  const { panel, frames, options, size, theme } = props;
  const { colors } = useDashboardScope();
  const [chosen, setChosen] = useState<ReadonlySet<string>>();
  const [focused, setFocused] = useState<string>();
  const named = useMemo(() => nameFrames(frames, panel, colors, theme), [frames, panel, colors, theme]);
  const hidden = useMemo(() => chosen ?? hiddenAtFirst(named), [chosen, named]);
  const model = useModel(named, hidden, props);
  const plot = useRef<HTMLDivElement>(null);
  const plotSize = useSize(plot);
  const right = options.legend.right && size.width > NARROW_PX;
  const legend = useMemo(() => ({ ...options.legend, right }), [options.legend, right]);
  const listed = useMemo(() => inLegend(named, options.order).slice(0, MOST_ENTRIES), [named, options.order]);
  const latest = useRef(named);
  useEffect(() => {
    latest.current = named;
  }, [named]);
  const toggle = useCallback((name: string, alone: boolean) => {
    const all = latest.current;
    setChosen((was) => toggled(was ?? hiddenAtFirst(all), name, alone, all));
  }, []);
  const left = named.filter(({ name }) => !hidden.has(name)).length - MOST_SERIES;
  return (
    <div className={right ? styles.beside : styles.above}>
      <div ref={plot} className={styles.plot}>
        {plotSize !== undefined && (
          <Canvas
            panel={panel}
            frames={frames}
            model={model}
            size={plotSize}
            theme={theme}
            label={`Chart: ${panel.title}`}
            focused={focusIndex(model, focused)}
          />
        )}
      </div>
      {left > 0 && (
        <p className={styles.note} role="note">
          {MOST_SERIES} series are drawn, +{left} more are not.
        </p>
      )}
      <Legend
        series={listed}
        left={named.length - listed.length}
        options={legend}
        order={options.order}
        hidden={hidden}
        onToggle={toggle}
        onFocus={setFocused}
      />
    </div>
  );
}

function focusIndex(model: ChartModel, name: string | undefined): number | undefined {
  const at = model.series.findIndex((one) => one.name === name);
  return at < 0 ? undefined : at;
}

/** A click shows one series alone, and again all of them; with a modifier it hides or shows just this one. */
function toggled(
  hidden: ReadonlySet<string>,
  name: string,
  alone: boolean,
  all: readonly NamedSeries[],
): Set<string> {
  const others = all.map((one) => one.name).filter((other) => other !== name);
  if (!alone)
    return hidden.has(name)
      ? new Set([...hidden].filter((other) => other !== name))
      : new Set([...hidden, name]);
  const isAlone = !hidden.has(name) && others.every((other) => hidden.has(other));
  return isAlone ? new Set() : new Set(others);
}

export const timeseries: PanelModule<TimeseriesOptions> = {
  parseOptions,
  Component: Timeseries,
  toTable: seriesTable,
};
