/** Colours: the computed series palettes, Grafana's colour names on our tokens, and who gets which. Pure. */

import { entryOf } from "./json";

export type ThemeName = "dark" | "light";

/**
 * Eight colours each, found by hill climbing in OKLab over normal, protan, deutan and tritan vision with
 * contrast to the panel of at least 3.2:1 (see docs/decisions/0002-web-stack.md).
 */
const PALETTES: Readonly<Record<ThemeName, readonly string[]>> = {
  dark: ["#885FDC", "#52B8A2", "#E39B28", "#C35344", "#8DE3F9", "#AF9EEA", "#2E7E8C", "#EFE08B"],
  light: ["#718CD4", "#A2544B", "#8B9021", "#89409F", "#E65D9B", "#3A288B", "#49480B", "#6F0C48"],
};

export const PALETTE_SIZE = 8;

/** Grafana's six names and our tokens for them, and the names of things rather than of colours. */
const BASES: Readonly<Record<ThemeName, Readonly<Record<string, string>>>> = {
  dark: {
    green: "#3FB68B",
    yellow: "#E3C341",
    orange: "#E8A33D",
    red: "#F2667A",
    blue: "#56B4E9",
    purple: "#AF9EEA",
    text: "#E8EBF1",
    gray: "#8B95A7",
    white: "#FFFFFF",
    black: "#000000",
    panel: "#15181F",
    accent: "#7AA2FF",
    transparent: "#00000000",
  },
  light: {
    green: "#0F7A55",
    yellow: "#8A6D00",
    orange: "#9A5B00",
    red: "#C42F4A",
    blue: "#0F6596",
    purple: "#6D4BB8",
    text: "#14181F",
    gray: "#626D80",
    white: "#FFFFFF",
    black: "#000000",
    panel: "#FFFFFF",
    accent: "#2F5FD0",
    transparent: "#00000000",
  },
};

/** Other words for the same. */
const ALIASES: Readonly<Record<string, string>> = {
  grey: "gray",
  "text-primary": "text",
  "text-secondary": "gray",
  "panel-bg": "panel",
  background: "panel",
};

/** Share of white (positive) or black that Grafana's shade words mix in. */
const SHADES: Readonly<Record<string, number>> = {
  "super-light": 0.5,
  light: 0.25,
  semi: -0.15,
  "semi-dark": -0.15,
  dark: -0.3,
};

/** Mixes `#rrggbb` with white (amount > 0) or black (amount < 0). */
export function shade(color: string, amount: number): string {
  const toward = amount > 0 ? "#ffffff" : "#000000";
  return mix(color, toward, Math.abs(amount));
}

/** `#rrggbb` with an alpha of 0 to 1. */
export function fade(color: string, alpha: number): string {
  if (!/^#[0-9a-f]{6}$/i.test(color)) return color;
  return (
    color +
    Math.round(alpha * 255)
      .toString(16)
      .padStart(2, "0")
  );
}

/** A Grafana colour name (`semi-dark-orange`) or CSS colour, as a CSS colour of the theme. */
export function resolveColor(name: string, theme: ThemeName): string {
  const bases = BASES[theme];
  const plain = entryOf(bases, entryOf(ALIASES, name) ?? name);
  if (plain !== undefined) return plain;
  const match = /^(super-light|semi-dark|light|dark)-(\w+)$/.exec(name);
  const base = match === null ? undefined : entryOf(bases, match[2]!);
  if (base !== undefined) return shade(base, SHADES[match![1]!]!);
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(name);
  if (short !== null)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join("")}`;
  return /^(#[0-9a-f]{6,8}|(rgb|hsl)a?\([\d\s.,%/]+\))$/i.test(name) ? name : bases.accent!;
}

/** `[r, g, b]` of `#rrggbb`. */
const channels = (color: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

/** `share` 0 is `from`, 1 is `to`; both `#rrggbb`. */
export function mix(from: string, to: string, share: number): string {
  const [start, end] = [channels(from), channels(to)];
  const mixed = start.map((value, at) => Math.round(value + (end[at]! - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Shades of one colour for several series, lightest first; the first is the colour itself when it is alone. */
export function shadeOf(color: string, index: number, total: number): string {
  if (total < 2) return color;
  return shade(color, 0.4 - (0.8 * index) / (total - 1));
}

/** A place in the palette that a name always has: `palette-classic-by-name`. */
export function nameSlot(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (Math.imul(hash, 31) + letter.codePointAt(0)!) >>> 0;
  return hash % PALETTE_SIZE;
}

/** A place in the endless palette: from the ninth on the same hues, dashed and a step nearer to the text's colour. */
export interface SeriesColor {
  color: string;
  dash: readonly number[];
}

const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2]];
/** Shares of white, or of black on light ground, that later rounds mix in. */
const LIFTS = [0, 0.3, 0.15, 0.45, 0.6];

/** The colour and the dashes of a slot: 200 of them before two are alike. */
export function slotColor(slot: number, theme: ThemeName): SeriesColor {
  const color = PALETTES[theme][slot % PALETTE_SIZE]!;
  const round = Math.floor(slot / PALETTE_SIZE);
  const lift = LIFTS[(round + Math.floor(round / DASHES.length)) % LIFTS.length]!;
  return {
    color: lift === 0 ? color : shade(color, theme === "dark" ? lift : -lift),
    dash: DASHES[round % DASHES.length]!,
  };
}

/** Remembers which slot a name got, so that it keeps its colour over refreshes and panels. */
export class ColorRegistry {
  private readonly slots = new Map<string, number>();

  /** Slots for the series of one panel: remembered ones first, no two alike within the panel. */
  assign(names: readonly string[]): number[] {
    const taken = new Set<number>();
    const kept = names.map((name) => {
      const slot = this.slots.get(name);
      if (slot === undefined || taken.has(slot)) return undefined;
      taken.add(slot);
      return slot;
    });
    let next = 0;
    return kept.map((slot, index) => {
      if (slot !== undefined) return slot;
      while (taken.has(next)) next += 1;
      taken.add(next);
      if (!this.slots.has(names[index]!)) this.slots.set(names[index]!, next);
      return next;
    });
  }
}
