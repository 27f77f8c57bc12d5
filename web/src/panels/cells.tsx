/** How a table's cells are drawn: as text, in colour, on a bar, as JSON, with a link. */

import { linePath } from "../charts/spark";
import { fade, resolveColor, shade, type ThemeName } from "../model/colors";
import { writeAny, type FieldConfig } from "../model/field";
import { asFloat, type DataFrame, type Value } from "../model/frame";
import { asObject, asText } from "../model/json";
import { safeUrl } from "../model/links";
import { plainText, textOf } from "./grid";
import { colorOfValue } from "./values";
import styles from "./table.module.css";

/** The kind of a cell; Grafana's older `displayMode` says the same as `cellOptions`. */
export function cellKind({ custom }: FieldConfig): string {
  return asText(asObject(custom.cellOptions).type) ?? asText(custom.displayMode) ?? "auto";
}

export interface CellProps {
  value: Value;
  field: FieldConfig;
  /** Of the bar in a cell. */
  bounds: [number, number];
  /** In which colours by value are measured. */
  range: [number, number];
  theme: ThemeName;
}

/** The colour of a value: by mapping, its place in the range, or threshold. */
export function cellColor({ value, field, range, theme }: CellProps): string {
  const mapped = writeAny(field, value).color;
  if (mapped !== undefined) return resolveColor(mapped, theme);
  const own = resolveColor(field.color.fixedColor ?? "accent", theme);
  return typeof value === "number" ? colorOfValue(field, value, range, own, theme) : own;
}

/** Small text on a tint of its own colour: a step darker on light, or it cannot be read. */
const onTint = (color: string, theme: ThemeName): string => (theme === "light" ? shade(color, -0.15) : color);

function Badge(props: CellProps) {
  const color = cellColor(props);
  return (
    <span
      className={styles.badge}
      style={{ background: fade(color, 0.16), color: onTint(color, props.theme) }}
    >
      {textOf(props.value, props.field)}
    </span>
  );
}

function Gauge(props: CellProps) {
  const { value, field, bounds } = props;
  const share = Math.min(1, Math.max(0, (asFloat(value) - bounds[0]) / (bounds[1] - bounds[0] || 1))) || 0;
  const shown = asObject(field.custom.cellOptions).valueDisplayMode !== "hidden";
  return (
    <span className={styles.gauge}>
      <span className={styles.track}>
        <span className={styles.bar} style={{ width: `${share * 100}%`, background: cellColor(props) }} />
      </span>
      {shown && <span className={styles.amount}>{textOf(value, field)}</span>}
    </span>
  );
}

const SPARK = { width: 120, height: 22 };

function Spark({ frame, color }: { frame: DataFrame; color: string }) {
  const values = frame.fields.find(({ type }) => type === "number")?.values ?? [];
  const line = linePath(Float64Array.from(values, asFloat), SPARK.width, SPARK.height);
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
      role="img"
      aria-label="Course"
    >
      <path d={line} fill="none" stroke={color} strokeWidth="1.5" />
    </svg>
  );
}

/** Pictures are not loaded: their address is a link. */
function Picture({ value }: { value: Value }) {
  const url = safeUrl(plainText(value));
  if (url === undefined) return plainText(value);
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {url}
    </a>
  );
}

const isFrame = (value: Value): value is DataFrame => typeof value === "object" && value !== null;

/** What a cell shows inside of its column's kind. */
export function CellContent(props: CellProps) {
  const { value, field } = props;
  if (isFrame(value)) return <Spark frame={value} color={cellColor(props)} />;
  const kind = cellKind(field);
  if ((kind === "basic" || kind.includes("gauge")) && typeof value === "number") return <Gauge {...props} />;
  if (kind.startsWith("color-background") || kind === "pill") return <Badge {...props} />;
  const text = textOf(value, field);
  if (kind === "color-text") return <span style={{ color: cellColor(props) }}>{text}</span>;
  if (kind === "json-view") return <code className={styles.json}>{text}</code>;
  return kind === "image" ? <Picture value={value} /> : text;
}
