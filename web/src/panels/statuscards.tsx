/** Status cards, our own type: a card a series with a word, a shape, a colour and the value behind them. */

import { inkOn } from "../charts/ramp";
import { STATUS_SHAPES, STATUS_WORDS, statusOf, type Status } from "../charts/status";
import { fade } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { writeValue } from "../model/field";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import {
  joinWritten,
  panelValues,
  parseReduce,
  valuesTable,
  type PanelValue,
  type ReduceOptions,
} from "./values";
import styles from "./statuscards.module.css";

interface CardOptions {
  reduce: ReduceOptions;
  /** Whether the number stands beside the word. */
  value: boolean;
}

const parseOptions = ({ options }: Panel): CardOptions => ({
  reduce: parseReduce(options),
  value: options.showValue !== false,
});

function Shape({ status, color }: { status: Status; color: string }) {
  const { body, sign } = STATUS_SHAPES[status];
  return (
    <svg className={styles.shape} viewBox="0 0 20 20" aria-hidden="true">
      <path d={body} fill={color} />
      <path
        d={sign}
        fill="none"
        stroke={inkOn(color)}
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

const UNITLESS = [undefined, "none", "short"];

/** The word is what a mapping says of the value, else what its colour means. */
function Card({ one, options }: { one: PanelValue; options: CardOptions }) {
  const { field, value, color, name } = one;
  const mapped = field.mappings.some(({ holds }) => holds(value));
  const known = one.telling && (mapped || !Number.isNaN(value));
  const status = known ? statusOf(color) : "none";
  const number = joinWritten(writeValue({ ...field, mappings: [] }, value));
  const quiet = mapped && UNITLESS.includes(field.unit);
  return (
    <li className={styles.card} style={{ borderColor: fade(color, 0.45), background: fade(color, 0.09) }}>
      <Shape status={status} color={color} />
      <span className={styles.words}>
        <span className={styles.name} title={name}>
          {name}
        </span>
        <span className={styles.word}>{mapped ? one.text : STATUS_WORDS[status]}</span>
      </span>
      {options.value && !quiet && <span className={styles.value}>{number}</span>}
    </li>
  );
}

function StatusCards({ panel, frames, options, theme }: PanelProps<CardOptions>) {
  const { colors } = useDashboardScope();
  const all = panelValues(frames, panel, options.reduce, colors, theme);
  return (
    <ul className={styles.cards} tabIndex={0} aria-label={panel.title}>
      {all.map((one, at) => (
        <Card key={`${one.name}-${at}`} one={one} options={options} />
      ))}
    </ul>
  );
}

export const statusCards: PanelModule<CardOptions> = {
  parseOptions,
  Component: StatusCards,
  toTable: valuesTable,
};
