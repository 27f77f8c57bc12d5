/** uPlot behind our own words: a chart on a time axis with a shared crosshair, one tooltip and drag to zoom. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { writeText } from "../model/field";
import { fade, shade } from "../model/colors";
import { absoluteSteps, type Step, type Thresholds } from "../model/thresholds";
import { isSpan, type ChartEvent } from "./events";
import { formatTime } from "../model/timerange";
import { formatAxis, formatText } from "../model/units";
import { lonePoints, percentBounds, type ChartModel, type ChartSeries } from "./model";
import type { ChartColors } from "./palette";
import { logRange, markSteps, timeAxis, valueRange, zonedDate } from "./scales";
import { axisStyle } from "./style";
import { hideTooltip, showTooltip, Tooltip, type TooltipContent } from "./tooltip";

export interface ChartSetup {
  colors: ChartColors;
  /** Color of a threshold step. */
  paint: (color: string) => string;
  /** Charts with the same key share their crosshair. */
  syncKey: string | undefined;
  /** Each of them shows its own values at the time under the pointer. */
  sharedTooltip?: boolean;
  onZoom: (fromMs: number, toMs: number) => void;
  onZoomOut: () => void;
}

/** What happens on a chart besides zooming. */
export interface ChartListeners {
  /** It has been drawn, perhaps in another size. */
  onDraw?: () => void;
  /** A moment or a span was chosen with Ctrl or Cmd held. */
  onMark?: (fromMs: number, toMs: number) => void;
  /** A click, at a time and a place of the window. */
  onPick?: (ms: number, x: number, y: number) => void;
}

const FONT = '450 11px "Inter Variable", sans-serif';
const TOOLTIP_ROWS = 20;
/** Above this many series, moving a dot for each costs more than it tells. */
const HOVER_DOTS = 12;
/** What stands beside the pointer on other charts must leave them to be seen. */
const FOLLOWED_ROWS = 8;
/** What is read out must come to an end. */
const SPOKEN_ROWS = 10;
const SMALLEST_DRAG_PX = 4;
const THRESHOLD_DASH = [6, 4];

const smooth = uPlot.paths.spline!();
const stepAfter = uPlot.paths.stepped!({ align: 1 });
const stepBefore = uPlot.paths.stepped!({ align: -1 });
const none: uPlot.Series.PathBuilder = () => null;
const WIDEST_BAR_PX = 40;

function pathsOf(style: ChartSeries["style"]): uPlot.Series.PathBuilder | undefined {
  const { draw, interpolation, barWidth, barAlign } = style;
  if (draw === "bars")
    return uPlot.paths.bars!({ size: [barWidth, WIDEST_BAR_PX], align: barAlign, radius: 0.15 });
  if (draw === "points") return none;
  return { linear: undefined, smooth, stepAfter, stepBefore }[interpolation];
}

/** Colours from the top of the plot to its foot. */
function gradient(top: string, foot: string): uPlot.Series.Fill {
  return (plot) => {
    const { top: from, height } = plot.bbox;
    if (!Number.isFinite(height) || height <= 0) return foot;
    const made = plot.ctx.createLinearGradient(0, from, 0, from + height);
    made.addColorStop(0, top);
    made.addColorStop(1, foot);
    return made;
  };
}

/** The colour that each place on the value axis has by the thresholds. */
function schemeGradient(
  stepsNow: () => readonly Step[],
  paint: (color: string) => string,
  alpha: number,
  scale: string,
) {
  return (plot: uPlot): CanvasGradient | string => {
    const { top, height } = plot.bbox;
    const steps = stepsNow();
    const colors = steps.map(({ color }) => fade(paint(color), alpha));
    if (!Number.isFinite(height) || height <= 0) return colors[0]!;
    const made = plot.ctx.createLinearGradient(0, top + height, 0, top);
    const place = (value: number): number =>
      Math.min(1, Math.max(0, (top + height - plot.valToPos(value, scale, true)) / height));
    steps.forEach(({ value }, at) => {
      const from = value === -Infinity ? 0 : place(value);
      const to = place(steps[at + 1]?.value ?? Infinity);
      made.addColorStop(from, colors[at]!);
      if (to > from) made.addColorStop(to, colors[at]!);
    });
    return made;
  };
}

const scaleOf = (side: "left" | "right"): string => (side === "right" ? "y2" : "y");

interface Paints {
  stroke: uPlot.Series.Stroke;
  fill?: uPlot.Series.Fill;
}

