/** The panel types as people choose them: what each is for, how large it begins, and what of it can be set. Data. */

import { asObject, type Json } from "../model/json";
import type { Extent } from "./grid";

/** One thing that can be set: where in the panel, what it is called, and what it may be. */
export interface Option {
  path: readonly string[];
  label: string;
  kind: "choice" | "number" | "switch" | "text" | "calcs";
  /** What holds where the panel says nothing. */
  fallback: unknown;
  /** Choice only. */
  choices?: readonly (readonly [value: string, label: string])[];
  /** Number only. */
  min?: number;
  max?: number;
  /** Calcs only: one of them, or several. */
  several?: boolean;
}

export interface Kind {
  type: string;
  name: string;
  /** What one sees with it, in a few words. */
  about: string;
  size: Extent;
  /** Whether it asks anything. */
  asks: boolean;
  options: readonly Option[];
  /** A new panel's own. */
  starts: Json;
  color: "palette-classic" | "thresholds";
  thresholds: boolean;
  legend: boolean;
}

const choice = (
  path: string,
  label: string,
  choices: readonly (readonly [string, string])[],
  fallback = choices[0]![0],
): Option => ({ path: path.split("."), label, kind: "choice", choices, fallback });
const number = (path: string, label: string, fallback: number, max: number): Option => ({
  path: path.split("."),
  label,
  kind: "number",
  fallback,
  min: 0,
  max,
});
const toggle = (path: string, label: string, fallback: boolean): Option => ({
  path: path.split("."),
  label,
  kind: "switch",
  fallback,
});
const words = (path: string, label: string): Option => ({
  path: path.split("."),
  label,
  kind: "text",
  fallback: "",
});

const CUSTOM = "fieldConfig.defaults.custom";
const CALC: Option = {
  path: ["options", "reduceOptions", "calcs"],
  label: "Calculation",
  kind: "calcs",
  fallback: ["lastNotNull"],
  several: false,
};
const STACKING = choice(`${CUSTOM}.stacking.mode`, "Stacking", [
  ["none", "Off"],
  ["normal", "Normal"],
  ["percent", "100 %"],
]);
const THRESHOLD_STYLE = choice(`${CUSTOM}.thresholdsStyle.mode`, "Thresholds drawn as", [
  ["off", "Nothing"],
  ["line", "Lines"],
  ["dashed", "Dashed lines"],
  ["area", "Regions"],
  ["line+area", "Both"],
]);
const ORIENTATION = choice("options.orientation", "Direction", [
  ["auto", "Auto"],
  ["horizontal", "Horizontal"],
  ["vertical", "Vertical"],
]);
const REDUCED: Json = { reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false } };

const KIND_DEFAULTS = {
  size: { w: 12, h: 8 },
  asks: true,
  options: [],
  starts: {},
  color: "palette-classic",
  thresholds: true,
  legend: false,
} as const;

const CHART_LEGEND: Json = {
  legend: { showLegend: true, displayMode: "list", placement: "bottom", calcs: [] },
};

type Given = Partial<Kind> & Pick<Kind, "type" | "name" | "about">;
const kind = (given: Given): Kind => ({ ...KIND_DEFAULTS, ...given });

