/** How many series a panel draws at most, where each is drawn as something of its own. Pure. */

import type { Panel } from "../model/dashboard";
import type { PanelFrame } from "./panel";
import type { Shaped } from "./shape";

/** More than these cannot be seen, and cost a page seconds. */
const MOST = 500;
const DRAWS_EACH = new Set(["stat", "gauge", "bargauge"]);

const countSeries = (frames: readonly PanelFrame[]): number =>
  frames.reduce((sum, { series }) => sum + series.length, 0);

/** The first series of all, each frame as it came where nothing of it is left out. */
const firstSeries = (frames: readonly PanelFrame[]): PanelFrame[] =>
  frames.map((frame, at) => {
    const room = Math.max(0, MOST - countSeries(frames.slice(0, at)));
    return frame.series.length <= room ? frame : { ...frame, series: frame.series.slice(0, room) };
  });

/** What the panel's type can show of it, and a note of how much that is not. */
export function seen(shaped: Shaped, { type }: Panel): Shaped {
  const left = DRAWS_EACH.has(type) ? countSeries(shaped.frames) - MOST : 0;
  if (left <= 0) return shaped;
  const notes = [...shaped.notes, `${MOST} series are drawn, +${left} more are not.`];
  return { ...shaped, frames: firstSeries(shaped.frames), notes };
}