/** What painting a series takes. */
interface Palette {
  paint: (color: string) => string;
  /** The steps of a series on its axis; other samples may move them. */
  steps: (series: ChartSeries) => readonly Step[];
}

function paintsOf(series: ChartSeries, { paint, steps }: Palette): Paints {
  const { color, style, side, field } = series;
  const { gradient: mode, fillAlpha: alpha } = style;
  if (mode === "scheme" && field.thresholds.steps.length > 0) {
    const scheme = (opacity: number) => schemeGradient(() => steps(series), paint, opacity, scaleOf(side));
    return alpha > 0 ? { stroke: scheme(1), fill: scheme(alpha) } : { stroke: scheme(1) };
  }
  if (alpha <= 0) return { stroke: color };
  if (mode === "none" || mode === "scheme") return { stroke: color, fill: fade(color, alpha) };
  const foot = mode === "hue" && /^#[0-9a-f]{6}$/i.test(color) ? fade(shade(color, -0.35), alpha) : "";
  return { stroke: color, fill: gradient(fade(color, alpha), foot || fade(color, alpha * 0.08)) };
}

function plotSeries(series: ChartSeries, palette: Palette): uPlot.Series {
  const { name, color, dash, style, side } = series;
  const paths = pathsOf(style);
  const lines = style.dash ?? dash;
  return {
    label: name,
    scale: scaleOf(side),
    ...paintsOf(series, palette),
    width: style.draw === "bars" ? Math.min(1, style.lineWidth) : style.lineWidth,
    ...(lines.length === 0 ? {} : { dash: [...lines] }),
    ...(paths === undefined ? {} : { paths }),
    points: {
      size: style.pointSize,
      fill: color,
      show: style.points === "always" || style.draw === "points",
      filter: (plot, at, show) => (show ? null : lonePoints(plot.data[at]!)),
    },
  };
}

function axes(model: ChartModel, colors: ChartColors): uPlot.Axis[] {
  const grid = { stroke: colors.grid, width: 1 };
  const base = { font: FONT, stroke: colors.axis, grid, ticks: { show: false }, border: { show: false } };
  const value = (side: "left" | "right"): uPlot.Axis[] => {
    const members = model.series.filter((series) => series.side === side);
    const field = members[0]?.field;
    if (field === undefined) return [];
    const { label, log, grid: gridded } = axisStyle(field);
    const hidden = members.every((one) => axisStyle(one.field).hidden);
    const unit = members.some(({ style }) => style.stack === "percent") ? "percentunit" : field.unit;
    const negative = model.series.some(({ style }) => style.negative);
    return [
      {
        ...base,
        show: !hidden,
        scale: scaleOf(side),
        side: side === "left" ? 3 : 1,
        gap: 8,
        space: 34,
        ...(log === undefined ? { incrs: markSteps(unit) } : {}),
        size: (plot, labels) => labelWidth(plot, labels) + 16,
        values: (_, marks) =>
          log === undefined
            ? formatAxis(negative ? marks.map(Math.abs) : marks, unit, field.decimals)
            : (marks as (number | null)[]).map((mark) =>
                mark === null ? "" : formatText(mark, unit, field.decimals),
              ),
        ...(side === "right" || !gridded
          ? { grid: { show: false } }
          : log !== undefined && "base" in log
            ? { grid: { ...grid, filter: (_, marks) => wholePowers(marks, log.base) } }
            : {}),
        ...(label === "" ? {} : { label, labelSize: 16, labelFont: FONT }),
      },
    ];
  };
  return [{ ...base, ...timeAxis }, ...value("left"), ...value("right")];
}

/** Of the marks of a logarithmic axis, those that get a line. */
const wholePowers = (marks: readonly number[], base: number): (number | null)[] =>
  marks.map((mark) => {
    const power = Math.log(mark) / Math.log(base);
    return Math.abs(power - Math.round(power)) < 1e-6 ? mark : null;
  });

const widths = new Map<string, number>();
const MOST_WIDTHS = 2000;

/** px of a text, measured once. */
function textWidth(plot: uPlot, text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  plot.ctx.save();
  plot.ctx.font = FONT;
  const { width } = plot.ctx.measureText(text);
  plot.ctx.restore();
  if (document.fonts.check(FONT) && widths.size < MOST_WIDTHS) widths.set(text, width);
  return width;
}

const labelWidth = (plot: uPlot, labels: string[] | null): number =>
  Math.ceil(Math.max(0, ...(labels ?? []).map((label) => textWidth(plot, label))));

interface Found {
  at: number;
  value: number;
}