export const KINDS: readonly Kind[] = [
  kind({
    type: "timeseries",
    name: "Time series",
    about: "Lines, areas or bars over time",
    legend: true,
    starts: { options: { ...CHART_LEGEND, tooltip: { mode: "multi", sort: "desc" } } },
    options: [
      choice(`${CUSTOM}.drawStyle`, "Style", [
        ["line", "Lines"],
        ["bars", "Bars"],
        ["points", "Points"],
      ]),
      choice(`${CUSTOM}.lineInterpolation`, "Between points", [
        ["linear", "Straight"],
        ["smooth", "Smooth"],
        ["stepAfter", "Steps"],
      ]),
      number(`${CUSTOM}.lineWidth`, "Line width", 1, 10),
      number(`${CUSTOM}.fillOpacity`, "Fill, %", 0, 100),
      STACKING,
      toggle(`${CUSTOM}.spanNulls`, "Draw lines over gaps", false),
      words(`${CUSTOM}.axisLabel`, "Axis label"),
      THRESHOLD_STYLE,
    ],
  }),
  kind({
    type: "stat",
    name: "Stat",
    about: "One large number a series",
    size: { w: 6, h: 4 },
    color: "thresholds",
    starts: { options: { ...REDUCED, colorMode: "value", graphMode: "area", textMode: "auto" } },
    options: [
      CALC,
      choice("options.colorMode", "Colour", [
        ["value", "Of the number"],
        ["background", "Of the background"],
        ["none", "None"],
      ]),
      choice("options.graphMode", "Sparkline", [
        ["area", "Shown"],
        ["none", "Off"],
      ]),
      choice("options.textMode", "Text", [
        ["auto", "Auto"],
        ["value", "Value"],
        ["value_and_name", "Value and name"],
        ["name", "Name"],
      ]),
    ],
  }),
  kind({
    type: "gauge",
    name: "Gauge",
    about: "A value between its limits",
    size: { w: 6, h: 6 },
    color: "thresholds",
    starts: { options: REDUCED },
    options: [CALC, toggle("options.showThresholdMarkers", "Thresholds beside the arc", true)],
  }),
  kind({
    type: "bargauge",
    name: "Bar gauge",
    about: "Values as bars, side by side",
    size: { w: 8, h: 8 },
    color: "thresholds",
    starts: { options: { ...REDUCED, displayMode: "basic", orientation: "horizontal" } },
    options: [
      CALC,
      ORIENTATION,
      choice("options.displayMode", "Bars", [
        ["basic", "Plain"],
        ["gradient", "Gradient"],
        ["lcd", "Cells"],
      ]),
    ],
  }),
  kind({
    type: "table",
    name: "Table",
    about: "Rows and columns, sortable",
    size: { w: 12, h: 8 },
    starts: { options: { showHeader: true } },
    options: [
      toggle("options.showHeader", "Header", true),
      choice("options.cellHeight", "Row height", [
        ["sm", "Small"],
        ["md", "Medium"],
        ["lg", "Large"],
      ]),
    ],
  }),
  kind({
    type: "piechart",
    name: "Pie chart",
    about: "Shares of a whole",
    size: { w: 8, h: 8 },
    legend: true,
    thresholds: false,
    starts: {
      options: {
        ...REDUCED,
        pieType: "donut",
        legend: { showLegend: true, displayMode: "table", placement: "right", values: ["value", "percent"] },
      },
    },
    options: [
      choice(
        "options.pieType",
        "Shape",
        [
          ["pie", "Pie"],
          ["donut", "Ring"],
        ],
        "pie",
      ),
      CALC,
    ],
  }),
  kind({
    type: "barchart",
    name: "Bar chart",
    about: "Bars by category",
    legend: true,
    starts: { options: { ...CHART_LEGEND, orientation: "auto" } },
    options: [
      ORIENTATION,
      { ...STACKING, path: ["options", "stacking"] },
      number(`${CUSTOM}.fillOpacity`, "Fill, %", 80, 100),
    ],
  }),
  kind({
    type: "heatmap",
    name: "Heatmap",
    about: "How values spread, over time",
    thresholds: false,
    starts: { options: { calculate: false, yAxis: { unit: "short" } } },
    options: [
      toggle("options.calculate", "Count values into buckets", false),
      toggle("options.yAxis.reverse", "Largest values at the bottom", false),
    ],
  }),
  kind({
    type: "histogram",
    name: "Histogram",
    about: "How often which value occurs",
    legend: true,
    starts: { options: CHART_LEGEND },
    options: [
      toggle("options.combine", "All series together", false),
      number(`${CUSTOM}.fillOpacity`, "Fill, %", 80, 100),
    ],
  }),
  kind({
    type: "state-timeline",
    name: "State timeline",
    about: "States, and how long they last",
    color: "thresholds",
    legend: true,
    starts: { options: { ...CHART_LEGEND, mergeValues: true, showValue: "auto" } },
    options: [
      toggle("options.mergeValues", "Join equal neighbours", true),
      choice("options.showValue", "Values", [
        ["auto", "Where they fit"],
        ["always", "Always"],
        ["never", "Never"],
      ]),
    ],
  }),
  kind({
    type: "status-history",
    name: "Status history",
    about: "States at regular times",
    color: "thresholds",
    legend: true,
    starts: { options: CHART_LEGEND },
    options: [
      choice("options.showValue", "Values", [
        ["auto", "Where they fit"],
        ["always", "Always"],
        ["never", "Never"],
      ]),
    ],
  }),
  kind({
    type: "text",
    name: "Text",
    about: "Notes in Markdown",
    size: { w: 12, h: 4 },
    asks: false,
    thresholds: false,
    starts: { options: { mode: "markdown", content: "" } },
    options: [
      choice("options.mode", "Written in", [
        ["markdown", "Markdown"],
        ["html", "HTML"],
        ["code", "Plain text"],
      ]),
    ],
  }),
];

export const kindOf = (type: string): Kind | undefined => KINDS.find((one) => one.type === type);

/** A new panel of a kind, without place and number. */
export function newPanel(type: string, title: string): Json {
  const { starts, asks, color } = kindOf(type) ?? KINDS[0]!;
  const fieldConfig = { defaults: { color: { mode: color } }, overrides: [] };
  return {
    type,
    title,
    ...(asks ? { targets: [{ refId: "A", expr: "" }], fieldConfig } : {}),
    ...structuredClone(asObject(starts)),
  };
}

/** Options that mean the same in several types; all others belong to one. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  legend: ["timeseries", "piechart", "barchart", "histogram", "state-timeline", "status-history"],
  tooltip: ["timeseries", "piechart", "barchart", "histogram", "state-timeline", "status-history", "heatmap"],
  reduceOptions: ["stat", "gauge", "bargauge", "piechart"],
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
