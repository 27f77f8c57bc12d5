/** A status from a colour, so that it can be said as a word and drawn as a shape as well. Pure. */

export type Status = "ok" | "warn" | "crit" | "info" | "none";

/** Where each status ends on the colour circle, in degrees. */
const ENDS: readonly [number, Status][] = [
  [18, "crit"],
  [68, "warn"],
  [178, "ok"],
  [268, "info"],
  [318, "none"],
  [360, "crit"],
];

/** Colours paler, or darker, than this say nothing. */
const [PALE, DARK] = [0.3, 40];

/** What a `#rrggbb` means on a traffic light: green is well, yellow and orange warn, red is bad, blue informs. */
export function statusOf(color: string): Status {
  if (!/^#[0-9a-f]{6}/i.test(color)) return "none";
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ];
  const high = Math.max(r, g, b);
  const spread = high - Math.min(r, g, b);
  if (spread < DARK || spread / high < PALE) return "none";
  const sector =
    high === r ? ((g - b) / spread + 6) % 6 : high === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  return ENDS.find(([end]) => sector * 60 <= end)![1];
}

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  ok: "OK",
  warn: "Warning",
  crit: "Critical",
  info: "Info",
  none: "No state",
};

interface Shape {
  body: string;
  sign: string;
}

const CIRCLE = "M10 1a9 9 0 1 0 0 18a9 9 0 1 0 0-18Z";

/** Shapes in a box of 20: circle with a tick, triangle, octagon with a cross, rounded square, circle with a dash. */
export const STATUS_SHAPES: Readonly<Record<Status, Shape>> = {
  ok: { body: CIRCLE, sign: "M6 10.3l2.8 2.8L14.2 7.5" },
  warn: {
    body: "M10 1.4a1.6 1.6 0 0 1 1.4.8l7.9 14a1.6 1.6 0 0 1-1.4 2.4H2.1a1.6 1.6 0 0 1-1.4-2.4l7.9-14A1.6 1.6 0 0 1 10 1.4Z",
    sign: "M10 7v5M10 15v.2",
  },
  crit: { body: "M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3Z", sign: "M7 7l6 6M13 7l-6 6" },
  info: {
    body: "M4 1h12a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3Z",
    sign: "M10 9v5.5M10 5.5v.2",
  },
  none: { body: CIRCLE, sign: "M6 10h8" },
};
