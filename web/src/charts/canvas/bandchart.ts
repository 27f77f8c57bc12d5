/** Rows over a time axis on a canvas: what heatmaps and state timelines share. Crosshair and zoom are those of time charts. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { TimeRange } from "../../model/timerange";
import type { ChartColors } from "../palette";
import { timeAxis, zonedDate } from "../scales";
import { hideTooltip, showTooltip, Tooltip, type TooltipContent } from "../tooltip";
import styles from "./bandchart.module.css";

/** Where to paint: canvas px, and places of times and rows. */
export interface Band {
  ctx: CanvasRenderingContext2D;
  /** The plot's box in canvas px. */
  box: { left: number; top: number; width: number; height: number };
  ratio: number;
  x: (ms: number) => number;
  /** Rows count from the foot; fractions lie inside of a row. */
  y: (row: number) => number;
}

/** What stands under the pointer: what to say, and what to frame. */
export interface BandHover {
  content: TooltipContent;
  fromMs: number;
  toMs: number;
  low: number;
  high: number;
}

export interface BandModel {
  range: TimeRange;
  rows: number;
  /** Labels of the row axis, at places counted in rows. */
  marks: readonly { at: number; label: string }[];
  /** Share of the width that labels may take. */
  labelShare: number;
  paint: (band: Band) => void;
  hover: (ms: number, row: number) => BandHover | undefined;
  /** All rows at a time, for a tooltip beside those of other charts. */
  follow: (ms: number) => TooltipContent | undefined;
}

export interface BandSetup {
  colors: ChartColors;
  syncKey: string | undefined;
  /** Shows its own values while the pointer is on another chart of the same key. */
  sharedTooltip?: boolean;
  onZoom: (fromMs: number, toMs: number) => void;
  onZoomOut: () => void;
  /** Something was clicked, at a place of the window. */
  onPick?: (ms: number, row: number, x: number, y: number) => void;
}

interface Size {
  width: number;
  height: number;
}

const FONT = '450 11px "Inter Variable", sans-serif';
const SMALLEST_DRAG_PX = 4;
const LABEL_GAP_PX = 8;

/** A text cut to `most` px with an ellipsis. */
export function cutText(ctx: CanvasRenderingContext2D, text: string, most: number): string {
  if (ctx.measureText(text).width <= most) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (ctx.measureText(`${text.slice(0, middle)}…`).width <= most) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : `${text.slice(0, low).trimEnd()}…`;
}

/** A drawn chart of rows; lives until `destroy`. */
export class BandChart {
  private readonly plot: uPlot;
  private readonly setup: BandSetup;
  private readonly frame: HTMLElement;
  private readonly followed = new Tooltip();
  private model: BandModel;
  private hovered = false;
  private dragging = false;
  private dragged = false;

  constructor(host: HTMLElement, model: BandModel, setup: BandSetup, size: Size) {
    this.model = model;
    this.setup = setup;
    this.plot = new uPlot(this.options(size), this.data(), host);
    const { over } = this.plot;
    this.frame = document.createElement("div");
    this.frame.className = styles.frame!;
    this.frame.hidden = true;
    over.append(this.frame);
    over.addEventListener("mouseenter", () => (this.hovered = true));
    over.addEventListener("mouseleave", () => this.leave());
    over.addEventListener("mousedown", () => {
      this.dragging = true;
      this.dragged = false;
    });
    over.addEventListener("dblclick", () => setup.onZoomOut());
    over.addEventListener("click", (event) => this.pick(event));
  }

  /** New data for the same chart. */
  update(model: BandModel): void {
    this.model = model;
    this.plot.setData(this.data());
  }

  resize(size: Size): void {
    if (size.width !== this.plot.width || size.height !== this.plot.height) this.plot.setSize(size);
  }

  destroy(): void {
    if (this.hovered) hideTooltip();
    this.followed.remove();
    this.plot.destroy();
  }

  private data(): uPlot.AlignedData {
    const { fromMs, toMs } = this.model.range;
    return [
      [fromMs, toMs],
      [null, null],
    ];
  }

