/** A panel as another type: what means the same is kept, and what it had as that type before comes back. Pure. */

import { asObject, type Json } from "../model/json";
import { kindOf } from "./kinds";

/** Options that mean the same in several types; all others belong to one. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  legend: ["timeseries", "piechart", "barchart", "histogram", "state-timeline", "status-history"],
  tooltip: ["timeseries", "piechart", "barchart", "histogram", "state-timeline", "status-history", "heatmap"],
  reduceOptions: [
    "stat",
    "gauge",
    "bargauge",
    "piechart",
    "watchglass-status-cards",
    "watchglass-ranked-list",
    "watchglass-sparkline",
  ],
  orientation: ["stat", "gauge", "bargauge", "barchart"],
  text: ["stat", "gauge", "bargauge"],
  showValue: ["state-timeline", "status-history"],
  rowHeight: ["state-timeline", "status-history"],
  "custom.lineWidth": ["timeseries", "barchart", "histogram", "state-timeline", "status-history"],
  "custom.fillOpacity": ["timeseries", "barchart", "histogram", "state-timeline", "status-history"],
  "custom.gradientMode": ["timeseries", "barchart", "histogram"],
  "custom.stacking": ["timeseries", "histogram"],
  "custom.axisLabel": ["timeseries", "barchart", "histogram"],
  "custom.axisPlacement": ["timeseries", "barchart", "histogram"],
  "custom.scaleDistribution": ["timeseries", "barchart"],
  "custom.thresholdsStyle": ["timeseries", "barchart"],
  "custom.hideFrom": [
    "timeseries",
    "barchart",
    "histogram",
    "piechart",
    "heatmap",
    "state-timeline",
    "status-history",
  ],
};

/** What of an object means the same in both types. */
function sharedBy(given: Json, prefix: string, from: string, to: string): Json {
  const means = (key: string): boolean => {
    const types = SHARED[prefix + key];
    return types?.includes(from) === true && types.includes(to);
  };
  return Object.fromEntries(Object.entries(given).filter(([key]) => means(key)));
}

/** What a panel had as another type, so that going there and back loses nothing. */
export interface Former {
  options: unknown;
  custom: unknown;
}

export const formerOf = (panel: Json): Former => ({
  options: panel.options,
  custom: asObject(asObject(panel.fieldConfig).defaults).custom,
});

/** The panel as another type: what means the same is kept; what it had as that type before comes back. */
export function changeType(panel: Json, type: string, former?: Former): Json {
  const [from, to] = [kindOf(String(panel.type)), kindOf(type)];
  const fieldConfig = asObject(panel.fieldConfig);
  const defaults = asObject(fieldConfig.defaults);
  const options = {
    ...asObject(former === undefined ? asObject(to?.starts).options : former.options),
    ...sharedBy(asObject(panel.options), "", String(panel.type), type),
  };
  const custom = {
    ...asObject(former?.custom),
    ...sharedBy(asObject(defaults.custom), "custom.", String(panel.type), type),
  };
  const mode = asObject(defaults.color).mode;
  const color =
    mode === undefined || mode === from?.color
      ? { ...asObject(defaults.color), mode: to?.color ?? "palette-classic" }
      : defaults.color;
  const { custom: _, ...others } = defaults;
  const filled = { ...others, color, ...(Object.keys(custom).length > 0 ? { custom } : {}) };
  return { ...panel, type, options, fieldConfig: { ...fieldConfig, defaults: filled } };
}
