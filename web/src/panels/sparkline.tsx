/** Sparklines, our own type: a row a series with its name, its course and its value. */

import { areaPath, linePath } from "../charts/spark";
import { fade } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { seriesTable } from "../query/table";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { panelValues, parseReduce, type PanelValue, type ReduceOptions } from "./values";
import styles from "./sparkline.module.css";

interface SparklineOptions {
  reduce: ReduceOptions;
  fill: boolean;
}

/** A course stands for its series, once. */
const oneOfEach = (reduce: ReduceOptions): ReduceOptions => ({
  ...reduce,
  calcs: reduce.calcs.slice(0, 1),
  every: false,
});

const parseOptions = ({ options }: Panel): SparklineOptions => ({
  reduce: oneOfEach(parseReduce(options)),
  fill: options.fill !== false,
});

const VIEW_WIDTH = 400;
const [ROW_LEAST_PX, ROW_MOST_PX, AIR_PX] = [26, 64, 6];

function Course({ one, height, fill }: { one: PanelValue; height: number; fill: boolean }) {
  const { values } = one.source.series;
  const { min } = one.field;
  return (
    <svg
      className={styles.course}
      viewBox={`0 0 ${VIEW_WIDTH} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {fill && <path d={areaPath(values, VIEW_WIDTH, height, min)} fill={fade(one.color, 0.16)} />}
      <path
        d={linePath(values, VIEW_WIDTH, height, min)}
        fill="none"
        stroke={one.color}
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

function Sparkline({ panel, frames, options, size, theme }: PanelProps<SparklineOptions>) {
  const { colors } = useDashboardScope();
  const all = panelValues(frames, panel, options.reduce, colors, theme);
  const room = Math.floor(size.height / Math.max(1, all.length)) - 2;
  const height = Math.max(ROW_LEAST_PX, all.length === 1 ? room : Math.min(ROW_MOST_PX, room));
  return (
    <ul className={styles.list} tabIndex={0} aria-label={panel.title}>
      {all.map((one, at) => (
        <li key={`${one.name}-${at}`} className={styles.row} style={{ height }}>
          {all.length > 1 && (
            <span className={styles.name} title={one.name}>
              {one.name}
            </span>
          )}
          <Course one={one} height={height - AIR_PX} fill={options.fill} />
          <span className={styles.value}>{one.text}</span>
        </li>
      ))}
    </ul>
  );
}

export const sparkline: PanelModule<SparklineOptions> = {
  parseOptions,
  Component: Sparkline,
  toTable: seriesTable,
};
