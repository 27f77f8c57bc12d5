/** Gauge: a value on an arc, its thresholds as a thin ring outside. */

import { arcPath } from "../charts/arc";
import { absoluteSteps } from "../model/thresholds";
import { resolveColor, type ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { writeValue } from "../model/field";
import { asObject, asTexts } from "../model/json";
import { reduce } from "../model/reduce";
import { seriesTable } from "../query/table";
import type { Size } from "../components/measure";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { nameFrames, valueBounds, valueColor, type NamedSeries } from "./series";
import styles from "./gauge.module.css";

interface GaugeOptions {
  calc: string;
  markers: boolean;
}

const parseOptions = ({ options }: Panel): GaugeOptions => ({
  calc: asTexts(asObject(options.reduceOptions).calcs)[0] ?? "lastNotNull",
  markers: options.showThresholdMarkers !== false,
});

/** The arc is drawn in a box of this size and scaled; its centre lies low, since the foot is open. */
const BOX = { width: 200, height: 146, cx: 100, cy: 98, radius: 74 };
/** The arc runs from lower left over the top to lower right. */
const SWEEP = 0.64;
const [FROM, TO] = [-SWEEP / 2, SWEEP / 2];

interface DialProps {
  one: NamedSeries;
  options: GaugeOptions;
  named: boolean;
  theme: ThemeName;
}

function Dial({ one, options, named, theme }: DialProps) {
  const value = reduce(options.calc, one.series.values);
  const bounds = valueBounds(one.field, one.series.values);
  const [min, max] = bounds;
  const share = (at: number): number =>
    FROM + SWEEP * Math.min(1, Math.max(0, (at - min) / (max - min || 1)));
  const color = valueColor(one.field, value, one.color, theme, bounds);
  const { prefix = "", text, suffix } = writeValue(one.field, value);
  const steps = absoluteSteps(one.field.thresholds, min, max);
  const whole = prefix + text + suffix;
  return (
    <div className={styles.dial}>
      <svg viewBox={`0 0 ${BOX.width} ${BOX.height}`} role="img" aria-label={`${one.name}: ${whole}`}>
        <path d={arcPath(BOX.cx, BOX.cy, BOX.radius, FROM, TO)} className={styles.track} />
        {!Number.isNaN(value) && share(value) > FROM && (
          <path
            d={arcPath(BOX.cx, BOX.cy, BOX.radius, FROM, share(value))}
            className={styles.arc}
            stroke={color}
          />
        )}
        {options.markers &&
          steps.map((step, at) => (
            <path
              key={step.value}
              d={arcPath(
                BOX.cx,
                BOX.cy,
                BOX.radius + 14,
                share(step.value) + (at > 0 ? 0.004 : 0),
                share(steps[at + 1]?.value ?? max),
              )}
              className={styles.marker}
              stroke={resolveColor(step.color, theme)}
            />
          ))}
        <text
          x={BOX.cx}
          y={BOX.cy + 8}
          className={styles.number}
          fontSize={Math.min(38, 210 / Math.max(4, whole.length))}
        >
          {prefix + text}
          <tspan className={styles.unit}>{suffix}</tspan>
        </text>
      </svg>
      {named && (
        <div className={styles.name} title={one.name}>
          {one.name}
        </div>
      )}
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
  const all = nameFrames(frames, panel, colors, theme);
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

export const gauge: PanelModule<GaugeOptions> = { parseOptions, Component: Gauge, toTable: seriesTable };