/** Between two series, an area is seen even where the upper one asks for none. */
const BAND_ALPHA = 0.2;
const bandFill = ({ color, style }: ChartSeries): { fill?: string } =>
  style.fillBelowTo === undefined ? {} : { fill: fade(color, style.fillAlpha || BAND_ALPHA) };

/** A drawn time chart; lives until `destroy`. */
export class TimeChart {
  private readonly plot: uPlot;
  private readonly setup: ChartSetup;
  private model: ChartModel;
  private hovered = false;
  private dragging = false;
  private marking = false;
  private dragged = false;
  private events: readonly ChartEvent[] = [];
  private readonly followed = new Tooltip();
  private listeners: ChartListeners = {};

  constructor(
    host: HTMLElement,
    model: ChartModel,
    setup: ChartSetup,
    size: { width: number; height: number },
  ) {
    this.model = model;
    this.setup = setup;
    this.plot = new uPlot(this.options(size), this.data(), host);
    const { over } = this.plot;
    over.addEventListener("mouseenter", () => (this.hovered = true));
    over.addEventListener("mouseleave", () => this.leave());
    over.addEventListener("mousedown", (event) => {
      this.dragging = true;
      this.dragged = false;
      this.marking = event.ctrlKey || event.metaKey;
    });
    over.addEventListener("click", (event) => this.click(event));
    over.addEventListener("dblclick", () => setup.onZoomOut());
  }

  /** New samples for the same series. */
  update(model: ChartModel): void {
    this.model = model;
    this.plot.setData(this.data());
  }

  resize(size: { width: number; height: number }): void {
    if (size.width !== this.plot.width || size.height !== this.plot.height) this.plot.setSize(size);
  }

  /** Lifts one series above the others; undefined ends it. */
  focus(at: number | undefined): void {
    this.plot.setSeries(at === undefined ? null : at + 1, { focus: true }, false);
  }

  /** Tells of what happens until the returned function is called. */
  listen(listeners: ChartListeners): () => void {
    this.listeners = { ...this.listeners, ...listeners };
    return () => {
      const names = Object.keys(listeners);
      const kept = Object.entries(this.listeners).filter(([name]) => !names.includes(name));
      this.listeners = Object.fromEntries(kept);
    };
  }

  /** Marks events; they are drawn until others are given. */
  mark(events: readonly ChartEvent[]): void {
    if (events.length === 0 && this.events.length === 0) return;
    this.events = events;
    this.plot.redraw(false);
  }

  /** The plot inside of the chart, px. */
  box(): { left: number; top: number; width: number; height: number } {
    const { offsetLeft, offsetTop, clientWidth, clientHeight } = this.plot.over;
    return { left: offsetLeft, top: offsetTop, width: clientWidth, height: clientHeight };
  }

  /** Where a time lies, px from the plot's left edge. */
  xOf(ms: number): number {
    return this.plot.valToPos(ms, "x");
  }

  /** The times at which there are values. */
  get times(): readonly number[] {
    return this.model.times;
  }

  /** Which of the times the crosshair is at. */
  get at(): number | undefined {
    return this.plot.cursor.idx ?? undefined;
  }

  /** Moves the crosshair as the pointer would, and says what stands there. */
  point(at: number): string {
    this.hovered = true;
    const { height } = this.box();
    this.setCursor(this.xOf(this.model.times[at]!), height / 2);
    return this.describe(at);
  }

  /** Takes the crosshair away. */
  unpoint(): void {
    this.setCursor(-10, -10);
    this.leave();
  }

  destroy(): void {
    if (this.hovered) hideTooltip();
    this.followed.remove();
    this.plot.destroy();
  }

  /** Charts in step are told, too: uPlot's third argument, which its types leave out. */
  private setCursor(left: number, top: number): void {
    const plot = this.plot as unknown as {
      setCursor: (at: { left: number; top: number }, fire: boolean, tell: boolean) => void;
    };
    plot.setCursor({ left, top }, true, true);
  }

  private describe(at: number): string {
    const { rows, more } = this.tooltipRows(this.plot, at, 0, SPOKEN_ROWS);
    const told = rows.map(({ name, value }) => `${name} ${value}`).join(", ");
    const said = rows.length === 0 ? "no values" : more > 0 ? `${told}, and ${more} more` : told;
    return `${formatTime(this.model.times[at]!)}: ${said}`;
  }

  private leave(): void {
    this.hovered = false;
    hideTooltip();
  }

