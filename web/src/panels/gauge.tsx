/** Gauge: a value on an arc, its thresholds as a thin ring outside. */

import { arcPath } from "../charts/arc";
import { pointAt } from "../charts/svg/slice";
import type { Size } from "../components/measure";
import { LinkCover } from "../links/Linked";
import { resolveColor, type ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { writeText } from "../model/field";
import { absoluteSteps } from "../model/thresholds";
import { subjectOf } from "./series";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { panelValues, parseReduce, valuesTable, type PanelValue, type ReduceOptions } from "./values";
import styles from "./gauge.module.css";

interface GaugeOptions {
  reduce: ReduceOptions;
  markers: boolean;
  /** Write the thresholds beside their places. */
  labels: boolean;
}

const parseOptions = ({ options }: Panel): GaugeOptions => ({
  reduce: parseReduce(options),
  markers: options.showThresholdMarkers !== false,
  labels: options.showThresholdLabels === true,
});

/** The arc is drawn in a box of this size and scaled; its centre lies low, since the foot is open. */
const BOX = { width: 200, height: 146, cx: 100, cy: 98, radius: 74 };
/** The arc runs from lower left over the top to lower right. */
const SWEEP = 0.64;
const [FROM, TO] = [-SWEEP / 2, SWEEP / 2];
const [MARKER_PX, LABEL_PX] = [14, 21];

interface DialProps {
  one: PanelValue;
  options: GaugeOptions;
  named: boolean;
  theme: ThemeName;
}

type Turn = (value: number) => number;

/** Words end at the ring on its left, and begin there on its right. */
const anchorAt = (x: number): "start" | "middle" | "end" =>
  Math.abs(x - BOX.cx) < 24 ? "middle" : x < BOX.cx ? "end" : "start";

/** More room at the sides and above, where words stand beside the ring. */
const LABELLED = `-40 -10 ${BOX.width + 80} ${BOX.height + 10}`;

/** The thresholds as a thin ring outside of the arc, with their numbers beside it. */
function Markers({ one, options, turn, theme }: Omit<DialProps, "named"> & { turn: Turn }) {
  const [min, max] = one.bounds;
  const steps = absoluteSteps(one.field.thresholds, min, max);
  const radius = BOX.radius + MARKER_PX;
  return steps.map(({ value, color }, at) => {
    const from = turn(value) + (at > 0 ? 0.004 : 0);
    const [x, y] = pointAt(BOX, BOX.radius + LABEL_PX, turn(value));
    return (
      <g key={value}>
        {options.markers && (
          <path
            d={arcPath(BOX.cx, BOX.cy, radius, from, turn(steps[at + 1]?.value ?? max))}
            className={styles.marker}
            stroke={resolveColor(color, theme)}
          />
        )}
        {options.labels && value > min && value < max && (
          <text x={x} y={y} className={styles.limit} style={{ textAnchor: anchorAt(x) }}>
            {writeText({ ...one.field, mappings: [] }, value)}
          </text>
        )}
      </g>
    );
  });
}

function Dial({ one, options, named, theme }: DialProps) {
  const [min, max] = one.bounds;
  const turn: Turn = (value) => FROM + SWEEP * Math.min(1, Math.max(0, (value - min) / (max - min)));
  const { prefix = "", text, suffix } = one.written;
  return (
    <div className={styles.dial}>
      <svg
        viewBox={options.labels ? LABELLED : `0 0 ${BOX.width} ${BOX.height}`}
        role="img"
        aria-label={`${one.name}: ${one.text}`}
      >
        <path d={arcPath(BOX.cx, BOX.cy, BOX.radius, FROM, TO)} className={styles.track} />
        {!Number.isNaN(one.value) && turn(one.value) > FROM && (
          <path
            d={arcPath(BOX.cx, BOX.cy, BOX.radius, FROM, turn(one.value))}
            className={styles.arc}
            stroke={one.color}
          />
        )}
        {(options.markers || options.labels) && (
          <Markers one={one} options={options} turn={turn} theme={theme} />
        )}
        <text
          x={BOX.cx}
          y={BOX.cy + 8}
          className={styles.number}
          fontSize={Math.min(38, 210 / Math.max(4, one.text.length))}
        >
          {prefix + text}
          <tspan className={styles.unit}>{suffix.replace(/^ /, "\u00a0")}</tspan>
        </text>
      </svg>
      {named && (
        <div className={styles.name} title={one.name}>
          {one.name}
        </div>
      )}
      <LinkCover subject={subjectOf(one.source, one.value)} />
    </div>
  );
}

function columnsFor(count: number, { width, height }: Size): number {
  const ratio = BOX.width / BOX.height;
  const fits = (columns: number): number =>
    Math.min(width / columns / ratio, height / Math.ceil(count / columns));
  const choices = Array.from({ length: count }, (_, at) => at + 1);
  return choices.reduce((best, columns) => (fits(columns) > fits(best) ? columns : best), 1);
}

function Gauge({ panel, frames, options, size, theme }: PanelProps<GaugeOptions>) {
  const { colors } = useDashboardScope();
  const all = panelValues(frames, panel, options.reduce, colors, theme);
  return (
    <div
      className={styles.gauge}
      style={{ gridTemplateColumns: `repeat(${columnsFor(all.length, size)}, minmax(0, 1fr))` }}
    >
      {all.map((one, at) => (
        <Dial key={`${one.name}-${at}`} one={one} options={options} named={all.length > 1} theme={theme} />
      ))}
    </div>
  );
}

export const gauge: PanelModule<GaugeOptions> = { parseOptions, Component: Gauge, toTable: valuesTable };
