/** Hatchings: lines that tell states apart where their colours do not. */

/** Side of a hatching's tile in px. */
export const HATCH_TILE = 8;

type Line = readonly [number, number, number, number];

/** Lines of each hatching inside of one tile; the first is plain. */
const LINES: readonly (readonly Line[])[] = [
  [],
  [
    [-2, 10, 10, -2],
    [-6, 6, 6, -6],
    [2, 14, 14, 2],
  ],
  [
    [-2, -2, 10, 10],
    [-6, 2, 6, 14],
    [2, -6, 14, 6],
  ],
  [[4, 0, 4, 8]],
  [[0, 4, 8, 4]],
  [
    [0, 4, 8, 4],
    [4, 0, 4, 8],
  ],
];

/** Lines of hatching `at`; after the last one they begin again, but never plain. */
const linesOf = (at: number): readonly Line[] =>
  at < LINES.length ? LINES[at]! : LINES[1 + ((at - 1) % (LINES.length - 1))]!;

/** A tile of the hatching as an SVG path, for legends. */
export const hatchPath = (at: number): string =>
  linesOf(at)
    .map(([x1, y1, x2, y2]) => `M${x1} ${y1}L${x2} ${y2}`)
    .join("");

/** A repeating fill of lines in `color`; undefined where the hatching is plain. */
export function hatchFill(
  ctx: CanvasRenderingContext2D,
  at: number,
  color: string,
  ratio: number,
): CanvasPattern | undefined {
  const lines = linesOf(at);
  if (lines.length === 0) return undefined;
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(HATCH_TILE * ratio);
  const pen = tile.getContext("2d")!;
  pen.scale(tile.width / HATCH_TILE, tile.height / HATCH_TILE);
  pen.strokeStyle = color;
  pen.lineWidth = 1.25;
  for (const [x1, y1, x2, y2] of lines) {
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
  }
  return ctx.createPattern(tile, "repeat") ?? undefined;
}
