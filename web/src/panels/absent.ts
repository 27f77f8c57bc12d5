/** What a panel draws where there is no value, and its field or a mapping says what then. Pure. */

import { mapsAbsent, type FieldConfig } from "../model/field";
import type { Panel } from "../model/dashboard";
import { nameAll } from "../query/named";
import type { PanelData, PanelFrame } from "../query/panel";
import type { Values } from "../query/samples";
import type { PanelType } from "./index";

const saysAbsent = (field: FieldConfig): boolean =>
  (field.noValue !== undefined && field.noValue !== "") || mapsAbsent(field);

/** Whether an answer without any series is drawn all the same. */
export const drawsNothing = ({ absent }: PanelType, panel: Panel): boolean =>
  absent === "text" && saysAbsent(panel.fields.defaults);

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
  type: PanelType,
  panel: Panel,
  data: PanelData,
  values: Values,
): PanelFrame[] | undefined {
  const [first] = data.frames;
  if (type.absent === undefined || first === undefined) return undefined;
  if (values === "none") return drawsNothing(type, panel) ? [nothing(first)] : undefined;
  if (values !== "not a number") return undefined;
  const says = type.absent === "text" ? saysAbsent : mapsAbsent;
  const { frames } = data.shaped;
  return nameAll(frames, panel).some(({ field }) => says(field)) ? frames : undefined;
}