  private click({ offsetX, clientX, clientY, ctrlKey, metaKey }: MouseEvent): void {
    if (this.dragged) return;
    const ms = this.plot.posToVal(offsetX, "x");
    if (ctrlKey || metaKey) this.listeners.onMark?.(ms, ms);
    else this.listeners.onPick?.(ms, clientX, clientY);
  }

  private data(): uPlot.AlignedData {
    return [this.model.times, ...this.model.drawn] as uPlot.AlignedData;
  }

  private scale(side: "left" | "right"): uPlot.Scale {
    const members = this.model.series.filter((series) => series.side === side);
    const field = members[0]?.field;
    if (field === undefined) return {};
    const { softMin, softMax, log, centred } = axisStyle(field);
    const percent = members.some(({ style }) => style.stack === "percent");
    const fromZero = members.some(({ style }) => style.fillAlpha > 0 || style.draw === "bars");
    const bounds = { min: field.min, max: percent ? 1 : field.max, softMin, softMax, fromZero, centred };
    if (log === undefined) return { range: (_, low, high) => valueRange(low, high, bounds) };
    if ("threshold" in log)
      return { distr: 4, asinh: log.threshold, range: (_, low, high) => valueRange(low, high, bounds) };
    return { distr: 3, log: log.base, range: (_, low, high) => logRange(low, high, log.base, bounds) };
  }

