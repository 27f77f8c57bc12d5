/** The shape of a transformation, and what several of them need. Pure. */

import { isCalled, nameOf, type DataFrame, type Field, type FieldType, type Value } from "../../model/frame";
import { asNumber, asText, type Json } from "../../model/json";

/**
 * All frames of a panel to others, by the options of the document; names in options are those that people see. What
 * could not be done is told for people.
 */
export type Transform = (
  frames: readonly DataFrame[],
  options: Json,
  tell: (note: string) => void,
) => DataFrame[];

/** The same for each frame. */
export const eachFrame =
  (change: (frame: DataFrame, options: Json) => DataFrame): Transform =>
  (frames, options) =>
    frames.map((frame) => change(frame, options));

/** The same frame with other fields. */
export const withFields = (frame: DataFrame, fields: Field[]): DataFrame => ({ ...frame, fields });

/** A field of rows. */
export const column = (
  name: string,
  type: FieldType,
  values: ArrayLike<Value>,
  rest: Partial<Field> = {},
): Field => ({
  name,
  type,
  values,
  ...rest,
});

export const findField = (frame: DataFrame, name: unknown): Field | undefined =>
  frame.fields.find((field) => isCalled(field, asText(name) ?? ""));

/** Row numbers of a frame. */
export const places = ({ length }: DataFrame): number[] => Array.from({ length }, (_, at) => at);

/** Samples: a field of numbers. */
export const isNumber = ({ type }: Field): boolean => type === "number";

/** A frame of one series: times and numbers, and nothing else. */
export const isSeries = ({ fields }: DataFrame): boolean =>
  fields.some(({ type }) => type === "time") &&
  fields.every(({ type }) => type === "time" || type === "number");

/** Names of one frame are told apart by a number where they are alike. */
export function distinctNames(fields: Field[]): Field[] {
  const seen = new Map<string, number>();
  for (const field of fields) seen.set(nameOf(field), (seen.get(nameOf(field)) ?? 0) + 1);
  const used = new Map<string, number>();
  return fields.map((field) => {
    const name = nameOf(field);
    if (seen.get(name) === 1) return field;
    used.set(name, (used.get(name) ?? 0) + 1);
    return { ...field, shown: `${name} ${used.get(name)!}` };
  });
}

/** A number of an option, or what stands in for it. */
export const numberOf = (value: unknown, otherwise: number): number => asNumber(value) ?? otherwise;

/** A new frame of columns; as long as its longest. */
export const frameOf = (refId: string, fields: Field[], name?: string): DataFrame => ({
  refId,
  fields,
  length: fields.reduce((longest, { values }) => Math.max(longest, values.length), 0),
  ...(name === undefined ? {} : { name }),
});
