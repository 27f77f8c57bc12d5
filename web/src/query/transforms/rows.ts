/** Transformations of rows: which there are, and in what order. Pure. */

import {
  asFloat,
  compareValues,
  isAbsent,
  nameOf,
  takeRows,
  timeField,
  type DataFrame,
  type Value,
  textOf,
} from "../../model/frame";
import { asList, asObject, asText, entryOf, type Json } from "../../model/json";
import { matchesPattern } from "../../model/pattern";
import { column, eachFrame, findField, frameOf, isNumber, numberOf, places, type Transform } from "./kinds";

const sortBy = eachFrame((frame, options) => {
  const { field, desc } = asObject(asList(options.sort)[0]);
  const values = findField(frame, field)?.values;
  if (values === undefined) return frame;
  return takeRows(
    frame,
    places(frame).sort((a, b) => compareValues(values[a], values[b], desc === true)),
  );
});

const limit = eachFrame((frame, options) => {
  const most = Math.max(0, Math.round(numberOf(options.limitField, 10)));
  const all = places(frame);
  return takeRows(
    frame,
    options.limitPosition === "last" ? all.slice(-most || all.length) : all.slice(0, most),
  );
});

type Test = (value: Value, options: Json) => boolean;

const compares =
  (holds: (value: number, bound: number) => boolean): Test =>
  (value, options) =>
    !isAbsent(value) && holds(asFloat(value), numberOf(options.value, NaN));

/** A number equals a text that says it, however it is written: as JavaScript's `==` in Grafana's `equalMatchers.ts`. */
function isEqual(value: Value, wanted: unknown): boolean {
  if (isAbsent(value) || isAbsent(wanted)) return isAbsent(value) && isAbsent(wanted);
  if (typeof value === "string" && typeof wanted === "string") return value === wanted;
  return Number(value) === Number(wanted);
}

/** Whether a pattern is found anywhere in a text, as in Grafana's `regexMatchers.ts`; one that does not compile is not. */
function findsPart(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

/** What a row's value is tested for, under Grafana's names of value matchers. */
const TESTS: Readonly<Record<string, Test>> = {
  isNull: (value) => isAbsent(value),
  isNotNull: (value) => !isAbsent(value),
  greater: compares((value, bound) => value > bound),
  greaterOrEqual: compares((value, bound) => value >= bound),
  lower: compares((value, bound) => value < bound),
  lowerOrEqual: compares((value, bound) => value <= bound),
  equal: (value, options) => isEqual(value, options.value),
  notEqual: (value, options) => !isEqual(value, options.value),
  range: (value, options) =>
    !isAbsent(value) &&
    asFloat(value) > numberOf(options.from, NaN) &&
    asFloat(value) < numberOf(options.to, NaN),
  between: (value, options) => TESTS.range!(value, options),
  regex: (value, options) => !isAbsent(value) && findsPart(textOf(options.value), textOf(value)),
  substring: (value, options) => textOf(value).toLowerCase().includes(textOf(options.value).toLowerCase()),
  notSubstring: (value, options) => !TESTS.substring!(value, options),
};

const filterByValue = eachFrame((frame, options) => {
  const tests = asList(options.filters).flatMap((entry) => {
    const { fieldName, config } = asObject(entry);
    const { id, options: own } = asObject(config);
    const [values, test] = [findField(frame, fieldName)?.values, entryOf(TESTS, asText(id) ?? "")];
    if (values === undefined || test === undefined) return [];
    return [(at: number): boolean => test(values[at] ?? null, asObject(own))];
  });
  if (tests.length === 0) return frame;
  const holds = (at: number): boolean =>
    options.match === "all" ? tests.every((test) => test(at)) : tests.some((test) => test(at));
  return takeRows(
    frame,
    places(frame).filter((at) => holds(at) === (options.type !== "exclude")),
  );
});

const matchesRef = (raw: unknown, refId: string): boolean | undefined => {
  const pattern = asText(raw) ?? "";
  return pattern === "" ? undefined : pattern === refId || matchesPattern(pattern, refId);
};

const filterByRefId: Transform = (frames, options) =>
  frames.filter(
    ({ refId }) =>
      matchesRef(options.include, refId) !== false && matchesRef(options.exclude, refId) !== true,
  );

/** Every sample of every series as a row, the newest first. */
const seriesToRows: Transform = (frames) => {
  const rows = frames.flatMap((frame) => {
    const times = timeField(frame)?.values;
    if (times === undefined) return [];
    return frame.fields.filter(isNumber).flatMap((field) =>
      places(frame)
        .filter((at) => !isAbsent(field.values[at]))
        .map((at) => ({ time: asFloat(times[at]), metric: nameOf(field), value: asFloat(field.values[at]) })),
    );
  });
  rows.sort((a, b) => b.time - a.time);
  const made: DataFrame = frameOf(frames[0]?.refId ?? "", [
    column(
      "Time",
      "time",
      rows.map(({ time }) => time),
    ),
    column(
      "Metric",
      "string",
      rows.map(({ metric }) => metric),
    ),
    column(
      "Value",
      "number",
      rows.map(({ value }) => value),
    ),
  ]);
  return [made];
};

/** Which transformations stand in this file, by Grafana's names. */
export const ROW_TRANSFORMS: Readonly<Record<string, Transform>> = {
  sortBy,
  limit,
  filterByValue,
  filterByRefId,
  seriesToRows,
};
