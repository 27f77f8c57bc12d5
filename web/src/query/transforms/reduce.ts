/** Transformations that make few values of many. Pure. */

import {
  asFloat,
  guessType,
  isCalled,
  nameOf,
  type DataFrame,
  type Field,
  type Value,
  textOf,
} from "../../model/frame";
import { asNumber, asObject, asText, asTexts, entryOf } from "../../model/json";
import { reduceAny } from "../../model/reduce";
import { column, eachFrame, frameOf, isNumber, numberOf, places, withFields, type Transform } from "./kinds";

const ordinal = (number: number): string => {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  return `${number}${teen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th")}`;
};

/** What Grafana calls the columns of its calculations: later steps and overrides name them so. */
const TITLES: Readonly<Record<string, string>> = {
  lastNotNull: "Last *",
  last: "Last",
  firstNotNull: "First *",
  first: "First",
  min: "Min",
  max: "Max",
  mean: "Mean",
  sum: "Total",
  count: "Count",
  range: "Range",
  delta: "Delta",
  step: "Step",
  diff: "Difference",
  diffperc: "Difference percent",
  logmin: "Min (above zero)",
  allIsZero: "All Zeros",
  allIsNull: "All Nulls",
  changeCount: "Change Count",
  distinctCount: "Distinct Count",
  allValues: "All values",
  uniqueValues: "All unique values",
  median: "Median",
  mode: "Mode",
  variance: "Variance",
  stdDev: "StdDev",
};

/** The title of a calculation's column. */
export const calcTitle = (calc: string): string => {
  const percentile = /^p(\d+)$/.exec(calc);
  return percentile === null ? (entryOf(TITLES, calc) ?? calc) : `${ordinal(Number(percentile[1]))} %`;
};

/** The value of a calculation over a column. */
const calculated = (calc: string, { values }: Field): Value => reduceAny(calc, Array.from(values));

/** A row a series: its name, its labels where wanted, a column a calculation. */
const toRows: Transform = (frames, options) => {
  const calcs = asTexts(options.reducers);
  const fields = frames.flatMap((frame) =>
    frame.fields.filter(({ type }) => type !== "time" || options.includeTimeField === true),
  );
  const labels =
    options.labelsToFields === true
      ? [...new Set(fields.flatMap((field) => Object.keys(field.labels ?? {})))]
      : [];
  const columns = (calcs.length > 0 ? calcs : ["max"]).map((calc) => {
    const values = fields.map((field) => calculated(calc, field));
    return column(calcTitle(calc), guessType(values), values);
  });
  const names = column(
    "Field",
    "string",
    fields.map((field) => (labels.length > 0 ? field.name : nameOf(field))),
  );
  const labelColumns = labels.map((label) =>
    column(
      label,
      "string",
      fields.map((field) => field.labels?.[label] ?? ""),
    ),
  );
  return [frameOf(frames[0]?.refId ?? "", [names, ...labelColumns, ...columns])];
};

/** Every column to one value. */
const toFields = eachFrame((frame, options) => {
  const calcs = asTexts(options.reducers);
  const reduced = frame.fields
    .filter(({ type }) => type !== "time" || options.includeTimeField === true)
    .flatMap((field) =>
      (calcs.length > 0 ? calcs : ["max"]).map((calc): Field => {
        const values = [calculated(calc, field)];
        const shown = calcs.length > 1 ? { shown: `${nameOf(field)} ${calcTitle(calc)}` } : {};
        return { ...field, ...shown, type: guessType(values), values };
      }),
    );
  return { ...withFields(frame, reduced), length: 1 };
});

const reduce: Transform = (frames, options, tell) =>
  options.mode === "reduceFields" ? toFields(frames, options, tell) : toRows(frames, options, tell);

/** Which row of a group is taken whole, by the operation of `groupBy.ts` in Grafana. */
const TAKEN: Readonly<Record<string, number>> = { takefirst: 0, takelast: -1 };

/** Rows that are equal in some columns become one, with calculations over the others. */
const groupBy = eachFrame((frame, options) => {
  const wanted = asObject(options.fields);
  const optionsOf = (field: Field) => asObject(wanted[nameOf(field)] ?? wanted[field.name]);
  const keys = frame.fields.filter((field) => optionsOf(field).operation === "groupby");
  if (keys.length === 0) return frame;
  const groups = new Map<string, number[]>();
  for (const at of places(frame)) {
    const key = JSON.stringify(keys.map(({ values }) => values[at]));
    groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  const rows = [...groups.values()];
  const heads = keys.map((field) => ({ ...field, values: rows.map(([at]) => field.values[at!] ?? null) }));
  const others = frame.fields.filter((field) => !keys.includes(field));
  const isTaking = (field: Field): boolean =>
    entryOf(TAKEN, asText(optionsOf(field).operation) ?? "") !== undefined;
  const taking = frame.fields.find(isTaking);
  const rest = frame.fields.flatMap((field) => {
    const { operation, aggregations } = optionsOf(field);
    const place = entryOf(TAKEN, asText(operation) ?? "");
    if (place !== undefined) {
      if (field !== taking) return [];
      return others.map((one) => ({ ...one, values: rows.map((row) => one.values[row.at(place)!] ?? null) }));
    }
    const calcs = operation === "count" ? ["count"] : operation === "aggregate" ? asTexts(aggregations) : [];
    return calcs.map((calc): Field => {
      const values = rows.map((group) =>
        reduceAny(
          calc,
          group.map((at) => field.values[at]),
        ),
      );
      return {
        ...field,
        name: `${nameOf(field)} (${calc})`,
        shown: `${nameOf(field)} (${calc})`,
        type: guessType(values),
        values,
      };
    });
  });
  return { ...withFields(frame, [...heads, ...rest]), length: rows.length };
});

/** Widths of bins that people read easily. */
const NICE = [1, 2, 2.5, 5, 10];

function binSize(values: readonly number[], count: number): number {
  const [low, high] = values.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  );
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * (NICE.find((step) => step * power >= rough) ?? 10);
}

