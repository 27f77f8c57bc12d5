/** Bar gauge: values as bars on a common scale, lying or standing, in threshold colours. */

import type { CSSProperties } from "react";
import { continuousColor, mixStops } from "../charts/ramp";
import type { Size } from "../components/measure";
import { LinkCover } from "../links/Linked";
import { resolveColor, type ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { oneOf } from "../model/json";
import { absoluteSteps } from "../model/thresholds";
import { subjectOf } from "./series";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { panelValues, parseReduce, valuesTable, type PanelValue, type ReduceOptions } from "./values";
import styles from "./bargauge.module.css";

interface BarGaugeOptions {
  reduce: ReduceOptions;
  display: "gradient" | "lcd" | "basic";
  orientation: "auto" | "horizontal" | "vertical";
  valueMode: "color" | "text" | "hidden";
  names: "auto" | "top" | "left" | "hidden";
  unfilled: boolean;
}

const parseOptions = ({ options }: Panel): BarGaugeOptions => ({
  reduce: parseReduce(options),
  display: oneOf(options.displayMode, ["gradient", "lcd", "basic"]),
  orientation: oneOf(options.orientation, ["auto", "horizontal", "vertical"]),
  valueMode: oneOf(options.valueMode, ["color", "text", "hidden"]),
  names: oneOf(options.namePlacement, ["auto", "top", "left", "hidden"]),
  unfilled: options.showUnfilled !== false,
});

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

const shareOf = ({ value, bounds: [low, high] }: PanelValue): number =>
  Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, (value - low) / (high - low)));

/** A gradient of one colour begins greyer. */
const begun = (color: string): string =>
  /^#[0-9a-f]{6}$/i.test(color) ? mixStops([color, "#808080"], 0.45) : color;

const RAMP = [0, 0.25, 0.5, 0.75, 1];

/** Colours along the whole bar as CSS gradient stops; `hard` where they do not run into one another. */
function colorStops(one: PanelValue, hard: boolean, theme: ThemeName): string {
  const [low, high] = one.bounds;
  const { mode } = one.field.color;
  const [from, to] = one.source.range;
  const onBar = (value: number): number => (value - low) / (high - low);
  if (mode.startsWith("continuous-"))
    return RAMP.map(
      (share) => `${continuousColor(mode, share, theme)!} ${percent(onBar(from + share * (to - from)))}`,
    ).join(", ");
  const steps = absoluteSteps(one.field.thresholds, low, high);
  if (mode !== "thresholds" || steps.length === 0)
    return `${hard ? one.color : begun(one.color)} 0%, ${one.color} 100%`;
  const place = (value: number): number => Math.max(0, onBar(value));
  return steps
    .map(({ value, color }, at) => {
      const [paint, from] = [resolveColor(color, theme), place(value)];
      const to = Math.max(from, place(steps[at + 1]?.value ?? high));
      return hard ? `${paint} ${percent(from)}, ${paint} ${percent(to)}` : `${paint} ${percent(from)}`;
    })
    .join(", ");
}

interface BarProps {
  one: PanelValue;
  options: BarGaugeOptions;
  standing: boolean;
  theme: ThemeName;
}

/** The bar is as long as its track and cut off where the value ends, so that its colours stand for places on the scale. */
function Bar({ one, options: { display, unfilled }, standing, theme }: BarProps) {
  const share = shareOf(one);
  const rest = percent(1 - share);
  const clipPath = standing ? `inset(${rest} 0 0 0 round 3px)` : `inset(0 ${rest} 0 0 round 3px)`;
  const lcd = display === "lcd";
  const side = standing ? "to top" : "to right";
  const background =
    display === "basic" ? one.color : `linear-gradient(${side}, ${colorStops(one, lcd, theme)})`;
  const shape = lcd ? styles.lcd : unfilled ? "" : styles.bare;
  return (
    <div className={`${styles.track} ${shape}`}>
      {lcd && unfilled && <div className={styles.dim} style={{ background }} />}
      <div className={styles.fill} style={{ background, clipPath }} />
    </div>
  );
}

function Amount({ one, mode }: { one: PanelValue; mode: BarGaugeOptions["valueMode"] }) {
  if (mode === "hidden") return null;
  const { prefix = "", text, suffix } = one.written;
  return (
    <span className={styles.amount} style={mode === "color" && one.telling ? { color: one.color } : {}}>
      {prefix}
      {text}
      {suffix !== "" && <span className={styles.unit}>{suffix.replace(/^ /, "\u00a0")}</span>}
    </span>
  );
}

/** Below this width, standing bars are too narrow for their names. */
const STANDING_PX = 56;
const [ROW_LEAST_PX, ROW_MOST_PX] = [22, 60];
const [ROW_GAP_PX, PADDING_PX] = [4, 4];
/** Width of the thinnest standing bar with its gap. */
const STANDING_LEAST_PX = 28;
const NAME_ABOVE = { height: 44, width: 420 };

/** Whether bars stand: as told, or where the panel is wide enough for them. */
export function isStanding(
  orientation: BarGaugeOptions["orientation"],
  count: number,
  { width, height }: Size,
): boolean {
  if (orientation !== "auto") return orientation === "vertical";
  return width > height * 1.4 && height > 130 && width / count >= STANDING_PX;
}

/** Rows as high as there is room, and bars that stay bars. */
function rowSizes(height: number, count: number, above: boolean): CSSProperties {
  const row = Math.min(ROW_MOST_PX, Math.max(ROW_LEAST_PX, Math.floor(height / count) - 4));
  const bar = Math.max(8, Math.min(24, Math.round((above ? row - 20 : row * 0.62) - 2)));
  return { "--row": `${row}px`, "--bar": `${bar}px` } as CSSProperties;
}

/** Whether there are more bars than have room: the keyboard has to reach what scrolls. */
const scrolls = (count: number, standing: boolean, { width, height }: Size): boolean =>
  standing
    ? count * STANDING_LEAST_PX > width - 2 * PADDING_PX
    : count * (ROW_LEAST_PX + ROW_GAP_PX) > height - PADDING_PX;

function BarGauge({ panel, frames, options, size, theme }: PanelProps<BarGaugeOptions>) {
  const { colors } = useDashboardScope();
  const all = panelValues(frames, panel, options.reduce, colors, theme);
  const standing = isStanding(options.orientation, all.length, size);
  const roomy = size.height / all.length >= NAME_ABOVE.height && size.width < NAME_ABOVE.width;
  const above = options.names === "top" || (options.names === "auto" && roomy);
  const lying = `${styles.lying} ${above ? styles.above : styles.beside}`;
  return (
    <ul
      className={standing ? styles.standing : lying}
      style={standing ? {} : rowSizes(size.height, all.length, above)}
      {...(scrolls(all.length, standing, size) ? { tabIndex: 0, "aria-label": panel.title } : {})}
    >
      {all.map((one, at) => (
        <li key={`${one.name}-${at}`} className={styles.item} title={`${one.name}: ${one.text}`}>
          {options.names !== "hidden" && <span className={styles.name}>{one.name}</span>}
          <Bar one={one} options={options} standing={standing} theme={theme} />
          <Amount one={one} mode={options.valueMode} />
          <LinkCover subject={subjectOf(one.source, one.value)} />
        </li>
      ))}
    </ul>
  );
}

export const bargauge: PanelModule<BarGaugeOptions> = {
  parseOptions,
  Component: BarGauge,
  toTable: valuesTable,
};
