/** Tables of a panel as one: side by side by their time where they have one, else one below the other. Pure. */

import { nameOf, timeField, type DataFrame, type Field, type Value } from "../model/frame";

const isTimed = (frame: DataFrame): boolean =>
  timeField(frame) !== undefined && frame.fields.every(({ type }) => type === "time" || type === "number");

/** Names that stand several times are numbered, so that columns can be told apart. */
export function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/** Fields under names of their own, also where their configuration has another. */
function renamed(fields: readonly Field[], names: readonly string[]): Field[] {
  return fields.map((field, at) => {
    const shown = names[at]!;
    if (field.config === undefined) return { ...field, shown };
    return { ...field, shown, config: { ...field.config, displayName: shown } };
  });
}

const withUniqueNames = (frame: DataFrame): DataFrame => ({
  ...frame,
  fields: renamed(frame.fields, uniqueNames(frame.fields.map(nameOf))),
});

const times = (frame: DataFrame): number[] => Array.from(timeField(frame)!.values as ArrayLike<number>);

/** Every time that any of them has, in order, and each column at its places. */
function joinByTime(frames: readonly DataFrame[]): DataFrame {
  const all = [...new Set(frames.flatMap(times))].sort((a, b) => a - b);
  const at = new Map(all.map((time, place) => [time, place]));
  const columns = frames.flatMap((frame) => {
    const places = times(frame).map((time) => at.get(time)!);
    return frame.fields
      .filter(({ type }) => type !== "time")
      .map((field): Field => {
        const values = new Array<Value>(all.length).fill(NaN);
        places.forEach((place, row) => (values[place] = field.values[row] ?? NaN));
        return { ...field, values };
      });
  });
  const time: Field = { ...timeField(frames[0]!)!, values: all };
  return withUniqueNames({ refId: frames[0]!.refId, fields: [time, ...columns], length: all.length });
}

/** Rows of all, under every name that any of them has. */
function stack(frames: readonly DataFrame[]): DataFrame {
  const unique = frames.map(withUniqueNames);
  const names = [...new Set(unique.flatMap(({ fields }) => fields.map(nameOf)))];
  const fields = names.map((name): Field => {
    const found = unique.map((frame) => frame.fields.find((field) => nameOf(field) === name));
    const values = unique.flatMap(({ length }, at) =>
      Array.from({ length }, (_, row): Value => found[at]?.values[row] ?? null),
    );
    return { ...found.find((field) => field !== undefined)!, values };
  });
  return { refId: frames[0]!.refId, fields, length: fields[0]?.values.length ?? 0 };
}

/** One table of all; undefined without any. */
export function oneSheet(tables: readonly DataFrame[]): DataFrame | undefined {
  if (tables.length === 0) return undefined;
  if (tables.every(isTimed)) return joinByTime(tables);
  return tables.length === 1 ? withUniqueNames(tables[0]!) : stack(tables);
}
