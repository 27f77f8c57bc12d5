/** Transformations that make one table of several. Pure. */

import {
  guessType,
  isAbsent,
  nameOf,
  timeField,
  type DataFrame,
  type Field,
  type Value,
  textOf,
} from "../../model/frame";
import { asText, asTexts } from "../../model/json";
import { column, distinctNames, findField, frameOf, isNumber, places, type Transform } from "./kinds";

type Row = Map<string, Value>;

/** Names in the order in which frames bring them. */
const namesOf = (frames: readonly DataFrame[]): string[] => [
  ...new Set(frames.flatMap(({ fields }) => fields.map(nameOf))),
];

const rowAt = (frame: DataFrame, at: number): Row =>
  new Map(frame.fields.map((field) => [nameOf(field), field.values[at] ?? null]));

/** Whether two rows say nothing different of the same thing. */
const agree = (a: Row, b: Row): boolean =>
  [...b].every(([name, value]) => {
    const other = a.get(name);
    return isAbsent(other) || isAbsent(value) || other === value;
  });

/** Columns from rows; each has the looks of the first field of its name. */
function columnsOf(frames: readonly DataFrame[], rows: readonly Row[]): Field[] {
  const fields = frames.flatMap((frame) => frame.fields);
  return namesOf(frames).map((name) => {
    const like = fields.find((field) => nameOf(field) === name)!;
    const absent = like.type === "number" ? NaN : null;
    return { ...like, values: rows.map((row) => row.get(name) ?? absent) };
  });
}

/** Rows that agree in all columns which every frame has, and contradict each other in none, become one. */
export const merge: Transform = (frames) => {
  const full = frames.filter(({ fields }) => fields.length > 0);
  if (full.length < 2) return [...frames];
  const shared = namesOf(full).filter((name) =>
    full.every((frame) => frame.fields.some((field) => nameOf(field) === name)),
  );
  const byKey = new Map<string, Row[]>();
  const rows: Row[] = [];
  for (const frame of full) {
    for (const at of places(frame)) {
      const row = rowAt(frame, at);
      const key = JSON.stringify(shared.map((name) => row.get(name)));
      const known = byKey.get(key) ?? [];
      const same = shared.length === 0 ? undefined : known.find((other) => agree(other, row));
      if (same === undefined) {
        rows.push(row);
        byKey.set(key, [...known, row]);
      } else for (const [name, value] of row) if (isAbsent(same.get(name))) same.set(name, value);
    }
  }
  return [frameOf(full[0]!.refId, columnsOf(full, rows))];
};

interface Joined {
  frame: DataFrame;
  key: Field;
  /** Row of each value of the key. */
  rows: Map<Value, number>;
}

function keyed(frames: readonly DataFrame[], by: string | undefined): Joined[] {
  return frames.flatMap((frame) => {
    const key = by === undefined ? timeField(frame) : findField(frame, by);
    if (key === undefined) return [];
    return [{ frame, key, rows: new Map(places(frame).map((at) => [key.values[at] ?? null, at])) }];
  });
}

/** Frames side by side, a row for each value of one field; `inner` keeps the values that all of them have. */
export function joinOn(frames: readonly DataFrame[], by: string | undefined, inner: boolean): DataFrame[] {
  const joined = keyed(frames, by);
  if (joined.length < 2) return [...frames];
  const all = [...new Set(joined.flatMap(({ rows }) => [...rows.keys()]))];
  const kept = inner ? all.filter((value) => joined.every(({ rows }) => rows.has(value))) : all;
  const { key } = joined[0]!;
  if (key.type === "time" || key.type === "number") kept.sort((a, b) => Number(a) - Number(b));
  const others = joined.flatMap(({ frame, key: own, rows }) =>
    frame.fields
      .filter((field) => field !== own)
      .map((field): Field => {
        const absent = isNumber(field) ? NaN : null;
        return { ...field, values: kept.map((value) => field.values[rows.get(value) ?? -1] ?? absent) };
      }),
  );
  return [frameOf(frames[0]!.refId, distinctNames([{ ...key, values: kept }, ...others]))];
}

const joinByField: Transform = (frames, options) =>
  joinOn(frames, asText(options.byField) || undefined, options.mode === "inner");

