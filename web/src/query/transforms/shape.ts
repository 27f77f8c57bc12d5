/** Transformations between series, rows and columns, and configuration that comes as data. Pure. */

import {
  asFloat,
  nameOf,
  takeRows,
  timeField,
  type DataFrame,
  type Field,
  type Value,
  textOf,
} from "../../model/frame";
import { asList, asObject, asText, asTexts, entryOf, type Json } from "../../model/json";
import { reduceAny } from "../../model/reduce";
import { joinOn } from "./join";
import { column, eachFrame, findField, frameOf, isNumber, places, type Transform } from "./kinds";

/** One frame a series, with its time. */
const splitSeries = (frame: DataFrame): DataFrame[] => {
  const time = timeField(frame);
  const numbers = frame.fields.filter(isNumber);
  if (time === undefined || numbers.length === 0) return [];
  const texts = frame.fields.filter(({ type }) => type === "string");
  if (texts.length === 0)
    return numbers.map((field) => ({ ...frame, name: nameOf(field), fields: [time, field] }));
  return splitBy(frame, texts).flatMap(({ part, labels }) =>
    splitSeries({ ...part, fields: part.fields.filter((field) => field.type !== "string") }).map((one) =>
      labelled(one, labels),
    ),
  );
};

const labelled = (frame: DataFrame, labels: Readonly<Record<string, string>>): DataFrame => ({
  ...frame,
  name: Object.values(labels).join(" "),
  fields: frame.fields.map((field) =>
    isNumber(field) ? { ...field, labels: { ...field.labels, ...labels } } : field,
  ),
});

interface Part {
  part: DataFrame;
  labels: Record<string, string>;
}

