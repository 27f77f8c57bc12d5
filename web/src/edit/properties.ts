/**
 * The properties of a field: under which id an override sets each, which panel types draw by it, and how it is set. The
 * options of the panel types are made of the same table, so that both offer what is honoured and nothing else. Data.
 */

import { asObject } from "../model/json";
import { choice, isOneOf, notAbove, number, toggle, within, words, type Option } from "./options";

export interface Property {
  /** Grafana's, as overrides have it: the path below a field's configuration. */
  id: string;
  label: string;
  /** What is set, inside of the property's value; an empty path is the value itself. */
  options: readonly Option[];
  /** A form of its own in place of options. */
  editor?: "unit" | "color" | "thresholds" | "mappings" | "links";
  /** What a new override of it begins with. */
  starts: unknown;
  /** Panel types that draw by it. */
  types: readonly string[];
}

const NUMBERS = ["stat", "gauge", "bargauge", "piechart"];
const OURS = ["watchglass-status-cards", "watchglass-ranked-list", "watchglass-sparkline"];
const STATES = ["state-timeline", "status-history"];
const SERIES = ["timeseries"];
const TABLE = ["table"];
const ALL = [...SERIES, ...NUMBERS, ...TABLE, "barchart", "histogram", ...STATES, ...OURS];
const MAPPED = ALL.filter((type) => type !== "histogram");
const STEPPED = MAPPED.filter((type) => type !== "piechart");
const SCALED = [
  ...SERIES,
  "gauge",
  "bargauge",
  "stat",
  ...TABLE,
  "barchart",
  "watchglass-sparkline",
  ...STATES,
];

type Own = Pick<Property, "id" | "label" | "types" | "starts"> & Partial<Property>;
const property = (own: Own): Property => ({ options: [], ...own });

/** A property with one value: an option whose path is empty. */
const plain = (id: string, types: readonly string[], starts: unknown, option: Option): Property =>
  property({ id, label: option.label, types, starts, options: [option] });

const isLine = isOneOf("drawStyle", ["line"], "line");
const isBars = isOneOf("drawStyle", ["bars"], "line");

const FIELD: readonly Property[] = [
  plain("displayName", ALL, "", words("", "Name shown", { placeholder: "${__field.labels.job}" })),
  property({ id: "unit", label: "Unit", types: ALL, editor: "unit", starts: "short" }),
  plain("decimals", ALL, 1, number("", "Decimals", undefined, { min: 0, max: 20, placeholder: "auto" })),
  plain("min", SCALED, 0, number("", "Min", undefined, { placeholder: "auto" })),
  plain("max", SCALED, 100, number("", "Max", undefined, { placeholder: "auto" })),
  property({
    id: "color",
    label: "Colour",
    types: ALL,
    editor: "color",
    starts: { mode: "fixed", fixedColor: "blue" },
  }),
  property({
    id: "thresholds",
    label: "Thresholds",
    types: STEPPED,
    editor: "thresholds",
    starts: {
      mode: "absolute",
      steps: [
        { value: null, color: "green" },
        { value: 80, color: "red" },
      ],
    },
  }),
  property({ id: "mappings", label: "Value mappings", types: MAPPED, editor: "mappings", starts: [] }),
  property({ id: "links", label: "Data links", types: ALL, editor: "links", starts: [] }),
  plain("noValue", MAPPED, "–", words("", "Without a value", { placeholder: "–" })),
];

const DRAWING: readonly Property[] = [
  plain(
    "custom.drawStyle",
    SERIES,
    "line",
    choice("", "Style", [
      ["line", "Lines"],
      ["bars", "Bars"],
      ["points", "Points"],
    ]),
  ),
  plain(
    "custom.lineInterpolation",
    SERIES,
    "smooth",
    choice("", "Between points", [
      ["linear", "Straight"],
      ["smooth", "Smooth"],
      ["stepAfter", "Steps after"],
      ["stepBefore", "Steps before"],
    ]),
  ),
  plain("custom.lineWidth", SERIES, 2, number("", "Line width", 1.5, { min: 0, max: 10 })),
  property({
    id: "custom.lineStyle",
    label: "Line",
    types: SERIES,
    starts: { fill: "dash" },
    options: [
      choice("fill", "Line", [
        ["solid", "Solid"],
        ["dash", "Dashed"],
        ["dot", "Dotted"],
      ]),
    ],
  }),
  plain(
    "custom.fillOpacity",
    [...SERIES, "barchart", "histogram", ...STATES],
    20,
    number("", "Fill, %", 0, { min: 0, max: 100 }),
  ),
  plain(
    "custom.gradientMode",
    SERIES,
    "opacity",
    choice("", "Fill fades", [
      ["none", "No"],
      ["opacity", "Into the panel"],
      ["hue", "In hue"],
      ["scheme", "By thresholds"],
    ]),
  ),
  plain(
    "custom.showPoints",
    SERIES,
    "always",
    choice("", "Points", [
      ["auto", "Auto"],
      ["always", "Always"],
      ["never", "Never"],
    ]),
  ),
  plain("custom.pointSize", SERIES, 6, number("", "Size of points", 5, { min: 1, max: 40 })),
  plain("custom.spanNulls", SERIES, true, toggle("", "Draw lines over gaps", false)),
  plain("custom.barWidthFactor", SERIES, 0.9, number("", "Width of bars, 0 to 1", 0.7, { min: 0.1, max: 1 })),
  property({
    id: "custom.stacking",
    label: "Stacking",
    types: [...SERIES, "histogram"],
    starts: { mode: "normal", group: "A" },
    options: [
      choice("mode", "Stacking", [
        ["none", "Off"],
        ["normal", "Normal"],
        ["percent", "100 %"],
      ]),
    ],
  }),
  plain(
    "custom.transform",
    SERIES,
    "negative-Y",
    choice("", "Drawn", [
      ["", "As it is"],
      ["negative-Y", "Below zero"],
      ["constant", "As its first value"],
    ]),
  ),
  plain("custom.fillBelowTo", SERIES, "", { ...words("", "Filled down to"), kind: "field" }),
  property({
    id: "custom.thresholdsStyle",
    label: "Thresholds drawn as",
    types: SERIES,
    starts: { mode: "line" },
    options: [
      choice("mode", "Thresholds drawn as", [
        ["off", "Nothing"],
        ["line", "Lines"],
        ["dashed", "Dashed lines"],
        ["area", "Regions"],
        ["line+area", "Both"],
      ]),
    ],
  }),
];

