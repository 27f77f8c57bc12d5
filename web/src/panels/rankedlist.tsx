/** Ranked list, our own type: values by size, each with its bar and its share of the whole. */

import type { Panel } from "../model/dashboard";
import { asNumber } from "../model/json";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { panelValues, parseReduce, sharesOf, sharesTable, writeShare, type ReduceOptions } from "./values";
import styles from "./rankedlist.module.css";

interface RankOptions {
  reduce: ReduceOptions;
  ascending: boolean;
  most: number;
  share: boolean;
}

const MOST = 100;

const parseOptions = ({ options }: Panel): RankOptions => ({
  reduce: parseReduce(options),
  ascending: options.order === "asc",
  most: asNumber(options.limit) ?? MOST,
  share: options.showShare !== false,
});

/** Values by size, absent ones last, each with its share of all of them. */
export function rank<T extends { value: number }>(
  values: readonly T[],
  ascending: boolean,
): (T & { share: number })[] {
  const shares = sharesOf(values.map(({ value }) => value));
  const sign = ascending ? 1 : -1;
  const absent = ({ value }: T): number => Number(Number.isNaN(value));
  return values
    .map((one, at) => ({ ...one, share: shares[at]! }))
    .sort((a, b) => absent(a) - absent(b) || sign * (a.value - b.value) || 0);
}

const SHARES_FROM_PX = 260;

function RankedList({ panel, frames, options, size, theme }: PanelProps<RankOptions>) {
  const { colors } = useDashboardScope();
  const all = rank(panelValues(frames, panel, options.reduce, colors, theme), options.ascending);
  const shown = all.slice(0, options.most);
  const most = all.reduce((high, { value }) => (Number.isFinite(value) ? Math.max(high, value) : high), 0);
  const widthOf = (value: number): string => `${most > 0 && value > 0 ? (value / most) * 100 : 0}%`;
  const shares = options.share && size.width >= SHARES_FROM_PX;
  return (
    <ol className={styles.list} tabIndex={0} aria-label={panel.title}>
      {shown.map((one, at) => (
        <li key={`${one.name}-${at}`} className={shares ? styles.row : styles.narrow}>
          <span className={styles.rank}>{at + 1}</span>
          <span className={styles.name} title={one.name}>
            {one.name}
          </span>
          <span className={styles.value}>{one.text}</span>
          {shares && <span className={styles.share}>{writeShare(one.share)}</span>}
          <span className={styles.track}>
            <span className={styles.bar} style={{ width: widthOf(one.value), background: one.color }} />
          </span>
        </li>
      ))}
      {all.length > shown.length && <li className={styles.more}>+{all.length - shown.length} more</li>}
    </ol>
  );
}

export const rankedList: PanelModule<RankOptions> = {
  parseOptions,
  Component: RankedList,
  toTable: sharesTable,
};
