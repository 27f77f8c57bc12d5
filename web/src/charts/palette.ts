/** Colours of the page as the canvas needs them: read from the stylesheet's tokens. */

import { slotColor, type SeriesColor, type ThemeName, resolveColor } from "../model/colors";

export interface ChartColors {
  axis: string;
  grid: string;
  panel: string;
  text: string;
  track: string;
}

const known = new Map<string | undefined, ChartColors>();

/** The tokens of the theme in effect: read once, as reading them makes the browser work out all styles of the page. */
export function chartColors(): ChartColors {
  const { theme } = document.documentElement.dataset;
  const colors = known.get(theme) ?? readColors();
  known.set(theme, colors);
  return colors;
}

function readColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    axis: token("--text-3"),
    grid: token("--grid-line"),
    panel: token("--panel"),
    text: token("--text-1"),
    track: token("--track"),
  };
}

/** The colour of a series: its field's own one, or its slot of the palette. */
export function seriesColor(fixed: string | undefined, slot: number, theme: ThemeName): SeriesColor {
  return fixed === undefined ? slotColor(slot, theme) : { color: resolveColor(fixed, theme), dash: [] };
}