/** The rows of a frame by the values that they have in some of its columns. */
function splitBy(frame: DataFrame, keys: readonly Field[]): Part[] {
  const groups = new Map<string, number[]>();
  for (const at of places(frame)) {
    const key = JSON.stringify(keys.map(({ values }) => values[at]));
    groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  return [...groups.values()].map((rows) => ({
    part: takeRows(frame, rows),
    labels: Object.fromEntries(keys.map((field) => [nameOf(field), textOf(field.values[rows[0]!])])),
  }));
}

/** Series side by side over one time, or each for itself, or as rows with their labels. */
const prepareTimeSeries: Transform = (frames, options) => {
  const format = asText(options.format) ?? "multi";
  const series = frames.flatMap(splitSeries);
  if (format === "wide") return joinOn(series, undefined, "outer");
  return format === "long" ? longForm(series) : series;
};

function longForm(series: readonly DataFrame[]): DataFrame[] {
  const labels = [...new Set(series.flatMap(({ fields }) => Object.keys(fields[1]?.labels ?? {})))];
  const rows = series.flatMap((frame) =>
    places(frame).map((at) => ({ time: frame.fields[0]!, value: frame.fields[1]!, at })),
  );
  return [
    frameOf(series[0]?.refId ?? "", [
      column(
        "time",
        "time",
        rows.map(({ time, at }) => time.values[at] ?? null),
      ),
      ...labels.map((name) =>
        column(
          name,
          "string",
          rows.map(({ value }) => value.labels?.[name] ?? ""),
        ),
      ),
      column(
        "value",
        "number",
        rows.map(({ value, at }) => asFloat(value.values[at])),
      ),
    ]),
  ];
}

/** One frame for each value of some columns. */
const partitionByValues: Transform = (frames, options) => {
  const names = asTexts(options.fields);
  return frames.flatMap((frame) => {
    const keys = names.map((name) => findField(frame, name)).filter((field) => field !== undefined);
    if (keys.length === 0) return [frame];
    const drops = options.keepFields !== true;
    return splitBy(frame, keys).map(({ part, labels }) =>
      labelled(
        { ...part, fields: part.fields.filter((_, at) => !drops || !keys.includes(frame.fields[at]!)) },
        labels,
      ),
    );
  });
};

/** What a column of a frame of configuration sets, under Grafana's names of handlers. */
const HANDLERS: Readonly<Record<string, (value: Value, own: Json) => Json>> = {
  unit: (value) => ({ unit: textOf(value) }),
  min: (value) => ({ min: asFloat(value) }),
  max: (value) => ({ max: asFloat(value) }),
  decimals: (value) => ({ decimals: asFloat(value) }),
  displayName: (value) => ({ displayName: textOf(value) }),
  noValue: (value) => ({ noValue: textOf(value) }),
  color: (value) => ({ color: { mode: "fixed", fixedColor: textOf(value) } }),
  threshold1: (value, own) => {
    const steps = asList(asObject(own.thresholds).steps);
    const before = steps.length > 0 ? steps : [{ value: null, color: "green" }];
    return { thresholds: { mode: "absolute", steps: [...before, { value: asFloat(value), color: "red" }] } };
  },
};

interface Mapping {
  field: Field;
  handler: string;
  calc: string;
}

/** Which columns set what: as the options say it, else by their names. */
function mappings(frame: DataFrame, options: Json): Mapping[] {
  const given = asList(options.mappings).map(asObject);
  return frame.fields.map((field) => {
    const own = given.find(({ fieldName }) => fieldName === nameOf(field) || fieldName === field.name);
    const handler = asText(own?.handlerKey) ?? (nameOf(field) in HANDLERS ? nameOf(field) : "");
    return { field, handler, calc: asText(own?.reducerId) ?? "lastNotNull" };
  });
}

const applied = (own: Json, changes: readonly (readonly [string, Value])[]): Json =>
  changes.reduce(
    (made: Json, [handler, value]) => ({ ...made, ...entryOf(HANDLERS, handler)?.(value, made) }),
    own,
  );

/** One query's answer configures the fields of the others. */
const configFromData: Transform = (frames, options) => {
  const source = frames.find(({ refId }) => refId === (asText(options.configRefId) ?? "config"));
  if (source === undefined) return [...frames];
  const changes = mappings(source, options).map(
    ({ field, handler, calc }) => [handler, reduceAny(calc, Array.from(field.values))] as const,
  );
  const { id, options: wanted } = asObject(options.applyTo);
  const takes = (field: Field): boolean =>
    id === "byName" ? nameOf(field) === wanted : id === "byType" ? field.type === wanted : isNumber(field);
  return frames
    .filter((frame) => frame !== source)
    .map((frame) => ({
      ...frame,
      fields: frame.fields.map((field) =>
        takes(field) ? { ...field, own: applied(field.own ?? {}, changes) } : field,
      ),
    }));
};

/** Each row a field: its name, its value, its labels, and what else its columns say of it. */
const rowsToFields = eachFrame((frame, options) => {
  const mapped = mappings(frame, options);
  const role = (key: string, usual: (field: Field) => boolean): Field | undefined =>
    mapped.find(({ handler }) => handler === key)?.field ??
    mapped.find(({ field, handler }) => handler === "" && usual(field))?.field;
  const name = role("field.name", ({ type }) => type === "string");
  const value = role("field.value", isNumber);
  if (name === undefined || value === undefined) return frame;
  const rest = mapped.filter(({ field }) => field !== name && field !== value);
  const labels = rest
    .filter(({ handler }) => handler === "" || handler === "field.label")
    .map(({ field }) => field);
  return frameOf(
    frame.refId,
    places(frame).map((at) => ({
      ...column(textOf(name.values[at]), value.type, [value.values[at] ?? null]),
      labels: Object.fromEntries(labels.map((field) => [nameOf(field), textOf(field.values[at])])),
      own: applied(
        {},
        rest.map(({ field, handler }) => [handler, field.values[at] ?? null] as const),
      ),
    })),
  );
});

/** Which transformations stand in this file, by Grafana's names. */
export const SHAPE_TRANSFORMS: Readonly<Record<string, Transform>> = {
  prepareTimeSeries,
  partitionByValues,
  configFromData,
  rowsToFields,
};
