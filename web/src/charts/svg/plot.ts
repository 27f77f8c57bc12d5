/** The box of a drawing with axes, worked out from what the axes say. Pure. */

export interface PlotBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Size {
  width: number;
  height: number;
}

/** Width of an average character at the axes' font size. */
const CHARACTER_PX = 6.1;
const [TOP_PX, RIGHT_PX, FOOT_PX, GAP_PX] = [10, 14, 24, 8];
/** Names take at most this share of the width. */
const NAME_SHARE = 0.34;

export const textWidth = (text: string): number => Math.ceil(text.length * CHARACTER_PX);

const widest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);

/** A text that takes at most `room` px. */
export function clip(text: string, room: number): string {
  const most = Math.floor(room / CHARACTER_PX);
  if (text.length <= most) return text;
  return most < 3 ? "" : `${text.slice(0, most - 1).trimEnd()}…`;
}

interface Room {
  /** Height of the foot's labels beyond one line. */
  foot?: number;
  /** What stands behind the ends of lying bars. */
  right?: readonly string[];
}

/** Leaves room for labels around a drawing. */
export function plotBox(
  { width, height }: Size,
  left: readonly string[],
  { foot = 0, right = [] }: Room = {},
): PlotBox {
  const margin = Math.min(width * NAME_SHARE, widest(left)) + GAP_PX + 8;
  return {
    left: margin,
    top: TOP_PX,
    width: Math.max(1, width - margin - RIGHT_PX - widest(right)),
    height: Math.max(1, height - TOP_PX - FOOT_PX - foot),
  };
}

/** Every how many-th label fits into `room` px. */
export function labelEvery(labels: readonly string[], room: number): number {
  if (labels.length === 0) return 1;
  return Math.max(1, Math.ceil((widest(labels) + 10) / (room / labels.length)));
}
