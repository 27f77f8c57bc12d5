/** The panel types as people choose them: what each is for, how large it begins, and what of it can be set. Data. */

import { asObject, type Json } from "../model/json";
import type { Extent } from "./grid";
import { calc, chips, choice, field, isOneOf, number, toggle, words, type Option } from "./options";
import { fieldOptions } from "./properties";

/** Options that belong together, under a title; absent: the name of the type. */
export interface OptionGroup {
  title?: string;
  options: readonly Option[];
}

export interface Kind {
  type: string;
  name: string;
  /** What one sees with it, in a few words. */
  about: string;
  size: Extent;
  /** Whether it asks anything. */
  asks: boolean;
  groups: readonly OptionGroup[];
  /** A new panel's own. */
  starts: Json;
  color: "palette-classic" | "thresholds";
  thresholds: boolean;
  mappings: boolean;
  /** What its legend can say besides names; absent: it has none. */
  legend?: "calculations" | "shares" | "names";
}

const CALC = calc("options.reduceOptions.calcs", "Calculation");
const ORIENTATION = choice("options.orientation", "Direction", [
  ["auto", "Auto"],
  ["horizontal", "Horizontal"],
  ["vertical", "Vertical"],
]);
/** Single numbers out of series. */
const REDUCING: readonly Option[] = [
  CALC,
  field("options.reduceOptions.fields", "Of the field", { placeholder: "all numbers" }),
];
const EACH: readonly Option[] = [
  ...REDUCING,
  toggle("options.reduceOptions.values", "Every value by itself", false),
  number("options.reduceOptions.limit", "Values at most", 25, {
    min: 1,
    max: 1000,
    when: isOneOf("options.reduceOptions.values", [true]),
  }),
];
const REDUCED: Json = { reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false } };

const TOOLTIP = choice("options.tooltip.mode", "Shows", [
  ["single", "The nearest"],
  ["multi", "All"],
  ["none", "Nothing"],
]);
const TOLD = choice("options.tooltip.mode", "Tooltip", [
  ["single", "Shown"],
  ["none", "Off"],
]);
const SHOW_VALUE = choice("options.showValue", "Values", [
  ["auto", "Where they fit"],
  ["always", "Always"],
  ["never", "Never"],
]);
const share = (path: string, label: string, fallback: number): Option =>
  number(path, label, fallback, { min: 0.05, max: 1 });
const filled = (fallback: number): Option[] =>
  fieldOptions("custom.fillOpacity").map((one) => ({ ...one, fallback }));

