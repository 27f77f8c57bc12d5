/** Stat: one big number a series, its sparkline below. */

import { LinkCover } from "../links/Linked";
import { fade, type ThemeName } from "../model/colors";
import type { Panel } from "../model/dashboard";
import { fieldOfCalc, writeValue, type FieldConfig } from "../model/field";
import { asText, oneOf } from "../model/json";
import { areaPath, linePath } from "../charts/spark";
import { seriesTable } from "../query/table";
import { hasLinks } from "../links/subjects";
import { resolveColor } from "../model/colors";
import type { Size } from "../components/measure";
import { useDashboardScope, type PanelModule, type PanelProps } from "./module";
import { isTelling, nameFrames, subjectOf, valueColor, type NamedSeries } from "./series";
import { takesField, textValues, type TextValue } from "./texts";
import { parseReduce, readings, type Reading, type ReduceOptions } from "./values";
import { Change, changeMeaning, writeChange } from "./change";
import styles from "./stat.module.css";

interface StatOptions {
  reduce: ReduceOptions;
  colorMode: "value" | "background" | "none";
  spark: boolean;
  textMode: "auto" | "value" | "value_and_name" | "name" | "none";
  change: ReturnType<typeof changeMeaning>;
}

function parseOptions(panel: Panel): StatOptions {
  const { colorMode, graphMode, textMode } = panel.options;
  return {
    reduce: parseReduce(panel.options),
    colorMode: oneOf(asText(colorMode)?.replace("background_solid", "background"), [
      "value",
      "background",
      "none",
    ]),
    spark: graphMode !== "none",
    textMode: oneOf(textMode, ["auto", "value", "value_and_name", "name", "none"]),
    change: changeMeaning(panel),
  };
}

/** Share of the width that one character of a digit takes, at font size 1. */
const CHARACTER = 0.58;
const [SMALLEST_PX, LARGEST_PX] = [12, 34];

/** Beside its name a number is no larger than this, */
const BESIDE_PX = 16;
/** and a value no lower: more of them scroll. */
const LEAST_PX = 24;
/** Share of the width that a number has beside its name, with its air. */
const BESIDE_SHARE = 0.7;

/** Narrower than this, values do not stand side by side. */
const COLUMN_PX = 110;

/** Below this height a name stands beside its number. */
const STACKED_PX = 46;

/** Below this height there is no room for a change beneath the number. */
const CHANGE_FROM_PX = 64;

/** The font size at which the text fits the box. */
function fitText(length: number, { width, height }: Size, largest = LARGEST_PX): number {
  const size = Math.min((width - 24) / (Math.max(3, length) * CHARACTER), height * 0.46);
  return Math.round(Math.max(SMALLEST_PX, Math.min(largest, size)));
}