/** One column for each value of a label, one row for each combination of the others. */
const joinByLabels: Transform = (frames, options) => {
  const label = asText(options.value) ?? "";
  const series = frames.flatMap(({ fields }) =>
    fields.filter((field) => field.labels?.[label] !== undefined),
  );
  if (series.length === 0) return [...frames];
  const wanted = asTexts(options.join);
  const others = [...new Set(series.flatMap(({ labels = {} }) => Object.keys(labels)))].filter(
    (name) => name !== label,
  );
  const by = wanted.length > 0 ? wanted : others;
  const rows = new Map<string, { labels: Readonly<Record<string, string>>; values: Map<string, Value> }>();
  for (const { labels = {}, values } of series) {
    for (let at = 0; at < values.length; at += 1) {
      const key = JSON.stringify([by.map((name) => labels[name]), at]);
      const row = rows.get(key) ?? { labels, values: new Map<string, Value>() };
      rows.set(key, row);
      row.values.set(labels[label]!, values[at] ?? null);
    }
  }
  const made = [...rows.values()];
  return [
    frameOf(frames[0]!.refId, [
      ...by.map((name) =>
        column(
          name,
          "string",
          made.map((row) => row.labels[name] ?? ""),
        ),
      ),
      ...[...new Set(series.map(({ labels }) => labels![label]!))].map((name) =>
        column(
          name,
          "number",
          made.map((row) => row.values.get(name) ?? NaN),
        ),
      ),
    ]),
  ];
};

/** All columns of all frames beside one another, row by row. */
const concatenate: Transform = (frames, options) => {
  if (frames.length < 2) return [...frames];
  const mode = asText(options.frameNameMode) ?? "field";
  const label = asText(options.frameNameLabel) ?? "frame";
  const fields = frames.flatMap((frame, at) =>
    frame.fields.map((field): Field => {
      const name = frame.name ?? frame.refId;
      if (mode === "drop" || (name === "" && at === 0)) return field;
      if (mode === "label") return { ...field, labels: { ...field.labels, [label]: name } };
      return field.shown === undefined ? { ...field, shown: `${name} · ${field.name}` } : field;
    }),
  );
  const longest = Math.max(...fields.map(({ values }) => values.length));
  const padded = fields.map((field) => {
    const absent = isNumber(field) ? NaN : null;
    return { ...field, values: Array.from({ length: longest }, (_, at) => field.values[at] ?? absent) };
  });
  return [frameOf(frames[0]!.refId, distinctNames(padded))];
};

/** Labels of a series as columns beside its values, the tables then merged; or one row a label. */
const labelsToFields: Transform = (frames, options) => {
  const kept = asTexts(options.keepLabels);
  const keeps = (name: string): boolean => kept.length === 0 || kept.includes(name);
  const valueLabel = asText(options.valueLabel) ?? "";
  if (options.mode === "rows") {
    return frames.flatMap((frame) =>
      frame.fields
        .filter(({ labels }) => labels !== undefined)
        .map((field) => {
          const pairs = Object.entries(field.labels!).filter(([name]) => keeps(name));
          return frameOf(
            frame.refId,
            [
              column(
                "label",
                "string",
                pairs.map(([name]) => name),
              ),
              column(
                "value",
                "string",
                pairs.map(([, value]) => value),
              ),
            ],
            nameOf(field),
          );
        }),
    );
  }
  const made = frames.map((frame) => spreadLabels(frame, keeps, valueLabel));
  return merge(made, {});
};

function spreadLabels(frame: DataFrame, keeps: (name: string) => boolean, valueLabel: string): DataFrame {
  const labels = Object.assign({}, ...frame.fields.map((field) => field.labels ?? {})) as Record<
    string,
    string
  >;
  const names = Object.keys(labels).filter((name) => name !== valueLabel && keeps(name));
  const constant = names.map((name) =>
    column(
      name,
      "string",
      places(frame).map(() => labels[name]!),
    ),
  );
  const values = frame.fields
    .filter(({ type }) => type !== "time")
    .map((field): Field => {
      const { labels: own, shown, ...rest } = field;
      const named = own?.[valueLabel];
      if (named !== undefined) return { ...rest, name: named };
      return own === undefined
        ? field
        : {
            ...rest,
            name: field.name,
            ...(Object.keys(own).length === 0 && shown !== undefined ? { shown } : {}),
          };
    });
  const times = frame.fields.filter(({ type }) => type === "time");
  return { ...frame, fields: [...times, ...constant, ...values] };
}

/** Rows as columns, and columns as rows. */
const transpose: Transform = (frames, options) =>
  frames.map((frame) => {
    const [head, ...rest] = frame.fields;
    if (head === undefined) return frame;
    const first = asText(options.firstFieldName) || "Field";
    const names = column(first, "string", rest.map(nameOf));
    const made = places(frame).map((at) => {
      const values = rest.map((field) => field.values[at] ?? null);
      return column(textOf(head.values[at]), guessType(values), values);
    });
    return frameOf(frame.refId, distinctNames([names, ...made]));
  });

/** Which transformations stand in this file, by Grafana's names. */
export const JOIN_TRANSFORMS: Readonly<Record<string, Transform>> = {
  merge,
  joinByField,
  seriesToColumns: joinByField,
  joinByLabels,
  concatenate,
  labelsToFields,
  transpose,
};
