/** uPlot behind our own words: a chart on a time axis with a shared crosshair, one tooltip and drag to zoom. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { writeText } from "../model/field";
import { fade } from "../model/colors";
import { formatTime } from "../model/timerange";
import { formatAxis } from "../model/units";
import { wallClock } from "../model/zone";
import { lonePoints, type ChartModel, type ChartSeries } from "./model";
import type { ChartColors } from "./palette";
import { markSteps, timeMarks, valueRange } from "./scales";
import { axisStyle } from "./style";
import { hideTooltip, showTooltip, type TooltipRow } from "./tooltip";

export interface ChartSetup {
  colors: ChartColors;
  /** Color of a threshold step. */
  paint: (color: string) => string;
  /** Charts with the same key share their crosshair. */
  syncKey: string | undefined;
  onZoom: (fromMs: number, toMs: number) => void;
  onZoomOut: () => void;
}

const FONT = '450 11px "Inter Variable", sans-serif';
const TOOLTIP_ROWS = 20;
/** Above this many series, moving a dot for each costs more than it tells. */
const HOVER_DOTS = 12;
const SMALLEST_DRAG_PX = 4;

const smooth = uPlot.paths.spline!();
const stepAfter = uPlot.paths.stepped!({ align: 1 });
const stepBefore = uPlot.paths.stepped!({ align: -1 });
const bars = uPlot.paths.bars!({ size: [0.7, 40], radius: 0.15 });
const none: uPlot.Series.PathBuilder = () => null;

function pathsOf({ draw, interpolation }: ChartSeries["style"]): uPlot.Series.PathBuilder | undefined {
  if (draw === "bars") return bars;
  if (draw === "points") return none;
  return { linear: undefined, smooth, stepAfter, stepBefore }[interpolation];
}

/** From the series' colour at the top of the plot to almost nothing at its foot. */
function gradient(color: string, alpha: number): uPlot.Series.Fill {
  return (plot) => {
    const { top, height } = plot.bbox;
    if (!Number.isFinite(height) || height <= 0) return fade(color, alpha / 2);
    const made = plot.ctx.createLinearGradient(0, top, 0, top + height);
    made.addColorStop(0, fade(color, alpha));
    made.addColorStop(1, fade(color, alpha * 0.08));
    return made;
  };
}

function plotSeries({ name, color, dash, style }: ChartSeries): uPlot.Series {
  const paths = pathsOf(style);
  const filled = style.fillAlpha > 0;
  const lines = style.dash ?? dash;
  return {
    label: name,
    scale: style.axis === "right" ? "y2" : "y",
    stroke: color,
    width: style.draw === "bars" ? Math.min(1, style.lineWidth) : style.lineWidth,
    ...(lines.length === 0 ? {} : { dash: [...lines] }),
    ...(filled
      ? { fill: style.gradient ? gradient(color, style.fillAlpha) : fade(color, style.fillAlpha) }
      : {}),
    ...(paths === undefined ? {} : { paths }),
    points: {
      size: 5,
      fill: color,
      show: style.points === "always" || style.draw === "points",
      filter: (plot, at, show) => (show ? null : lonePoints(plot.data[at]!)),
    },
  };
}

function axes(model: ChartModel, colors: ChartColors): uPlot.Axis[] {
  const grid = { stroke: colors.grid, width: 1 };
  const base = { font: FONT, stroke: colors.axis, grid, ticks: { show: false }, border: { show: false } };
  const time: uPlot.Axis = {
    ...base,
    size: 26,
    gap: 6,
    space: 76,
    values: (_, marks, __, ___, apart) => timeMarks(marks, apart),
  };
  const value = (side: "left" | "right"): uPlot.Axis[] => {
    const field = model.series.find(({ style }) => style.axis === side)?.field;
    if (field === undefined) return [];
    const { label, hidden } = axisStyle(field);
    const unit = model.series.some(({ style }) => style.stack === "percent") ? "percentunit" : field.unit;
    const negative = model.series.some(({ style }) => style.negative);
    return [
      {
        ...base,
        show: !hidden,
        scale: side === "left" ? "y" : "y2",
        side: side === "left" ? 3 : 1,
        gap: 8,
        space: 34,
        incrs: markSteps(unit),
        size: (plot, labels) => labelWidth(plot, labels) + 16,
        values: (_, marks) => formatAxis(negative ? marks.map(Math.abs) : marks, unit, field.decimals),
        ...(side === "right" ? { grid: { show: false } } : {}),
        ...(label === "" ? {} : { label, labelSize: 16, labelFont: FONT }),
      },
    ];
  };
  return [time, ...value("left"), ...value("right")];
}

/** A date whose local parts are those of the page's time zone. */
function zonedDate(ms: number): Date {
  const { year, month, day, hour, minute, second } = wallClock(ms);
  return new Date(year, month - 1, day, hour, minute, second, ms % 1000);
}

function labelWidth(plot: uPlot, labels: string[] | null): number {
  if (labels === null) return 0;
  plot.ctx.save();
  plot.ctx.font = FONT;
  const width = Math.max(...labels.map((label) => plot.ctx.measureText(label).width));
  plot.ctx.restore();
  return Math.ceil(width);
}

