/** Where panels stand: sections under rows, in reading order. Pure. */

import type { GridPos, Panel } from "./dashboard";

/** Pixels of one grid unit and of the gap between two: Grafana's arithmetic. */
export const UNIT_PX = 30;
export const GAP_PX = 8;

export interface Section {
  /** The row that heads the section; absent before the first row. */
  row?: Panel;
  panels: Panel[];
  /** What is to be said below it. */
  note?: string;
}

const before = (a: GridPos, b: GridPos): number => a.y - b.y || a.x - b.x;

/**
 * Puts each on what stands above it, in the order given, as in Grafana: documents keep wide gaps where a row was folded
 * while others grew, and copies take more room than what they are copies of.
 */
export function settle<T extends { grid: GridPos }>(boxes: readonly T[]): T[] {
  const feet: number[] = [];
  return boxes.map((box) => {
    const { x, w, h } = box.grid;
    const columns = Array.from({ length: w }, (_, at) => x + at);
    const y = Math.max(0, ...columns.map((column) => feet[column] ?? 0));
    for (const column of columns) feet[column] = y + h;
    return { ...box, grid: { ...box.grid, y } };
  });
}

const inOrder = (panels: readonly Panel[]): Panel[] => [...panels].sort((a, b) => before(a.grid, b.grid));

/** Cuts the panels at each row; a row's own nested panels (it was saved collapsed) come first. */
export function makeSections(panels: readonly Panel[]): Section[] {
  const sections: Section[] = [{ panels: [] }];
  for (const panel of inOrder(panels)) {
    if (panel.type === "row") sections.push({ row: panel, panels: [...panel.panels] });
    else sections.at(-1)!.panels.push(panel);
  }
  return sections
    .filter(({ row, panels: inside }) => row !== undefined || inside.length > 0)
    .map((section) => ({ ...section, panels: settle(inOrder(section.panels)) }));
}
