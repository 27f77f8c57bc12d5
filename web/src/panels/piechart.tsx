/** Pie chart: shares of a whole as a pie or a ring, with names, values and percent in the key. */

import { useMemo, useRef, useState, type MouseEvent, type PointerEvent } from "react";
import { inkOn } from "../charts/ramp";
import { pointAt, slicePath, slices, type Ring } from "../charts/svg/slice";
import { textWidth } from "../charts/svg/plot";
import { hideTooltip, showTooltip } from "../charts/tooltip";
import { useSize, type Size } from "../components/measure";
import { usePick } from "../links/PickBox";
import { hasLinks } from "../links/subjects";
import type { Panel } from "../model/dashboard";
import { writeValue } from "../model/field";
import { asObject, asTexts, oneOf } from "../model/json";
import { Keys, toggleKey } from "./Keys";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { subjectOf } from "./series";
import {
  joinWritten,
  panelValues,
  parseReduce,
  sharesOf,
  sharesTable,
  writeShare,
  type PanelValue,
  type ReduceOptions,
} from "./values";
import layout from "./layout.module.css";
import styles from "./piechart.module.css";

interface PieOptions {
  reduce: ReduceOptions;
  ring: boolean;
  /** What is written on slices: name, value, percent. */
  labels: readonly string[];
  legend: boolean;
  /** `auto`: beside a wide pie, below a narrow one. */
  placement: "auto" | "right" | "bottom";
  /** What is written in the key: value, percent. */
  legendValues: readonly string[];
  tooltip: boolean;
}

function parseOptions({ options }: Panel): PieOptions {
  const legend = asObject(options.legend);
  const values = asTexts(legend.values).filter((word) => word === "value" || word === "percent");
  return {
    reduce: parseReduce(options),
    ring: options.pieType === "donut",
    labels: asTexts(options.displayLabels),
    legend: legend.showLegend !== false && legend.displayMode !== "hidden",
    placement: oneOf(legend.placement, ["auto", "right", "bottom"]),
    legendValues: values.length > 0 ? values : ["value", "percent"],
    tooltip: asObject(options.tooltip).mode !== "none",
  };
}

interface Slice extends PanelValue {
  id: string;
  share: number;
}

/** Names may repeat; a place makes them one of a kind. */
function makeSlices(values: readonly PanelValue[], hidden: ReadonlySet<string>): Slice[] {
  const ids = values.map(({ name }, at) => `${at} ${name}`);
  const shares = sharesOf(values.map(({ value }, at) => (hidden.has(ids[at]!) ? NaN : value)));
  return values.map((one, at) => ({ ...one, id: ids[at]!, share: shares[at]! }));
}

const [MOST_LABEL, LINE_PX] = [16, 13];
/** Smaller discs carry no words at all. */
const WORDS_FROM_PX = 44;

const short = (name: string): string =>
  name.length > MOST_LABEL ? `${name.slice(0, MOST_LABEL - 1)}…` : name;

/** What fits on a slice whose middle is `room` px wide. */
function wordsOn(slice: Slice, labels: readonly string[], room: number): string[] {
  const words = { name: short(slice.name), value: slice.text, percent: writeShare(slice.share) };
  return (["name", "value", "percent"] as const)
    .flatMap((word) => (labels.includes(word) ? [words[word]] : []))
    .filter((word) => textWidth(word) <= room);
}

interface WordsProps {
  slice: Slice;
  ring: Ring;
  middle: number;
  labels: readonly string[];
}

function Words({ slice, ring, middle, labels }: WordsProps) {
  const radius = (ring.outer + Math.max(ring.inner, ring.outer * 0.3)) / 2;
  const along = 2 * Math.PI * radius * slice.share;
  const across = (ring.outer - ring.inner) * 0.95;
  const words = wordsOn(slice, labels, Math.min(along, across));
  const [x, y] = pointAt(ring, radius, middle);
  return words.map((word, line) => (
    <text
      key={word}
      x={x}
      y={y + (line - (words.length - 1) / 2) * LINE_PX}
      className={styles.label}
      fill={inkOn(slice.color)}
    >
      {word}
    </text>
  ));
}

interface DiscProps {
  all: readonly Slice[];
  options: PieOptions;
  size: Size;
  focused: string | undefined;
  label: string;
}

const HOLE = 0.62;