const AXIS: readonly Property[] = [
  plain(
    "custom.axisPlacement",
    SERIES,
    "right",
    choice("", "Axis", [
      ["auto", "Auto"],
      ["left", "Left"],
      ["right", "Right"],
      ["hidden", "Hidden"],
    ]),
  ),
  plain("custom.axisLabel", SERIES, "", words("", "Axis label")),
  property({
    id: "custom.scaleDistribution",
    label: "Scale",
    types: SERIES,
    starts: { type: "log", log: 10 },
    options: [
      choice("type", "Scale", [
        ["linear", "Linear"],
        ["log", "Logarithmic"],
        ["symlog", "Logarithmic, around zero too"],
      ]),
      number("log", "Base, 2 or 10", 10, { min: 2, max: 10, when: isOneOf("type", ["log"]) }),
      number("linearThreshold", "Linear up to", 1, { min: 0, when: isOneOf("type", ["symlog"]) }),
    ],
  }),
  plain("custom.axisSoftMin", SERIES, 0, number("", "At least down to", undefined, { placeholder: "auto" })),
  plain("custom.axisSoftMax", SERIES, 100, number("", "At least up to", undefined, { placeholder: "auto" })),
  plain("custom.axisCenteredZero", SERIES, true, toggle("", "Zero in the middle", false)),
  plain("custom.axisGridShow", SERIES, false, toggle("", "Grid lines", true)),
];

const HIDING: readonly Property[] = [
  property({
    id: "custom.hideFrom",
    label: "Hidden from",
    types: SERIES,
    starts: { viz: true, legend: false, tooltip: false },
    options: [
      toggle("viz", "Hidden from the chart", false),
      toggle("legend", "Hidden from the legend", false),
      toggle("tooltip", "Hidden from the tooltip", false),
    ],
  }),
];

const CELLS: readonly Property[] = [
  property({
    id: "custom.cellOptions",
    label: "Cells",
    types: TABLE,
    starts: { type: "color-background" },
    options: [
      choice("type", "Cells", [
        ["auto", "Plain"],
        ["color-text", "Coloured text"],
        ["color-background", "Coloured ground"],
        ["gauge", "Bar"],
        ["json-view", "JSON"],
        ["image", "Link to a picture"],
      ]),
      toggle("wrapText", "Long texts wrapped", false),
      toggle("applyToRow", "The whole row", false, { when: isOneOf("type", ["color-background"]) }),
    ],
  }),
  plain(
    "custom.align",
    TABLE,
    "right",
    choice("", "Aligned", [
      ["auto", "Auto"],
      ["left", "Left"],
      ["center", "Middle"],
      ["right", "Right"],
    ]),
  ),
  plain(
    "custom.width",
    TABLE,
    120,
    number("", "Width, px", undefined, { min: 30, max: 2000, placeholder: "auto" }),
  ),
  plain("custom.filterable", TABLE, true, toggle("", "A filter above the column", false)),
  plain("custom.hidden", TABLE, true, toggle("", "Hidden column", false)),
];

export const PROPERTIES: readonly Property[] = [...FIELD, ...DRAWING, ...AXIS, ...HIDING, ...CELLS];

export const propertyOf = (id: string): Property | undefined => PROPERTIES.find((one) => one.id === id);

/** What an override may set of a panel of this type. */
export const propertiesOf = (type: string): Property[] =>
  PROPERTIES.filter(({ types }) => types.includes(type));

/** When options of drawing are of use, beside one another in a panel. */
const WHEN: Readonly<Record<string, (custom: unknown) => boolean>> = {
  "custom.lineInterpolation": isLine,
  "custom.lineStyle": isLine,
  "custom.spanNulls": isLine,
  "custom.barWidthFactor": isBars,
};

/** What is wrong with options beside one another in a panel. */
const FAULTS: Readonly<Record<string, (custom: unknown) => string | undefined>> = {
  "custom.axisSoftMax": (custom) => {
    const { axisSoftMin, axisSoftMax } = asObject(custom);
    return notAbove(axisSoftMin, axisSoftMax, "At least down to");
  },
};

/** The options of a property as they stand in a panel, for all of its fields. */
export function fieldOptions(...ids: readonly string[]): Option[] {
  return ids.flatMap((id) => {
    const path = ["fieldConfig", "defaults", ...id.split(".")];
    const when = WHEN[id];
    const fault = FAULTS[id];
    return propertyOf(id)!.options.map((option) => ({
      ...within(path, option),
      ...(when === undefined ? {} : { when: (panel: unknown) => when(customOf(panel)) }),
      ...(fault === undefined ? {} : { faultIn: (panel: unknown) => fault(customOf(panel)) }),
    }));
  });
}

function customOf(panel: unknown): unknown {
  const at = panel as { fieldConfig?: { defaults?: { custom?: unknown } } } | undefined;
  return at?.fieldConfig?.defaults?.custom;
}
