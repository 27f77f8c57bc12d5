/** Transformations that make one table of several. Pure. */

import {
  guessType,
  nameOf,
  timeField,
  type DataFrame,
  type Field,
  type Value,
  textOf,
} from "../../model/frame";
import { asText, asTexts, oneOf } from "../../model/json";
import { column, distinctNames, findField, frameOf, isNumber, places, type Transform } from "./kinds";
import { MergedRows } from "./rowindex";

/** Names in the order in which frames bring them. */
const namesOf = (frames: readonly DataFrame[]): string[] => [
  ...new Set(frames.flatMap(({ fields }) => fields.map(nameOf))),
];

/** Rows that agree in all columns which every frame has, and contradict each other in none, become one. */
export const merge: Transform = (frames) => {
  const full = frames.filter(({ fields }) => fields.length > 0);
  if (full.length < 2) return [...frames];
  const names = namesOf(full);
  const sources = full.map(({ fields }) => new Map(fields.map((field) => [nameOf(field), field])));
  const shared = [...names.keys()].filter((at) => sources.every((fields) => fields.has(names[at]!)));
  const merged = new MergedRows(names.length, shared);
  full.forEach((frame, place) => {
    const columns = names.map((name) => sources[place]!.get(name)?.values);
    for (const at of places(frame)) merged.add(columns.map((values) => values?.[at] ?? null));
  });
  const fields = names.map((name, column): Field => {
    const like = sources.find((known) => known.has(name))!.get(name)!;
    const absent = isNumber(like) ? NaN : null;
    return {
      ...like,
      values: merged.rows.map(({ ids, values }) => (ids[column] === 0 ? absent : values[column]!)),
    };
  });
  return [frameOf(full[0]!.refId, fields)];
};

interface Joined {
  frame: DataFrame;
  key: Field;
  /** Rows of each value of the key. */
  rows: Map<Value, number[]>;
}

function rowsByKey(frame: DataFrame, key: Field): Map<Value, number[]> {
  const rows = new Map<Value, number[]>();
  for (const at of places(frame)) {
    const value = key.values[at] ?? null;
    const known = rows.get(value);
    if (known === undefined) rows.set(value, [at]);
    else known.push(at);
  }
  return rows;
}

function keyed(frames: readonly DataFrame[], by: string | undefined): Joined[] {
  return frames.flatMap((frame) => {
    const key = by === undefined ? timeField(frame) : findField(frame, by);
    return key === undefined ? [] : [{ frame, key, rows: rowsByKey(frame, key) }];
  });
}

/** `outer`: one row for each key. The others have all combinations of its rows, `inner` those that no frame lacks. */
type JoinMode = "outer" | "outerTabular" | "inner";

/** More combinations than this are no table that anybody reads. */
const MOST_COMBINED = 50_000;

interface JoinedRows {
  keys: Value[];
  /** For each row, the row of each frame; -1 for none. */
  rows: number[][];
  /** There are more than were made. */
  cut: boolean;
}

/** All combinations of one row of each list, at most `most`. */
function combinations(lists: readonly (readonly number[])[], most: number): number[][] {
  return lists.reduce<number[][]>(
    (made, list) => {
      const longer: number[][] = [];
      for (const row of made) {
        for (const at of list) {
          if (longer.length >= most) return longer;
          longer.push([...row, at]);
        }
      }
      return longer;
    },
    [[]],
  );
}

function joinRows(joined: readonly Joined[], keys: readonly Value[], mode: JoinMode): JoinedRows {
  const made: JoinedRows = { keys: [], rows: [], cut: false };
  for (const key of keys) {
    const lists = joined.map(({ rows }) => rows.get(key) ?? [-1]);
    const left = mode === "outer" ? 1 : MOST_COMBINED - made.rows.length;
    const all = mode === "outer" ? [lists.map((list) => list.at(-1)!)] : combinations(lists, left);
    for (const row of all) {
      made.keys.push(key);
      made.rows.push(row);
    }
    const many = mode === "outer" ? 1 : lists.reduce((product, { length }) => product * length, 1);
    if (many > all.length) return { ...made, cut: true };
  }
  return made;
}

const byNumber = (a: Value, b: Value): number => Number(a) - Number(b);

/** Frames side by side, rows joined by the values of one field; `inner` keeps the values that all of them have. */
export function joinOn(
  frames: readonly DataFrame[],
  by: string | undefined,
  mode: JoinMode,
  tell?: (note: string) => void,
): DataFrame[] {
  const joined = keyed(frames, by);
  if (joined.length < 2) return [...frames];
  const all = [...new Set(joined.flatMap(({ rows }) => [...rows.keys()]))];
  const kept = mode === "inner" ? all.filter((value) => joined.every(({ rows }) => rows.has(value))) : all;
  const { key } = joined[0]!;
  if (key.type === "time" || key.type === "number") kept.sort(byNumber);
  const { keys, rows, cut } = joinRows(joined, kept, mode);
  if (cut) tell?.(`Joining makes more than ${MOST_COMBINED} rows; the others are left out.`);
  const others = joined.flatMap(({ frame, key: own }, place) =>
    frame.fields
      .filter((field) => field !== own)
      .map((field): Field => {
        const absent = isNumber(field) ? NaN : null;
        return { ...field, values: rows.map((row) => field.values[row[place]!] ?? absent) };
      }),
  );
  return [frameOf(frames[0]!.refId, distinctNames([{ ...key, values: keys }, ...others]))];
}

const joinByField: Transform = (frames, options, tell) => {
  const mode = oneOf(options.mode, ["outer", "outerTabular", "inner"]);
  return joinOn(frames, asText(options.byField) || undefined, mode, tell);
};

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
const labelsToFields: Transform = (frames, options, tell) => {
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
  return merge(made, {}, tell);
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
