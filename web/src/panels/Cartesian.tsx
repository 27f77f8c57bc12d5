/** Axes of bar charts and histograms as SVG: grid lines with their values, categories along the other side. */

import { useMemo, type PointerEvent, type ReactNode } from "react";
import { chartColors } from "../charts/palette";
import { clip, labelEvery, type PlotBox } from "../charts/svg/plot";
import { hideTooltip } from "../charts/tooltip";
import type { Size } from "../components/measure";
import type { ThemeName } from "../model/colors";
import styles from "./cartesian.module.css";

export interface ValueAxis {
  /** Where a value lies, 0 to 1. */
  place: (value: number) => number;
  marks: readonly { value: number; label: string }[];
}

interface CartesianProps {
  size: Size;
  box: PlotBox;
  values: ValueAxis;
  /** Names at the middle of equal parts, or at their edges. */
  categories: readonly string[];
  atEdges?: boolean;
  /** Values go along the foot. */
  horizontal: boolean;
  /** Degrees by which names at the foot are turned. */
  turn?: number;
  label: string;
  onHover: (event: PointerEvent<SVGSVGElement>) => void;
  children: ReactNode;
}

interface LineProps {
  box: PlotBox;
  share: number;
  horizontal: boolean;
  className: string;
}

/** A line across the plot at a value's place. */
function Line({ box, share, horizontal, className }: LineProps) {
  const [x, y] = [box.left + share * box.width, box.top + (1 - share) * box.height];
  const ends = horizontal
    ? { x1: x, x2: x, y1: box.top, y2: box.top + box.height }
    : { x1: box.left, x2: box.left + box.width, y1: y, y2: y };
  return <line className={className} {...ends} />;
}

const [FOOT_PX, SIDE_PX] = [15, 8];

function Grid({ box, values, horizontal }: CartesianProps) {
  return values.marks.map(({ value, label }) => {
    const share = values.place(value);
    const at = horizontal
      ? { x: box.left + share * box.width, y: box.top + box.height + FOOT_PX, className: styles.foot }
      : { x: box.left - SIDE_PX, y: box.top + (1 - share) * box.height, className: styles.side };
    return (
      <g key={value}>
        <Line box={box} share={share} horizontal={horizontal} className={styles.grid!} />
        <text {...at}>{label}</text>
      </g>
    );
  });
}

/** A few names are cut rather than left out: each of them says something. */
const CUT = { most: 14, fromPx: 30 };
const LINE_PX = 14;
const TURNED_PX = 90;

function everyName({ box, categories, horizontal, turn = 0 }: CartesianProps, each: number): number {
  if (horizontal || turn > 0) return Math.max(1, Math.ceil(LINE_PX / each));
  return categories.length <= CUT.most && each >= CUT.fromPx ? 1 : labelEvery(categories, box.width);
}

function Names(props: CartesianProps) {
  const { box, categories, atEdges = false, horizontal, turn = 0 } = props;
  const parts = Math.max(1, atEdges ? categories.length - 1 : categories.length);
  const each = (horizontal ? box.height : box.width) / parts;
  const every = everyName(props, each);
  const room = horizontal ? box.left - SIDE_PX : turn > 0 ? TURNED_PX : each * every - 6;
  return categories.map((name, at) => {
    if (at % every !== 0) return null;
    const along = (at + (atEdges ? 0 : 0.5)) * each;
    const [x, y] = horizontal
      ? [box.left - SIDE_PX, box.top + along]
      : [box.left + along, box.top + box.height + (turn > 0 ? FOOT_PX - 4 : FOOT_PX)];
    const turned = turn > 0 && !horizontal;
    return (
      <text
        key={at}
        className={horizontal ? styles.side : turned ? styles.turned : styles.foot}
        x={x}
        y={y}
        transform={turned ? `rotate(${-turn} ${x} ${y})` : undefined}
      >
        <title>{name}</title>
        {clip(name, room)}
      </text>
    );
  });
}

/** The panel's ground in a theme, for colours that are to lie on it. */
// eslint-disable-next-line react-hooks/exhaustive-deps -- the stylesheet answers by the theme in effect
export const usePanelColor = (theme: ThemeName): string => useMemo(() => chartColors().panel, [theme]);

/** Draws the axes around what stands in between. */
export function Cartesian(props: CartesianProps) {
  const { size, box, values, horizontal, label, onHover, children } = props;
  const zero = values.place(0);
  return (
    <svg
      width={size.width}
      height={size.height}
      role="img"
      aria-label={label}
      className={styles.plot}
      onPointerMove={onHover}
      onPointerLeave={hideTooltip}
    >
      <Grid {...props} />
      {children}
      <Line box={box} share={zero} horizontal={horizontal} className={styles.base!} />
      <Names {...props} />
    </svg>
  );
}
