/** Colours: the computed series palettes, Grafana's colour names on our tokens, and who gets which. Pure. */

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

/** Grafana's six names and our tokens for them. */
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
    accent: "#7AA2FF",
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
    accent: "#2F5FD0",
  },
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
  const toward = amount > 0 ? 255 : 0;
  const channels = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16);
    return Math.round(value + (toward - value) * Math.abs(amount));
  });
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
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
  if (bases[name] !== undefined) return bases[name];
  const match = /^(super-light|semi-dark|light|dark)-(\w+)$/.exec(name);
  const base = match === null ? undefined : bases[match[2]!];
  if (base !== undefined) return shade(base, SHADES[match![1]!]!);
  return /^(#|rgb|hsl)/.test(name) ? name : bases.accent!;
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