const KIND_DEFAULTS = {
  size: { w: 12, h: 8 },
  asks: true,
  groups: [],
  starts: {},
  color: "palette-classic",
  thresholds: true,
  mappings: true,
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
    legend: "calculations",
    starts: { options: { ...CHART_LEGEND, tooltip: { mode: "multi", sort: "desc" } } },
    groups: [
      {
        options: fieldOptions(
          "custom.drawStyle",
          "custom.lineInterpolation",
          "custom.lineWidth",
          "custom.lineStyle",
          "custom.barWidthFactor",
          "custom.fillOpacity",
          "custom.gradientMode",
          "custom.stacking",
          "custom.showPoints",
          "custom.pointSize",
          "custom.spanNulls",
          "custom.thresholdsStyle",
        ),
      },
      {
        title: "Axis",
        options: fieldOptions(
          "custom.axisPlacement",
          "custom.axisLabel",
          "custom.scaleDistribution",
          "custom.axisSoftMin",
          "custom.axisSoftMax",
          "custom.axisCenteredZero",
          "custom.axisGridShow",
        ),
      },
      {
        title: "Tooltip",
        options: [
          { ...TOOLTIP, fallback: "multi" },
          choice(
            "options.tooltip.sort",
            "Sorted",
            [
              ["none", "As the series are"],
              ["desc", "Largest first"],
              ["asc", "Smallest first"],
            ],
            { fallback: "desc" },
          ),
          toggle("options.tooltip.hideZeros", "Without zeros", false),
        ],
      },
    ],
  }),
  kind({
    type: "stat",
    name: "Stat",
    about: "One large number a series",
    size: { w: 6, h: 4 },
    color: "thresholds",
    starts: { options: { ...REDUCED, colorMode: "value", graphMode: "area", textMode: "auto" } },
    groups: [
      {
        options: [
          ...REDUCING,
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
            ["none", "None"],
          ]),
          toggle("options.showPercentChange", "Change over the range", false),
        ],
      },
    ],
  }),
  kind({
    type: "gauge",
    name: "Gauge",
    about: "A value between its limits",
    size: { w: 6, h: 6 },
    color: "thresholds",
    starts: { options: REDUCED },
    groups: [
      {
        options: [
          ...EACH,
          toggle("options.showThresholdMarkers", "Thresholds beside the arc", true),
          toggle("options.showThresholdLabels", "Thresholds as numbers", false),
        ],
      },
    ],
  }),
  kind({
    type: "bargauge",
    name: "Bar gauge",
    about: "Values as bars, side by side",
    size: { w: 8, h: 8 },
    color: "thresholds",
    starts: { options: { ...REDUCED, displayMode: "basic", orientation: "horizontal" } },
    groups: [
      {
        options: [
          ...EACH,
          ORIENTATION,
          choice(
            "options.displayMode",
            "Bars",
            [
              ["basic", "Plain"],
              ["gradient", "Gradient"],
              ["lcd", "Cells"],
            ],
            { fallback: "gradient" },
          ),
          choice("options.valueMode", "Values", [
            ["color", "In colour"],
            ["text", "Plain"],
            ["hidden", "Hidden"],
          ]),
          choice("options.namePlacement", "Names", [
            ["auto", "Auto"],
            ["top", "Above"],
            ["left", "At the left"],
            ["hidden", "Hidden"],
          ]),
          toggle("options.showUnfilled", "The empty part is shown", true),
        ],
      },
    ],
  }),
  kind({
    type: "table",
    name: "Table",
    about: "Rows and columns, sortable",
    size: { w: 12, h: 8 },
    starts: { options: { showHeader: true } },
    groups: [
      {
        options: [
          toggle("options.showHeader", "Header", true),
          field("options.sortBy.0.displayName", "Sorted by", { placeholder: "as answered" }),
          toggle("options.sortBy.0.desc", "Largest first", false, {
            when: (panel) => firstSort(panel) !== undefined,
          }),
          ...fieldOptions("custom.cellOptions", "custom.align", "custom.width", "custom.filterable"),
        ],
      },
      {
        title: "Footer",
        options: [
          toggle("options.footer.show", "Shown", false),
          calc("options.footer.reducer", "Calculation", {
            fallback: ["sum"],
            when: isOneOf("options.footer.show", [true]),
          }),
        ],
      },
    ],
  }),
  kind({
    type: "piechart",
    name: "Pie chart",
    about: "Shares of a whole",
    size: { w: 8, h: 8 },
    legend: "shares",
    thresholds: false,
    starts: {
      options: {
        ...REDUCED,
        pieType: "donut",
        legend: { showLegend: true, displayMode: "table", placement: "right", values: ["value", "percent"] },
      },
    },
    groups: [
      {
        options: [
          choice("options.pieType", "Shape", [
            ["pie", "Pie"],
            ["donut", "Ring"],
          ]),
          ...EACH,
          chips("options.displayLabels", "On the slices", [
            ["name", "Name"],
            ["value", "Value"],
            ["percent", "Percent"],
          ]),
          TOLD,
        ],
      },
    ],
  }),
  kind({
    type: "barchart",
    name: "Bar chart",
    about: "Bars by category",
    legend: "names",
    thresholds: true,
    starts: { options: { ...CHART_LEGEND, orientation: "auto" } },
    groups: [
      {
        options: [
          field("options.xField", "Categories from", { placeholder: "the first text" }),
          ORIENTATION,
          choice("options.stacking", "Stacking", [
            ["none", "Off"],
            ["normal", "Normal"],
            ["percent", "100 %"],
          ]),
          SHOW_VALUE,
          ...filled(80),
          share("options.groupWidth", "Width of a group, 0 to 1", 0.7),
          share("options.barWidth", "Width of a bar, 0 to 1", 0.97),
          number("options.xTickLabelRotation", "Names turned by, °", 0, { min: -90, max: 90 }),
          TOOLTIP,
        ],
      },
    ],
  }),
  kind({
    type: "heatmap",
    name: "Heatmap",
    about: "How values spread, over time",
    thresholds: false,
    mappings: false,
    starts: { options: { calculate: false, yAxis: { unit: "short" } } },
    groups: [
      {
        options: [
          toggle("options.calculate", "Count values into buckets", false),
          choice(
            "options.calculation.yBuckets.mode",
            "Buckets by",
            [
              ["", "Auto"],
              ["count", "Their number"],
              ["size", "Their size"],
            ],
            { when: isOneOf("options.calculate", [true]) },
          ),
          number("options.calculation.yBuckets.value", "Number or size", 20, {
            min: 0,
            when: (panel) =>
              isOneOf("options.calculate", [true])(panel) &&
              isOneOf("options.calculation.yBuckets.mode", ["count", "size"])(panel),
          }),
          words("options.yAxis.unit", "Unit of the buckets", { placeholder: "that of the values" }),
          number("options.yAxis.decimals", "Decimals of the buckets", undefined, {
            min: 0,
            max: 20,
            placeholder: "auto",
          }),
          words("options.cellValues.unit", "Unit of the counts", { placeholder: "none" }),
          number("options.filterValues.le", "Hide counts up to", 0, { placeholder: "0" }),
          number("options.cellGap", "Gap between cells, px", 1, { min: 0, max: 10 }),
          toggle("options.legend.show", "Scale of colours", true),
        ],
      },
      {
        title: "Colours",
        options: [
          choice(
            "options.color.scheme",
            "Scheme",
            [
              ["Oranges", "One way"],
              ["RdYlGn", "From the middle"],
            ],
            { hint: "Few to many; colours follow the theme." },
          ),
          toggle("options.color.reverse", "Reversed", false, {
            when: (panel) => !isOneOf("options.color.scheme", ["Oranges"], "Oranges")(panel),
          }),
          number("options.color.exponent", "Exponent", 0.5, {
            min: 0.1,
            max: 2,
            hint: "Below 1 lifts what is rare.",
          }),
          number("options.color.max", "Full at", undefined, { placeholder: "the most there is" }),
        ],
      },
    ],
  }),
  kind({
    type: "histogram",
    name: "Histogram",
    about: "How often which value occurs",
    legend: "names",
    thresholds: false,
    mappings: false,
    starts: { options: CHART_LEGEND },
    groups: [
      {
        options: [
          number("options.bucketSize", "Width of a bucket", undefined, { min: 0, placeholder: "auto" }),
          number("options.bucketCount", "Buckets, about", 30, { min: 1, max: 200 }),
          number("options.bucketOffset", "First bucket from", 0),
          toggle("options.combine", "All series together", false),
          ...fieldOptions("custom.stacking"),
          ...filled(80),
          TOLD,
        ],
      },
    ],
  }),
  kind({
    type: "state-timeline",
    name: "State timeline",
    about: "States, and how long they last",
    color: "thresholds",
    legend: "names",
    starts: { options: { ...CHART_LEGEND, mergeValues: true, showValue: "auto" } },
    groups: [
      {
        options: [
          toggle("options.mergeValues", "Join equal neighbours", true),
          SHOW_VALUE,
          choice("options.alignValue", "Values stand", [
            ["left", "At the left"],
            ["center", "In the middle"],
            ["right", "At the right"],
          ]),
          share("options.rowHeight", "Height of a row, 0 to 1", 0.85),
          ...filled(80),
        ],
      },
    ],
  }),
  kind({
    type: "status-history",
    name: "Status history",
    about: "States at regular times",
    color: "thresholds",
    legend: "names",
    starts: { options: CHART_LEGEND },
    groups: [
      {
        options: [
          SHOW_VALUE,
          share("options.rowHeight", "Height of a row, 0 to 1", 0.85),
          share("options.colWidth", "Width of a column, 0 to 1", 0.9),
          ...filled(80),
        ],
      },
    ],
  }),
  kind({
    type: "watchglass-status-cards",
    name: "Status cards",
    about: "A card a series: word, shape, colour",
    size: { w: 12, h: 5 },
    color: "thresholds",
    starts: { options: REDUCED },
    groups: [{ options: [...EACH, toggle("options.showValue", "The number beside the word", true)] }],
  }),
  kind({
    type: "watchglass-ranked-list",
    name: "Ranked list",
    about: "Values by size, with their shares",
    size: { w: 8, h: 8 },
    starts: { options: { ...REDUCED, limit: 10 } },
    groups: [
      {
        options: [
          ...EACH,
          choice("options.order", "Order", [
            ["desc", "Largest first"],
            ["asc", "Smallest first"],
          ]),
          number("options.limit", "Entries at most", 100, { min: 1, max: 1000 }),
          toggle("options.showShare", "Share of the whole", true),
        ],
      },
    ],
  }),
  kind({
    type: "watchglass-sparkline",
    name: "Sparklines",
    about: "Name, course and value in a line",
    size: { w: 8, h: 6 },
    starts: { options: REDUCED },
    groups: [{ options: [...REDUCING, toggle("options.fill", "Filled below the line", true)] }],
  }),
  kind({
    type: "text",
    name: "Text",
    about: "Notes in Markdown",
    size: { w: 12, h: 4 },
    asks: false,
    thresholds: false,
    mappings: false,
    starts: { options: { mode: "markdown", content: "" } },
    groups: [
      {
        options: [
          choice("options.mode", "Written in", [
            ["markdown", "Markdown"],
            ["html", "HTML"],
            ["code", "Plain text"],
          ]),
        ],
      },
    ],
  }),
  kind({
    type: "dashlist",
    name: "Dashboards",
    about: "Links to other dashboards",
    size: { w: 6, h: 8 },
    asks: false,
    thresholds: false,
    mappings: false,
    starts: { options: { query: "", tags: [], maxItems: 30 } },
    groups: [
      {
        options: [
          words("options.query", "Title contains", { placeholder: "anything" }),
          number("options.maxItems", "Dashboards at most", 30, { min: 1, max: 200 }),
        ],
      },
    ],
  }),
];

function firstSort(panel: unknown): unknown {
  const { sortBy } = asObject(asObject(panel).options);
  return Array.isArray(sortBy) ? (sortBy as unknown[])[0] : undefined;
}

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
