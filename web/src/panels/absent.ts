/** What a panel draws where there is no value, and its field or a mapping says what then. Pure. */

import { mapsAbsent, type FieldConfig } from "../model/field";
import type { Panel } from "../model/dashboard";
import { nameAll } from "../query/named";
import type { PanelData, PanelFrame } from "../query/panel";
import type { Values } from "../query/samples";
import type { PanelType } from "./index";

const saysAbsent = (field: FieldConfig): boolean =>
  (field.noValue !== undefined && field.noValue !== "") || mapsAbsent(field);

/** One series without a value, called as Grafana's `createNoValuesFieldDisplay` calls it. */
function nothing(like: PanelFrame): PanelFrame {
  const query = { ...like.query, legend: "No data" };
  return {
    ...like,
    query,
    times: Float64Array.of(NaN),
    series: [{ labels: {}, values: Float64Array.of(NaN) }],
  };
}

/** The series to draw of an answer without any number; undefined where the panel has no words for it. */
export function absentFrames(
  { absent }: PanelType,
  panel: Panel,
  data: PanelData,
  values: Values,
): PanelFrame[] | undefined {
  const [first] = data.frames;
  if (absent === undefined || first === undefined) return undefined;
  if (values === "none")
    return absent === "text" && saysAbsent(panel.fields.defaults) ? [nothing(first)] : undefined;
  if (values !== "not a number") return undefined;
  const says = absent === "text" ? saysAbsent : mapsAbsent;
  const { frames } = data.shaped;
  return nameAll(frames, panel).some(({ field }) => says(field)) ? frames : undefined;
}