/** The pie itself; it says why where it has no slice. */
export function Disc({ all, options, size, focused, label }: DiscProps) {
  const outer = Math.max(8, Math.min(size.width, size.height) / 2 - 8);
  const ring = { cx: size.width / 2, cy: size.height / 2, outer, inner: options.ring ? outer * HOLE : 0 };
  const turns = slices(all.map(({ share }) => share));
  const hover = (event: PointerEvent<SVGSVGElement>): void => {
    const at = (event.target as Element).getAttribute("data-at");
    const slice = at === null ? undefined : all[Number(at)];
    if (slice === undefined || !options.tooltip) {
      hideTooltip();
      return;
    }
    const rows = [{ name: writeShare(slice.share), value: slice.text, color: slice.color, near: false }];
    showTooltip(event.clientX, event.clientY, { title: slice.name, rows, more: 0 });
  };
  const [box, pick] = usePick();
  const onClick = (event: MouseEvent<SVGSVGElement>): void => {
    const at = (event.target as Element).getAttribute("data-at");
    const slice = at === null ? undefined : all[Number(at)];
    const subject = slice === undefined ? undefined : subjectOf(slice.source, slice.value);
    if (subject !== undefined) pick(event, subject);
  };
  const drawn = all.map((slice, at) => ({ slice, at })).filter(({ slice }) => slice.share > 0);
  return (
    <>
      <svg
        width={size.width}
        height={size.height}
        role="img"
        aria-label={label}
        className={styles.disc}
        onPointerMove={hover}
        onPointerLeave={hideTooltip}
        onClick={onClick}
      >
        {drawn.map(({ slice, at }) => (
          <path
            key={slice.id}
            d={slicePath(ring, ...turns[at]!)}
            fill={slice.color}
            data-at={at}
            className={focused !== undefined && focused !== slice.id ? styles.faded : styles.slice}
            style={hasLinks(slice.field) ? { cursor: "pointer" } : {}}
          />
        ))}
        {outer > WORDS_FROM_PX &&
          drawn.map(({ slice, at }) => (
            <Words
              key={slice.id}
              slice={slice}
              ring={ring}
              middle={(turns[at]![0] + turns[at]![1]) / 2}
              labels={options.labels}
            />
          ))}
        {drawn.length === 0 && all.length > 0 && (
          <text x={ring.cx} y={ring.cy} className={styles.nothing}>
            No value above zero
          </text>
        )}
        {drawn.length > 0 && options.ring && ring.inner > 24 && <Total all={all} ring={ring} />}
      </svg>
      {box}
    </>
  );
}

const CAPTION_FROM_PX = 36;

/** The whole in the middle of a ring. */
function Total({ all, ring }: { all: readonly Slice[]; ring: Ring }) {
  const first = all[0];
  if (first === undefined) return null;
  const total = all.reduce((sum, { value, share }) => sum + (share > 0 ? value : 0), 0);
  const text = joinWritten(writeValue({ ...first.field, mappings: [] }, total));
  const fontSize = Math.max(11, Math.min(26, (ring.inner * 2.6) / Math.max(4, text.length)));
  const captioned = ring.inner > CAPTION_FROM_PX;
  return (
    <g className={styles.total}>
      <text x={ring.cx} y={ring.cy - (captioned ? 4 : 0)} fontSize={fontSize}>
        {text}
      </text>
      {captioned && (
        <text x={ring.cx} y={ring.cy + fontSize * 0.62 + 4} className={styles.caption}>
          total
        </text>
      )}
    </g>
  );
}

/** Smaller than three rows of the grid, a pie needs all the room there is. */
const KEY_FROM = { width: 200, height: 96, below: 170 };

/** Where the key goes; undefined for nowhere. */
export function keyPlace(
  placement: PieOptions["placement"],
  { width, height }: Size,
): "right" | "below" | undefined {
  if (width < KEY_FROM.width || height < KEY_FROM.height) return undefined;
  const wide = width >= height * 1.35;
  if (wide && (placement !== "bottom" || height < KEY_FROM.below + 20)) return "right";
  if (placement === "right" && width >= 300) return "right";
  return height >= KEY_FROM.below ? "below" : undefined;
}

const BOTH_FROM_PX = 300;

function Pie({ panel, frames, options, size, theme }: PanelProps<PieOptions>) {
  const { colors } = useDashboardScope();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string>();
  const values = useMemo(
    () => panelValues(frames, panel, options.reduce, colors, theme),
    [frames, panel, options, colors, theme],
  );
  const all = useMemo(() => makeSlices(values, hidden), [values, hidden]);
  const ids = all.map(({ id }) => id);
  const plot = useRef<HTMLDivElement>(null);
  const room = useSize(plot);
  const place = options.legend ? keyPlace(options.placement, size) : undefined;
  const tight = place === "right" && size.width < BOTH_FROM_PX;
  const words = tight ? options.legendValues.slice(-1) : options.legendValues;
  return (
    <div className={place === "right" ? styles.beside : layout.below}>
      <div ref={plot} className={layout.plot}>
        {room !== undefined && (
          <Disc
            all={all}
            options={options}
            size={room}
            focused={focused}
            label={`Pie chart: ${panel.title}`}
          />
        )}
      </div>
      {place !== undefined && (
        <Keys
          entries={all.map(({ id, name, color, text, share }) => ({
            id,
            name,
            color,
            values: words.map((word) => (word === "value" ? text : writeShare(share))),
          }))}
          headings={words}
          right={place === "right"}
          hidden={hidden}
          onToggle={(id, alone) => setHidden(toggleKey(hidden, id, alone, ids))}
          onFocus={setFocused}
        />
      )}
    </div>
  );
}

export const piechart: PanelModule<PieOptions> = { parseOptions, Component: Pie, toTable: sharesTable };
