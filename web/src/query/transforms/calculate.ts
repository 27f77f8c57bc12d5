/** Columns calculated from others. Pure. */

import {
  asFloat,
  guessType,
  isCalled,
  nameOf,
  type DataFrame,
  type Field,
  type Value,
} from "../../model/frame";
import { asNumber, asObject, asText, asTexts, entryOf, type Json } from "../../model/json";
import { reduce } from "../../model/reduce";
import { joinOn } from "./join";
import { column, findField, isNumber, isSeries, numberOf, places, withFields, type Transform } from "./kinds";
import { calcTitle } from "./reduce";

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "**": (a, b) => a ** b,
  "^": (a, b) => a ** b,
};

const UNARY: Readonly<Record<string, (a: number) => number>> = {
  abs: Math.abs,
  exp: Math.exp,
  ln: Math.log,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  sqrt: Math.sqrt,
};

const made = (name: string, values: Value[]): Field => column(name, guessType(values), values);

/** The numbers of a row in the fields that are wanted, to one. */
function reduceRow(frame: DataFrame, options: Json): Field[] {
  const { reducer, include } = asObject(options.reduce);
  const names = asTexts(include);
  const calc = asText(reducer) ?? "sum";
  const fields = frame.fields.filter(
    (field) => isNumber(field) && (names.length === 0 || names.some((name) => isCalled(field, name))),
  );
  return [
    made(
      calcTitle(calc),
      places(frame).map((at) =>
        reduce(
          calc,
          fields.map(({ values }) => asFloat(values[at])),
        ),
      ),
    ),
  ];
}

type Operand = { name: string; at: (row: number) => number } | undefined;

/** A number, a field, or `{fixed}` and `{matcher}` of the newer form. */
function operand(frame: DataFrame, raw: unknown): Operand {
  const { fixed, matcher } = asObject(raw);
  const text =
    typeof raw === "number"
      ? String(raw)
      : (asText(raw) ?? asText(fixed) ?? asText(asObject(matcher).options) ?? "");
  const field = findField(frame, text);
  if (field !== undefined) return { name: nameOf(field), at: (row) => asFloat(field.values[row]) };
  const number = asNumber(text);
  return number === undefined ? undefined : { name: text, at: () => number };
}

function binary(frame: DataFrame, options: Json): Field[] {
  const { left, right, operator } = asObject(options.binary);
  const sign = asText(operator) ?? "+";
  const calculate = entryOf(OPERATORS, sign);
  const second = operand(frame, right);
  if (calculate === undefined || second === undefined) return [];
  const isEach = asText(asObject(asObject(left).matcher).id) === "byType";
  const firsts = isEach
    ? frame.fields.filter(isNumber).map((field) => operand(frame, nameOf(field)))
    : [operand(frame, left)];
  return firsts.flatMap((first) => {
    if (first === undefined) return [];
    const values = places(frame).map((at) => calculate(first.at(at), second.at(at)));
    return [column(`${first.name} ${sign} ${second.name}`, "number", values)];
  });
}

function unary(frame: DataFrame, options: Json): Field[] {
  const { operator, fieldName } = asObject(options.unary);
  const calculate = entryOf(UNARY, asText(operator) ?? "");
  const field = findField(frame, fieldName);
  if (calculate === undefined || field === undefined) return [];
  const values = places(frame).map((at) => calculate(asFloat(field.values[at])));
  return [column(`${asText(operator)!}(${nameOf(field)})`, "number", values)];
}

/** The field that is named, and its name in brackets; without a name the first of numbers. */
function chosenField(frame: DataFrame, name: unknown): [field: Field | undefined, named: string] {
  const wanted = asText(name) ?? "";
  if (wanted === "") return [frame.fields.find(isNumber), ""];
  return [findField(frame, wanted), `(${wanted})`];
}

/** The sum, or the mean, of all rows up to each. */
function cumulative(frame: DataFrame, options: Json): Field[] {
  const { field: name, reducer } = asObject(options.cumulative);
  const [field, named] = chosenField(frame, name);
  if (field === undefined) return [];
  let [total, count] = [0, 0];
  const values = places(frame).map((at) => {
    const value = asFloat(field.values[at]);
    if (!Number.isNaN(value)) [total, count] = [total + value, count + 1];
    return reducer === "mean" ? total / count : total;
  });
  return [column(`cumulative ${asText(reducer) ?? "sum"}${named}`, "number", values)];
}

const WINDOW_CALCS: Readonly<Record<string, string>> = { stddev: "stdDev" };

/** A calculation over the rows around, or before, each; of an even number of them, more lie before (`getWindowCreator`). */
function windowed(frame: DataFrame, options: Json): Field[] {
  const { field: name, reducer, windowSize, windowSizeMode, windowAlignment } = asObject(options.window);
  const [field, called] = chosenField(frame, name);
  if (field === undefined) return [];
  const calc = asText(reducer) ?? "mean";
  const share = numberOf(windowSize, 0.1);
  const size = Math.max(1, Math.ceil(windowSizeMode === "fixed" ? share : share * frame.length));
  const alignment = windowAlignment === "centered" ? "centered" : "trailing";
  const ahead = alignment === "centered" ? Math.ceil(size / 2) - 1 : 0;
  const numbers = Array.from(field.values, asFloat);
  const values = places(frame).map((at) => {
    const end = at + 1 + ahead;
    return reduce(entryOf(WINDOW_CALCS, calc) ?? calc, numbers.slice(Math.max(0, end - size), end));
  });
  return [column(`${alignment} moving ${calc}${called}`, "number", values)];
}

function index(frame: DataFrame, options: Json): Field[] {
  const share = asObject(options.index).asPercentile === true;
  return [
    column(
      "Row",
      "number",
      places(frame).map((at) => (share ? at / Math.max(1, frame.length) : at)),
      share ? { own: { unit: "percentunit" } } : {},
    ),
  ];
}

const MODES: Readonly<Record<string, (frame: DataFrame, options: Json) => Field[]>> = {
  reduceRow,
  binary,
  unary,
  cumulativeFunctions: cumulative,
  windowFunctions: windowed,
  index,
};

/** Series of one panel are calculated with one another where they have the same time. */
export const calculateField: Transform = (frames, options) => {
  const calculate = entryOf(MODES, asText(options.mode) ?? "reduceRow");
  if (calculate === undefined) return [...frames];
  const joined = options.timeSeries !== false && frames.length > 1 && frames.every(isSeries);
  const alias = asText(options.alias) ?? "";
  return (joined ? joinOn(frames, undefined, "outer") : frames).map((frame) => {
    const fields = calculate(frame, options);
    const named = alias !== "" && fields.length === 1 ? [{ ...fields[0]!, name: alias }] : fields;
    const kept =
      options.replaceFields === true ? frame.fields.filter(({ type }) => type === "time") : frame.fields;
    return withFields(frame, [...kept, ...named]);
  });
};

/** Which transformations stand in this file, by Grafana's names. */
export const CALCULATE_TRANSFORMS: Readonly<Record<string, Transform>> = {
  calculateField,
  addFieldFromCalc: calculateField,
};