  private options({ width, height }: Size): uPlot.Options {
    const { syncKey } = this.setup;
    return {
      width,
      height,
      ms: 1,
      tzDate: zonedDate, // marks stand at round times of the page's zone
      padding: [8, 18, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: true, range: () => [this.model.range.fromMs, this.model.range.toMs] },
        y: { range: () => [0, Math.max(1, this.model.rows)] },
      },
      axes: this.axes(),
      series: [{}, { points: { show: false } }],
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { show: false },
        ...(syncKey === undefined ? {} : { sync: { key: syncKey, scales: ["x", null] } }),
      },
      hooks: {
        draw: [(plot) => this.paint(plot)],
        setSelect: [(plot) => this.zoom(plot)],
        setCursor: [(plot) => this.hover(plot)],
      },
    };
  }

  private axes(): uPlot.Axis[] {
    const base = {
      font: FONT,
      stroke: this.setup.colors.axis,
      ticks: { show: false },
      border: { show: false },
      grid: { show: false },
    };
    return [
      { ...base, ...timeAxis },
      {
        ...base,
        gap: LABEL_GAP_PX,
        size: (plot, labels) => this.labelWidth(plot, labels),
        splits: () => this.model.marks.map(({ at }) => at),
        values: (plot) => this.labels(plot),
      },
    ];
  }

  private mostLabel(plot: uPlot): number {
    return Math.max(24, plot.width * this.model.labelShare);
  }

  private labels(plot: uPlot): string[] {
    const { ctx } = plot;
    const most = this.mostLabel(plot);
    ctx.save();
    ctx.font = FONT;
    const made = this.model.marks.map(({ label }) => cutText(ctx, label, most));
    ctx.restore();
    return made;
  }

  private labelWidth(plot: uPlot, labels: readonly string[] | null): number {
    plot.ctx.save();
    plot.ctx.font = FONT;
    const widths = (labels ?? []).map((label) => plot.ctx.measureText(label).width);
    plot.ctx.restore();
    return Math.ceil(Math.min(this.mostLabel(plot), Math.max(0, ...widths))) + LABEL_GAP_PX + 8;
  }

  private paint(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    this.model.paint({
      ctx,
      box: bbox,
      ratio: devicePixelRatio,
      x: (ms) => plot.valToPos(ms, "x", true),
      y: (row) => plot.valToPos(row, "y", true),
    });
    ctx.restore();
  }

  /** Charts in step are told of the selection too; only the one that was dragged on acts. */
  private zoom(plot: uPlot): void {
    const { left, width } = plot.select;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.dragged = width >= SMALLEST_DRAG_PX;
    if (this.dragging && this.dragged) this.setup.onZoom(Math.round(from), Math.round(to));
    this.dragging = false;
  }

  private leave(): void {
    this.hovered = false;
    this.frame.hidden = true;
    hideTooltip();
  }

  /** A drag ends in a click too, somewhere else than it began. */
  private pick({ clientX, clientY }: MouseEvent): void {
    const { left = -1, top = -1 } = this.plot.cursor;
    if (left < 0 || this.dragged) return;
    const row = Math.floor(this.plot.posToVal(top, "y"));
    this.setup.onPick?.(this.plot.posToVal(left, "x"), row, clientX, clientY);
  }

  private hover(plot: uPlot): void {
    if (!this.hovered) {
      if (this.setup.sharedTooltip === true) this.follow(plot);
      return;
    }
    this.followed.hide();
    const { left = -1, top = -1 } = plot.cursor;
    const row = Math.floor(plot.posToVal(top, "y"));
    const found = left < 0 ? undefined : this.model.hover(plot.posToVal(left, "x"), row);
    this.frame.hidden = found === undefined;
    if (found === undefined) {
      hideTooltip();
      return;
    }
    this.place(plot, found);
    const box = plot.over.getBoundingClientRect();
    showTooltip(box.left + left, box.top + top, found.content);
  }

  /** Shows what stands at the time that is pointed at on another chart; what is not seen need not. */
  private follow(plot: uPlot): void {
    const { left = -1 } = plot.cursor;
    const box = plot.over.getBoundingClientRect();
    const seen = left >= 0 && box.bottom > 0 && box.top < window.innerHeight;
    const content = seen ? this.model.follow(plot.posToVal(left, "x")) : undefined;
    if (content === undefined) this.followed.hide();
    else this.followed.show(box.left + left, box.top, content);
  }

  private place(plot: uPlot, { fromMs, toMs, low, high }: BandHover): void {
    const left = Math.max(0, plot.valToPos(fromMs, "x"));
    const right = Math.min(plot.over.clientWidth, plot.valToPos(toMs, "x"));
    const [top, bottom] = [plot.valToPos(high, "y"), plot.valToPos(low, "y")];
    Object.assign(this.frame.style, {
      transform: `translate(${left}px, ${top}px)`,
      width: `${Math.max(2, right - left)}px`,
      height: `${bottom - top}px`,
    });
  }
}
