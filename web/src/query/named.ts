/** Series with what people call them and with how their values are written. Pure. */

import type { Frame, Series } from "../api/frames";
import type { Panel } from "../model/dashboard";
import { fieldFor, type FieldConfig } from "../model/field";
import { nameSeries } from "../model/legend";
import type { OwnSeries } from "./frames";
import type { PanelFrame } from "./panel";

export interface Named {
  name: string;
  /** Of its query. */
  refId: string;
  field: FieldConfig;
  series: Series;
  frame: Frame;
}

/** Every series of a panel, in the order of its queries. */
export function nameAll(frames: readonly PanelFrame[], panel: Panel): Named[] {
  return frames.flatMap((frame) => {
    const { legend, refId } = frame.query;
    const names = nameSeries(
      legend,
      frame.series.map(({ labels }) => labels),
      frame.expr,
    );
    return frame.series.map((series, at) => {
      const name = names[at]!;
      const { labels, values, own } = series as OwnSeries;
      const field = fieldFor(panel.fields, { name, refId, labels, values }, own);
      return { name: field.displayName ?? name, refId, field, series, frame };
    });
  });
}
