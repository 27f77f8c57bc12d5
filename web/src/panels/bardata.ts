/** What a bar chart shows: categories with their series, from a table's rows, from times, or from latest values. */

import { timeMarks } from "../charts/scales";
import { slotColor, type ColorRegistry, type ThemeName } from "../model/colors";
import type { Subject } from "../links/datalinks";
import { hasLinks } from "../links/subjects";
import type { Panel } from "../model/dashboard";
import type { FieldConfig } from "../model/field";
import type { DataFrame } from "../model/frame";
import { reduce } from "../model/reduce";
import { formatTime } from "../model/timerange";
import type { PanelFrame } from "../query/panel";
import type { TableData } from "../query/table";
import { nameFrames, subjectOf } from "./series";
import { table as tablePanel } from "./table";

export interface BarSeries {
  id: string;
  name: string;
  color: string;
  field: FieldConfig;
  /** [C] */
  values: number[];
  /** What the links of the value of a category are about; undefined where it has none. */
  subject: (category: number) => Subject | undefined;
}

export interface BarData {
  /** [C] as the axis writes them. */
  categories: string[];
  /** [C] as the tooltip writes them. */
  titles: string[];
  isTime: boolean;
  series: BarSeries[];
}

export interface BarSource {
  frames: readonly PanelFrame[];
  panel: Panel;
  /** The same as tables, where somebody made them. */
  tables: readonly DataFrame[] | undefined;
  /** Column or label that names categories. */
  xField: string | undefined;
  colors: ColorRegistry;
  theme: ThemeName;
}

/** More bars than this are no longer told apart. */
const MOST_CATEGORIES = 300;

/** A category a time. */
function fromTimes({ frames, panel, colors, theme }: BarSource): BarData {
  const times = [...(frames[0]?.times ?? [])];
  return {
    categories: timeMarks(times, times[1]! - times[0]!),
    titles: times.map(formatTime),
    isTime: true,
    series: nameFrames(frames, panel, colors, theme).map((one, at) => ({
      id: `${at} ${one.name}`,
      name: one.name,
      color: one.color,
      field: one.field,
      values: [...one.series.values],
      subject: (category) => subjectOf(one, one.series.values[category]!, category),
    })),
  };
}

/** A category a series, by its latest value. */
function fromLatest({ frames, panel, colors, theme }: BarSource): BarData {
  const named = nameFrames(frames, panel, colors, theme).slice(0, MOST_CATEGORIES);
  const names = named.map(({ name }) => name);
  const [slot = 0] = colors.assign([panel.title]);
  const values = named.map((one) => reduce("lastNotNull", one.series.values));
  const series: BarSeries = {
    id: "value",
    name: panel.title,
    color: slotColor(slot, theme).color,
    field: named[0]?.field ?? panel.fields.defaults,
    values,
    subject: (category) => subjectOf(named[category]!, values[category]!),
  };
  return { categories: names, titles: names, isTime: false, series: [series] };
}

/** The column that names rows: the one asked for, else the text that tells most rows apart. */
function nameColumn({ columns, rows }: TableData, xField: string | undefined): number {
  const asked = columns.findIndex(({ name }) => name === xField);
  if (asked >= 0) return asked;
  const distinct = (at: number): number => new Set(rows.map((row) => row[at])).size;
  return columns
    .flatMap(({ name, numeric }, at) => (numeric || name === "Time" ? [] : [at]))
    .reduce((best, at) => (best < 0 || distinct(at) > distinct(best) ? at : best), -1);
}

/** A category a row, a series a column of numbers. */
function fromTable(source: BarSource): BarData | undefined {
  const { frames, panel, tables, xField, colors, theme } = source;
  const table = tablePanel.toTable([...frames], panel, tables);
  const x = nameColumn(table, xField);
  if (x < 0) return undefined;
  const rows = table.rows.slice(0, MOST_CATEGORIES);
  const categories = rows.map((row) => String(row[x]));
  const numbers = table.columns.flatMap(({ numeric }, at) => (numeric && at !== x ? [at] : []));
  const slots = colors.assign(numbers.map((at) => table.columns[at]!.name));
  const series = numbers.map((at, index): BarSeries => {
    const { name, field } = table.columns[at]!;
    const color = slotColor(slots[index]!, theme).color;
    const values = rows.map((row) => Number(row[at]));
    const shown = field.displayName ?? name;
    const subject = (category: number): Subject | undefined => {
      if (!hasLinks(field)) return undefined;
      const row = Object.fromEntries(
        table.columns.map((column, place) => [column.name, String(rows[category]![place])]),
      );
      return { name: shown, refId: "", field, labels: {}, value: values[category]!, timeMs: NaN, row };
    };
    return { id: `${at} ${name}`, name: shown, color, field, values, subject };
  });
  return { categories, titles: categories, isTime: false, series };
}

/** Which of the three a panel means: named or joined rows are a table, samples over time are times. */
export function barData(source: BarSource): BarData {
  const { frames, panel, xField } = source;
  const single = frames.every(({ times }) => times.length <= 1);
  const named = xField !== undefined && xField !== "Time";
  const several = single && frames.length > 1;
  const worked = single && panel.transformations.length > 0;
  const table = named || several || worked ? fromTable(source) : undefined;
  return table ?? (single ? fromLatest(source) : fromTimes(source));
}
