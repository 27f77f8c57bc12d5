/** Events that are marked on charts: moments and spans of time. */

export interface ChartEvent {
  /** Number of the annotation that it is kept as; absent for what a query found. */
  id?: number;
  /** Name of the list that it belongs to. */
  list: string;
  fromMs: number;
  /** The same as `fromMs` for a moment. */
  toMs: number;
  title: string;
  text: string;
  tags: readonly string[];
  /** A name of the palette, or a colour. */
  color: string;
  /** The only panel that shows it; 0 for all. */
  panelId: number;
  /** The only panels that show it, where it is for several. */
  panels?: readonly number[];
  by: string;
}

/** Whether an event lasts. */
export const isSpan = ({ fromMs, toMs }: ChartEvent): boolean => toMs > fromMs;