/** A drawn time chart; lives until `destroy`. */
export class TimeChart {
  private readonly plot: uPlot;
  private readonly setup: ChartSetup;
  private model: ChartModel;
  private hovered = false;
  private dragging = false;

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
    over.addEventListener("mousedown", () => (this.dragging = true));
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

  destroy(): void {
    if (this.hovered) hideTooltip();
    this.plot.destroy();
  }

  private leave(): void {
    this.hovered = false;
    hideTooltip();
  }

  private data(): uPlot.AlignedData {
    return [this.model.times, ...this.model.drawn] as uPlot.AlignedData;
  }

  private scale(side: "left" | "right"): uPlot.Scale {
    const members = this.model.series.filter(({ style }) => style.axis === side);
    const field = members[0]?.field;
    const { softMin, softMax, log } = field === undefined ? ({ log: false } as const) : axisStyle(field);
    const percent = members.some(({ style }) => style.stack === "percent");
    const fromZero = members.some(({ style }) => style.fillAlpha > 0 || style.draw === "bars");
    const bounds = { min: field?.min, max: percent ? 1 : field?.max, softMin, softMax, fromZero };
    if (log) return { distr: 3 };
    return { range: (_, low, high) => valueRange(low, high, bounds) };
  }

  private options({ width, height }: { width: number; height: number }): uPlot.Options {
    const { colors, syncKey } = this.setup;
    const { series, bands } = this.model;
    return {
      width,
      height,
      ms: 1,
      tzDate: zonedDate, // marks stand at round times of the page's zone
      padding: [10, 14, 0, 0],
      legend: { show: false },
      focus: { alpha: 0.25 },
      scales: {
        x: { time: true, range: () => [this.model.range.fromMs, this.model.range.toMs] },
        y: this.scale("left"),
        y2: this.scale("right"),
      },
      axes: axes(this.model, colors),
      series: [{}, ...series.map(plotSeries)],
      bands: bands.map(([upper, lower]) => ({ series: [upper + 1, lower + 1] })),
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
        drawAxes: [(plot) => this.drawThresholds(plot)],
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
    if (this.dragging && width >= SMALLEST_DRAG_PX) this.setup.onZoom(Math.round(from), Math.round(to));
    this.dragging = false;
  }

  private hover(plot: uPlot): void {
    if (!this.hovered) return;
    const { idx, left = -1, top = -1 } = plot.cursor;
    if (idx === null || idx === undefined || left < 0) {
      hideTooltip();
      return;
    }
    const rows = this.tooltipRows(plot, idx, top);
    if (rows.length === 0) {
      hideTooltip();
      return;
    }
    const box = plot.over.getBoundingClientRect();
    showTooltip(box.left + left, box.top + top, {
      title: formatTime(this.model.times[idx]!),
      rows: rows.slice(0, TOOLTIP_ROWS),
      more: Math.max(0, rows.length - TOOLTIP_ROWS),
    });
  }

  /** Rows at one time: a stack from its top down, else the largest value first. */
  private tooltipRows(plot: uPlot, idx: number, top: number): TooltipRow[] {
    const { series, rows, drawn, bands } = this.model;
    const found = series.flatMap((one, at) => {
      const value = rows[at]![idx];
      if (value === null || value === undefined) return [];
      const distance = Math.abs(
        plot.valToPos(drawn[at]![idx]!, one.style.axis === "right" ? "y2" : "y") - top,
      );
      return [{ one, at, value, distance }];
    });
    const nearest = Math.min(...found.map(({ distance }) => distance));
    found.sort(bands.length > 0 ? (a, b) => b.at - a.at : (a, b) => b.value - a.value);
    return found.map(({ one, value, distance }) => ({
      name: one.name,
      value: writeText(one.field, value),
      color: one.color,
      near: distance === nearest && found.length > 1,
    }));
  }

  private drawThresholds(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { thresholds, thresholdStyle } = this.model;
    if (thresholdStyle === "off") return;
    const positions = thresholds.map(({ value }) =>
      value === -Infinity ? bbox.top + bbox.height : plot.valToPos(value, "y", true),
    );
    const inside = (y: number): number => Math.min(bbox.top + bbox.height, Math.max(bbox.top, y));
    ctx.save();
    thresholds.forEach(({ value, color }, at) => {
      const paint = this.setup.paint(color);
      const [foot, head] = [inside(positions[at]!), inside(positions[at + 1] ?? bbox.top)];
      if (thresholdStyle.includes("area")) {
        ctx.fillStyle = fade(paint, 0.08);
        ctx.fillRect(bbox.left, head, bbox.width, foot - head);
      }
      if (value === -Infinity || positions[at] !== foot || !/line|dashed/.test(thresholdStyle)) return;
      ctx.strokeStyle = paint;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, foot);
      ctx.lineTo(bbox.left + bbox.width, foot);
      ctx.stroke();
    });
    ctx.restore();
  }
}