const USUAL_BINS = 30;
/** A size of bins that a document chose badly must not fill the memory. */
const MOST_BINS = 5000;

const numbersOf = (field: Field): number[] =>
  Array.from(field.values, asFloat).filter((value) => Number.isFinite(value));

/** How many values lie in each of equally wide bins. */
const histogram: Transform = (frames, options) => {
  const fields = frames.flatMap((frame) => frame.fields.filter(isNumber));
  const all = fields.flatMap(numbersOf);
  if (all.length === 0) return [];
  const chosen = asNumber(options.bucketSize) ?? 0;
  const size = chosen > 0 ? chosen : binSize(all, numberOf(options.bucketCount, USUAL_BINS));
  const offset = numberOf(options.bucketOffset, 0);
  const binOf = (value: number): number => Math.floor((value - offset) / size);
  const first = all.reduce((least, value) => Math.min(least, binOf(value)), Infinity);
  const last = Math.min(
    first + MOST_BINS - 1,
    all.reduce((most, value) => Math.max(most, binOf(value)), -Infinity),
  );
  const bins = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const counts = (values: readonly number[]): number[] => {
    const made = bins.map(() => 0);
    for (const value of values) if (binOf(value) <= last) made[binOf(value) - first]! += 1;
    return made;
  };
  const columns =
    options.combine === true
      ? [column("count", "number", counts(all))]
      : fields.map((field): Field => ({
          ...field,
          own: { ...field.own, unit: "short" },
          values: counts(numbersOf(field)),
        }));
  return [
    frameOf(frames[0]!.refId, [
      column(
        "xMin",
        "number",
        bins.map((bin) => offset + bin * size),
      ),
      column(
        "xMax",
        "number",
        bins.map((bin) => offset + (bin + 1) * size),
      ),
      ...columns,
    ]),
  ];
};

/** A small table of times and values for each series, to be drawn in a cell, beside its labels. */
const timeSeriesTable: Transform = (frames, options) => {
  const refs = [...new Set(frames.map(({ refId }) => refId))];
  return refs.flatMap((refId) => {
    const own = frames.filter((frame) => frame.refId === refId);
    const series = own.flatMap((frame) => frame.fields.filter(isNumber).map((field) => ({ frame, field })));
    if (series.length === 0) return own;
    const labels = [...new Set(series.flatMap(({ field }) => Object.keys(field.labels ?? {})))];
    const { stat } = asObject(options[refId]);
    const trends = series.map(({ frame, field }): Value => trendOf(frame, field));
    const name = `Trend #${refId}`;
    return [
      frameOf(refId, [
        ...labels.map((label) =>
          column(
            label,
            "string",
            series.map(({ field }) => field.labels?.[label] ?? ""),
          ),
        ),
        column(name, "other", trends, { own: { custom: { stat: asText(stat) ?? "lastNotNull" } } }),
      ]),
    ];
  });
};

function trendOf(frame: DataFrame, field: Field): DataFrame {
  const times = frame.fields.find(({ type }) => type === "time");
  return frameOf(frame.refId, [...(times === undefined ? [] : [times]), field], nameOf(field));
}

/** What stands in a cell of a matrix that no row fills. */
const EMPTY: Readonly<Record<string, Value>> = { zero: 0, empty: "", true: true, false: false };

/** A row for each value of one column, a column for each value of another. */
const groupingToMatrix = eachFrame((frame, options) => {
  const field = (name: unknown, usual: string): Field | undefined =>
    frame.fields.find((one) => isCalled(one, asText(name) ?? usual));
  const [across, down, cells] = [
    field(options.columnField, "Time"),
    field(options.rowField, "Time"),
    field(options.valueField, "Value"),
  ];
  if (across === undefined || down === undefined || cells === undefined) return frame;
  const unique = (one: Field): Value[] => [...new Set(Array.from(one.values))];
  const [columns, rows] = [unique(across), unique(down)];
  const filled = new Map(
    places(frame).map((at) => [
      JSON.stringify([down.values[at], across.values[at]]),
      cells.values[at] ?? null,
    ]),
  );
  const empty = entryOf(EMPTY, asText(options.emptyValue) ?? "") ?? (isNumber(cells) ? NaN : null);
  return frameOf(frame.refId, [
    { ...down, shown: `${nameOf(down)}\\${nameOf(across)}`, values: rows },
    ...columns.map((name): Field => {
      const values = rows.map((row) => filled.get(JSON.stringify([row, name])) ?? empty);
      return { ...cells, name: textOf(name), shown: textOf(name), values };
    }),
  ]);
});

/** Which transformations stand in this file, by Grafana's names. */
export const REDUCE_TRANSFORMS: Readonly<Record<string, Transform>> = {
  reduce,
  groupBy,
  histogram,
  timeSeriesTable,
  groupingToMatrix,
};
