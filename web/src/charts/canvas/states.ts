/** Paints states over time: a bar a span, hatched by state, with its name where there is room. */

import type { StateRow, StateSpan } from "../states";
import { cutText, type Band } from "./bandchart";
import { hatchFill } from "./hatch";

export interface StatePaint {
  /** Share of a row's height that its bars take. */
  rowHeight: number;
  /** Share of a cell's width; 1 for bars that touch but for a hairline. */
  columnWidth: number;
  /** Whether spans carry their names: always, where they fit, never. */
  names: "always" | "auto" | "never";
  align: "left" | "center" | "right";
  hatching: ReadonlyMap<string, number>;
  /** The colour as it is painted, on which `ink` is legible. */
  fill: (color: string) => string;
  ink: (color: string) => string;
  /** Colour of hatching lines. */
  lines: string;
}

const ROUND_PX = 3;
const TEXT_PAD_PX = 6;
/** Below this height a name would touch the edges. */
const TEXT_FROM_PX = 14;
const PLATE_PX = { height: 14, pad: 3 };

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function boxOf({ x, y, ratio, box }: Band, span: StateSpan, row: number, look: StatePaint): Box {
  const spare = ((y(row) - y(row + 1)) * (1 - look.rowHeight)) / 2;
  const [from, to] = [Math.max(box.left, x(span.fromMs)), Math.min(box.left + box.width, x(span.toMs))];
  const air = look.columnWidth < 1 ? ((to - from) * (1 - look.columnWidth)) / 2 : 0;
  const hair = to - from > 4 * ratio ? ratio : 0;
  return {
    left: from + air,
    top: y(row + 1) + spare,
    width: Math.max(1, to - from - 2 * air - hair),
    height: Math.max(1, y(row) - y(row + 1) - 2 * spare),
  };
}

function paintName({ ctx, ratio }: Band, span: StateSpan, box: Box, look: StatePaint): void {
  if (look.names === "never" || box.height < TEXT_FROM_PX * ratio) return;
  const pad = Math.min(TEXT_PAD_PX * ratio, box.width / 8);
  const room = box.width - 2 * pad;
  const wide = ctx.measureText(span.text).width;
  if (wide > room && (look.names === "auto" || look.columnWidth < 1)) return;
  const at = { left: box.left + pad, center: box.left + box.width / 2, right: box.left + box.width - pad }[
    look.align
  ];
  const color = look.fill(span.color);
  const text = wide > room ? cutText(ctx, span.text, room) : span.text;
  if ((look.hatching.get(span.color) ?? 0) > 0) {
    const width = Math.min(wide, room);
    const left = { left: at, center: at - width / 2, right: at - width }[look.align];
    paintPlate(ctx, color, { ...box, left, width }, ratio);
  }
  ctx.textAlign = look.align;
  ctx.fillStyle = look.ink(color);
  ctx.fillText(text, at, box.top + box.height / 2 + ratio / 2);
}

/** A plain ground under a name on a hatching. */
function paintPlate(ctx: CanvasRenderingContext2D, color: string, box: Box, ratio: number): void {
  const height = Math.min(box.height, PLATE_PX.height * ratio);
  const pad = PLATE_PX.pad * ratio;
  ctx.fillStyle = color;
  ctx.fillRect(box.left - pad, box.top + (box.height - height) / 2, box.width + 2 * pad, height);
}

/** Draws the rows, the first on top. */
export function paintStates(band: Band, rows: readonly StateRow[], look: StatePaint): void {
  const { ctx, ratio } = band;
  ctx.font = `520 ${11 * ratio}px "Inter Variable", sans-serif`;
  ctx.textBaseline = "middle";
  const patterns = new Map(
    [...look.hatching].map(([color, at]) => [color, hatchFill(ctx, at, look.lines, ratio)]),
  );
  rows.forEach(({ spans }, at) => {
    for (const span of spans) {
      const box = boxOf(band, span, rows.length - 1 - at, look);
      ctx.beginPath();
      ctx.roundRect(box.left, box.top, box.width, box.height, Math.min(ROUND_PX * ratio, box.width / 2));
      ctx.fillStyle = look.fill(span.color);
      ctx.fill();
      const pattern = patterns.get(span.color);
      if (pattern !== undefined) {
        ctx.fillStyle = pattern;
        ctx.fill();
      }
      paintName(band, span, box, look);
    }
  });
}