function Spark({
  values,
  color,
  size,
  min,
}: {
  values: Float64Array;
  color: string;
  size: Size;
  min: number | undefined;
}) {
  const line = linePath(values, size.width, size.height, min);
  if (line === "") return null;
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${size.width} ${size.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={areaPath(values, size.width, size.height, min)} fill={fade(color, 0.16)} />
      <path
        d={line}
        fill="none"
        stroke={color}
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

interface ValueProps {
  reading: Reading<NamedSeries>;
  options: StatOptions;
  size: Size;
  named: boolean;
  /** It is the only one. */
  alone: boolean;
  theme: ThemeName;
}

function Value({ reading, options, size, named, alone, theme }: ValueProps) {
  const { source: one, name, calc, value } = reading;
  const text = writeValue(fieldOfCalc(one.field, calc), value);
  const mapped = text.color === undefined ? undefined : resolveColor(text.color, theme);
  const color = mapped ?? valueColor(one.field, value, one.color, theme, one.range);
  const nameOnly = options.textMode === "name";
  const whole = nameOnly ? name : `${text.prefix ?? ""}${text.text}${text.suffix}`;
  const beside = named && size.height < STACKED_PX;
  const fontSize = beside
    ? fitText(whole.length, { width: size.width * BESIDE_SHARE, height: Infinity }, BESIDE_PX)
    : fitText(whole.length, size);
  const sparkHeight = Math.round(Math.min(44, size.height * 0.42));
  const spark = options.spark && !options.reduce.every && one.series.values.length > 1 && size.height >= 56;
  const change =
    options.change === undefined || size.height < CHANGE_FROM_PX
      ? undefined
      : writeChange(one.field, one.series.values);
  const place = beside ? styles.beside : alone && !spark ? styles.centred : styles.value;
  const known = mapped !== undefined || !Number.isNaN(value);
  const tinted = options.colorMode === "background" && known;
  const colored = options.colorMode === "value" && known && !isPlain(one.field) ? color : mapped;
  return (
    <div
      className={`${place} ${tinted ? styles.tinted : ""}`}
      style={tinted ? { background: fade(color, 0.2) } : {}}
    >
      {named && (
        <div className={styles.name} title={name}>
          {name}
        </div>
      )}
      {options.textMode !== "none" && (
        <div
          className={styles.number}
          style={{
            fontSize,
            color: tinted ? undefined : colored,
          }}
          title={whole}
        >
          {nameOnly ? (
            name
          ) : (
            <>
              {text.prefix}
              {text.text}
              <span className={styles.unit}>{text.suffix}</span>
            </>
          )}
        </div>
      )}
      {change !== undefined && <Change written={change} meaning={options.change!} theme={theme} />}
      {spark && (
        <Spark
          values={one.series.values}
          color={color}
          size={{ width: size.width, height: sparkHeight }}
          min={one.field.min}
        />
      )}
      <LinkCover subject={subjectOf(one, value)} />
    </div>
  );
}

/** Numbers whose colour tells nothing stay in the text colour; their sparkline has the series' own. */
const isPlain = (field: FieldConfig): boolean => !isTelling(field) && field.color.mode !== "fixed";

function textSubject({ name, field, text }: { name: string; field: FieldConfig; text: string }) {
  if (!hasLinks(field)) return undefined;
  return { name, refId: "", field, labels: {}, value: NaN, text, timeMs: NaN };
}

/** Texts in place of numbers: a version, a state. */
function Texts({
  values,
  options,
  size,
  theme,
}: { values: readonly TextValue[] } & Omit<ValueProps, "reading" | "named" | "alone">) {
  const each = { width: size.width, height: size.height / values.length };
  return (
    <div className={styles.stat} style={{ gridTemplateColumns: "minmax(0, 1fr)" }}>
      {values.map(({ name, field, written: { text, color } }, at) => {
        const base = field.color.mode === "thresholds" ? field.thresholds.steps[0]?.color : undefined;
        const named = color ?? (options.colorMode === "value" ? base : undefined);
        const shown = options.textMode === "name" ? name : text;
        return (
          <div key={at} className={styles.value}>
            {options.textMode === "value_and_name" && <div className={styles.name}>{name}</div>}
            <div
              className={styles.number}
              style={{
                fontSize: fitText(shown.length, each),
                color: named === undefined ? undefined : resolveColor(named, theme),
              }}
              title={shown}
            >
              {shown}
            </div>
            <LinkCover subject={textSubject({ name, field, text })} />
          </div>
        );
      })}
    </div>
  );
}

/** Side by side where the panel is wide, else below one another; never lower than can be read. */
export function arrange(
  count: number,
  { width, height }: Size,
): { columns: number; rows: number; cell: Size } {
  const wide = width > height * 1.6 || count * LEAST_PX > height;
  const rows = Math.ceil(count / (wide ? Math.max(1, Math.floor(width / COLUMN_PX)) : 1));
  const columns = Math.ceil(count / rows); // four where three have room: two and two
  return { columns, rows, cell: { width: width / columns, height: Math.max(LEAST_PX, height / rows) } };
}

function Stat({ panel, frames, tables, options, size, theme }: PanelProps<StatOptions>) {
  const { colors } = useDashboardScope();
  const texts = textValues(tables ?? [], panel);
  if (texts.length > 0) return <Texts values={texts} options={options} size={size} theme={theme} />;
  const found = nameFrames(frames, panel, colors, theme);
  const chosen = found.filter(({ name }) => takesField(panel.options, name));
  const all = readings(chosen.length > 0 ? chosen : found, options.reduce);
  const { columns, rows, cell } = arrange(all.length, size);
  const named = options.textMode === "value_and_name" || (options.textMode === "auto" && all.length > 1);
  return (
    <div
      className={styles.stat}
      style={{
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        gridAutoRows: `minmax(${LEAST_PX}px, 1fr)`,
      }}
      {...(rows * LEAST_PX > size.height ? { tabIndex: 0, role: "group", "aria-label": panel.title } : {})}
    >
      {all.map((one, at) => (
        <Value
          key={`${one.name}-${at}`}
          reading={one}
          options={options}
          size={cell}
          named={named}
          alone={all.length === 1}
          theme={theme}
        />
      ))}
    </div>
  );
}

export const stat: PanelModule<StatOptions> = { parseOptions, Component: Stat, toTable: seriesTable };