  private options({ width, height }: { width: number; height: number }): uPlot.Options {
    const { colors, syncKey } = this.setup;
    const { series, bands } = this.model;
    const palette: Palette = {
      paint: this.setup.paint,
      steps: ({ field, side }) => this.stepsOn(field.thresholds, side),
    };
    return {
      width,
      height,
      ms: 1,
      tzDate: zonedDate, // marks stand at round times of the page's zone
      padding: [10, 18, 0, 0], // half of a mark that stands at the end,
      legend: { show: false },
      focus: { alpha: 0.25 },
      scales: {
        x: { time: true, range: () => [this.model.range.fromMs, this.model.range.toMs] },
        y: this.scale("left"),
        y2: this.scale("right"),
      },
      axes: axes(this.model, colors),
      series: [{}, ...series.map((one) => plotSeries(one, palette))],
      bands: bands.map(([upper, lower]) => ({ series: [upper + 1, lower + 1], ...bandFill(series[upper]!) })),
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: {
          show: series.length <= HOVER_DOTS,
          size: 7,
          width: 1.5,
          stroke: () => colors.panel,
          fill: (_, at) => series[at - 1]!.color,
        },
        ...(syncKey === undefined ? {} : { sync: { key: syncKey, scales: ["x", null] } }),
      },
      hooks: {
        drawAxes: [
          (plot) => {
            this.drawThresholds(plot);
            this.drawEvents(plot);
          },
        ],
        draw: [() => this.listeners.onDraw?.()],
        setSelect: [(plot) => this.zoom(plot)],
        setCursor: [(plot) => this.hover(plot)],
      },
    };
  }

  /** Charts in step are told of the selection too; only the one that was dragged on acts. */
  private zoom(plot: uPlot): void {
    const { left, width } = plot.select;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (this.dragging && width >= SMALLEST_DRAG_PX) {
      this.dragged = true;
      const choose = this.marking ? this.listeners.onMark : this.setup.onZoom;
      choose?.(Math.round(from), Math.round(to));
    }
    this.dragging = false;
  }

  private hover(plot: uPlot): void {
    if (!this.hovered) {
      if (this.setup.sharedTooltip === true) this.follow(plot);
      return;
    }
    this.followed.hide();
    const { left = -1, top = -1 } = plot.cursor;
    const told = this.model.tooltip.mode !== "none";
    const content = told ? this.tooltipContent(plot, TOOLTIP_ROWS) : undefined;
    if (content === undefined) {
      hideTooltip();
      return;
    }
    // The rectangle that the plot keeps: measuring would lay out the page at every move.
    showTooltip(plot.rect.left + left, plot.rect.top + top, content);
  }

  /** Shows this chart's values while the pointer is on another one; such as are not seen need not. */
  private follow(plot: uPlot): void {
    const box = plot.over.getBoundingClientRect();
    const seen = box.bottom > 0 && box.top < window.innerHeight;
    const content = seen ? this.tooltipContent(plot, FOLLOWED_ROWS) : undefined;
    if (content === undefined) this.followed.hide();
    else this.followed.show(box.left + plot.cursor.left!, box.top, content);
  }

  /** What stands at the crosshair; undefined where there is nothing. */
  private tooltipContent(plot: uPlot, most: number): TooltipContent | undefined {
    const { idx, left = -1, top = -1 } = plot.cursor;
    if (idx === null || idx === undefined || left < 0) return undefined;
    const told = this.tooltipRows(plot, idx, top, most);
    return told.rows.length === 0 ? undefined : { title: formatTime(this.model.times[idx]!), ...told };
  }

  /** Rows at one time, in the order and number that the panel asks for; of `most`, and how many there are besides. */
  private tooltipRows(plot: uPlot, idx: number, top: number, most: number): Omit<TooltipContent, "title"> {
    const { series, drawn, tooltip } = this.model;
    const found = series.flatMap((one, at) => {
      const value = this.model.rows[at]![idx];
      const left = !one.style.told || (tooltip.hideZeros && value === 0);
      if (left || value === null || value === undefined) return [];
      const distance = Math.abs(plot.valToPos(drawn[at]![idx] ?? value, scaleOf(one.side)) - top);
      return [{ one, at, value, distance }];
    });
    const nearest = Math.min(...found.map(({ distance }) => distance));
    const shown = tooltip.mode === "single" ? found.filter(({ distance }) => distance === nearest) : found;
    shown.sort(this.tooltipOrder());
    const rows = shown.slice(0, most).map(({ one, value, distance }) => ({
      name: one.name,
      value: writeText(one.field, value),
      color: one.color,
      near: distance === nearest && shown.length > 1,
    }));
    return { rows, more: shown.length - rows.length };
  }

  private tooltipOrder(): (a: Found, b: Found) => number {
    const { stacked, tooltip } = this.model;
    if (tooltip.sort === "asc") return (a, b) => a.value - b.value;
    if (tooltip.sort === "none") return (a, b) => a.at - b.at;
    if (tooltip.sort === undefined && stacked) return (a, b) => b.at - a.at;
    return (a, b) => b.value - a.value;
  }

  /** Moments as dashed lines, spans as bands of colour between two lines. */
  private drawEvents(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const [low, high] = [bbox.left, bbox.left + bbox.width];
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    for (const event of this.events) {
      const [from, to] = [event.fromMs, event.toMs].map((ms) => plot.valToPos(ms, "x", true)) as [
        number,
        number,
      ];
      if (to < low || from > high) continue;
      const paint = this.setup.paint(event.color);
      const [left, right] = [Math.max(low, from), Math.min(high, to)];
      ctx.fillStyle = fade(paint, 0.1);
      if (isSpan(event)) ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.strokeStyle = paint;
      ctx.setLineDash(isSpan(event) ? [] : [4 * devicePixelRatio, 3 * devicePixelRatio]);
      for (const x of new Set([from, to])) {
        if (x < low || x > high) continue;
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
    }
    ctx.restore();
  }

  /** Thresholds as values of an axis. */
  private stepsOn(thresholds: Thresholds, side: ChartSeries["side"]): readonly Step[] {
    return absoluteSteps(thresholds, ...percentBounds(this.model, side));
  }

  private drawThresholds(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { thresholds, thresholdStyle, series } = this.model;
    if (thresholdStyle === "off" || series.length === 0) return;
    const side = series.some(({ side }) => side === "left") ? "left" : "right";
    const scale = scaleOf(side);
    const steps = this.stepsOn(thresholds, side);
    const positions = steps.map(({ value }) =>
      value === -Infinity ? bbox.top + bbox.height : plot.valToPos(value, scale, true),
    );
    const inside = (y: number): number => Math.min(bbox.top + bbox.height, Math.max(bbox.top, y));
    ctx.save();
    steps.forEach(({ value, color }, at) => {
      const paint = this.setup.paint(color);
      const [foot, head] = [inside(positions[at]!), inside(positions[at + 1] ?? bbox.top)];
      if (thresholdStyle.includes("area")) {
        ctx.fillStyle = fade(paint, 0.08);
        ctx.fillRect(bbox.left, head, bbox.width, foot - head);
      }
      if (value === -Infinity || positions[at] !== foot || !/line|dashed/.test(thresholdStyle)) return;
      ctx.strokeStyle = paint;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash(
        thresholdStyle.includes("dashed") ? THRESHOLD_DASH.map((px) => px * devicePixelRatio) : [],
      );
      ctx.beginPath();
      ctx.moveTo(bbox.left, foot);
      ctx.lineTo(bbox.left + bbox.width, foot);
      ctx.stroke();
    });
    ctx.restore();
  }
}
