/** Texts as values: what a stat shows where its options name columns of texts, such as a version. */

import type { Panel } from "../model/dashboard";
import { writeAny, type FieldConfig, type Written } from "../model/field";
import { nameOf, type DataFrame, type Field } from "../model/frame";
import { asNumber, asObject, asText, asTexts, type Json } from "../model/json";
import { matchesPattern } from "../model/pattern";
import { reduceAny } from "../model/reduce";

export interface TextValue {
  name: string;
  field: FieldConfig;
  written: Written;
}

/** Grafana's own limit on values where each row counts. */
const MOST_VALUES = 25;

/** Whether `reduceOptions.fields` means a name: nothing stands for all numbers. */
export function takesField(options: Json, name: string): boolean {
  const fields = asText(asObject(options.reduceOptions).fields) ?? "";
  return fields === "" || fields === name || (fields.startsWith("/") && matchesPattern(fields, name));
}

const namesFields = (options: Json): boolean => (asText(asObject(options.reduceOptions).fields) ?? "") !== "";

function valuesOf({ values }: Field, options: Json): unknown[] {
  const { calcs, values: every, limit } = asObject(options.reduceOptions);
  const all = Array.from(values);
  if (every === true) return all.slice(0, asNumber(limit) ?? MOST_VALUES);
  return [reduceAny(asTexts(calcs)[0] ?? "lastNotNull", all)];
}

/** The texts to show; none where the options name no column of texts. */
export function textValues(tables: readonly DataFrame[], { options, fields }: Panel): TextValue[] {
  if (!namesFields(options)) return [];
  return tables.flatMap((table) =>
    table.fields
      .filter((field) => field.type === "string" && takesField(options, nameOf(field)))
      .flatMap((field) => {
        const config = field.config ?? fields.defaults;
        return valuesOf(field, options).map((value) => ({
          name: nameOf(field),
          field: config,
          written: writeAny(config, value),
        }));
      }),
  );
}
