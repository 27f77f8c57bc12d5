/** Colour ramps: a value's share of a range as a colour, for heatmaps and continuous colour modes. Pure. */

import { resolveColor, type ThemeName } from "../model/colors";
import { entryOf } from "../model/json";

type Rgb = readonly [number, number, number];

/**
 * Sequential stops from few to many. On dark they grow lighter (navy, teal, yellow), on light darker, so that what is
 * rare stays near to the panel in both.
 */
const SEQUENTIAL: Readonly<Record<ThemeName, readonly string[]>> = {
  dark: ["#1b2b4e", "#1f5480", "#1f8596", "#43b88a", "#b3d35c", "#fbe96d"],
  light: ["#f6efb0", "#bfdf8c", "#5fbb95", "#23909f", "#235c90", "#19275a"],
};

/** Grafana's continuous modes as our own colour names, least first. */
const CONTINUOUS: Readonly<Record<string, readonly string[]>> = {
  "continuous-GrYlRd": ["green", "yellow", "red"],
  "continuous-RdYlGr": ["red", "yellow", "green"],
  "continuous-BlYlRd": ["blue", "yellow", "red"],
  "continuous-YlRd": ["yellow", "red"],
  "continuous-BlPu": ["blue", "purple"],
  "continuous-YlBl": ["yellow", "blue"],
  "continuous-blues": ["dark-blue", "blue"],
  "continuous-reds": ["dark-red", "red"],
  "continuous-greens": ["dark-green", "green"],
  "continuous-purples": ["dark-purple", "purple"],
  "continuous-viridis": ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"],
  "continuous-magma": ["#000004", "#51127c", "#b73779", "#fc8961", "#fcfdbf"],
  "continuous-plasma": ["#0d0887", "#7e03a8", "#cc4778", "#f89540", "#f0f921"],
  "continuous-inferno": ["#000004", "#57106e", "#bc3754", "#f98e09", "#fcffa4"],
  "continuous-cividis": ["#00224e", "#434e6c", "#7d7c78", "#bcaf6f", "#fee838"],
};

/** Schemes of Grafana's heatmap that part at a middle; all others grow one way. */
const DIVERGING = /^(RdBu|RdYlBu|RdYlGn|RdGy|BrBG|PRGn|PiYG|PuOr|Spectral)$/i;

const parse = (color: string): Rgb =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as unknown as Rgb;

/** The colour at `share` (0 to 1) of evenly spaced `#rrggbb` stops. */
export function mixStops(stops: readonly string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(place));
  if (below < 0) return stops[0]!;
  const [from, to] = [parse(stops[below]!), parse(stops[below + 1]!)];
  const hex = from.map((channel, at) => Math.round(channel + (to[at]! - channel) * (place - below)));
  return `#${hex.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** The colour of a continuous colour mode, or undefined when the mode is none. */
export function continuousColor(mode: string, share: number, theme: ThemeName): string | undefined {
  if (!mode.startsWith("continuous-")) return undefined;
  const names = entryOf(CONTINUOUS, mode);
  const stops = names?.map((name) => resolveColor(name, theme)) ?? SEQUENTIAL[theme];
  return mixStops(stops, Number.isNaN(share) ? 0 : share);
}

export const RAMP_SIZE = 64;

/** `RAMP_SIZE` colours from least to most for a heatmap's scheme. */
export function rampColors(scheme: string, reverse: boolean, theme: ThemeName): string[] {
  const diverging = DIVERGING.test(scheme);
  const middle = theme === "dark" ? "#3a4150" : "#eef0f4";
  const stops = diverging
    ? [resolveColor("blue", theme), middle, resolveColor("orange", theme)]
    : SEQUENTIAL[theme];
  const ordered = reverse && diverging ? stops.toReversed() : stops;
  return Array.from({ length: RAMP_SIZE }, (_, at) => mixStops(ordered, at / (RAMP_SIZE - 1)));
}

/** WCAG's relative luminance of `#rrggbb`. */
function luminance(color: string): number {
  const [r, g, b] = parse(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** Black or white, whichever reads better on an opaque `#rrggbb`. */
export function inkOn(color: string): string {
  if (!/^#[0-9a-f]{6}/i.test(color)) return "#14181f";
  return luminance(color) > 0.19 ? "#0c0e12" : "#ffffff";
}

/** `color` laid over `ground` with an alpha of 0 to 1, as an opaque colour. */
export function flatten(color: string, ground: string, alpha: number): string {
  if (![color, ground].every((one) => /^#[0-9a-f]{6}$/i.test(one))) return color;
  return mixStops([ground, color], alpha);
}
