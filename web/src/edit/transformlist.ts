/** The transformations that the editor offers: what each does, and what of it can be set. Data. */

import { entryOf } from "../model/json";
import type { Json } from "../model/json";
import {
  calc,
  calcs,
  choice,
  field,
  fields,
  isOneOf,
  label,
  labels,
  list,
  number,
  query,
  toggle,
  words,
  type Option,
  type Pair,
} from "./options";

export interface TransformKind {
  id: string;
  name: string;
  /** What it does, in a few words. */
  about: string;
  options: readonly Option[];
  /** A form with a line for each field in place of options. */
  editor?: "organize" | "groupBy" | "trends";
  /** A new one's options. */
  starts: Json;
}

type Given = Pick<TransformKind, "id" | "name" | "about"> & Partial<TransformKind>;
const transform = (given: Given): TransformKind => ({ options: [], starts: {}, ...given });

const TESTS: readonly Pair[] = [
  ["greater", "is greater than"],
  ["greaterOrEqual", "is at least"],
  ["lower", "is less than"],
  ["lowerOrEqual", "is at most"],
  ["equal", "equals"],
  ["notEqual", "does not equal"],
  ["range", "lies between"],
  ["regex", "matches"],
  ["substring", "contains"],
  ["notSubstring", "does not contain"],
  ["isNull", "is absent"],
  ["isNotNull", "is there"],
];

const isBetween = isOneOf("config.id", ["range", "between"]);
const needsValue = isOneOf(
  "config.id",
  TESTS.map(([id]) => id).filter((id) => !["range", "isNull", "isNotNull"].includes(id)),
);

const CONDITION: readonly Option[] = [
  field("fieldName", "Field"),
  choice("config.id", "Test", TESTS),
  words("config.options.value", "Value", { when: needsValue }),
  number("config.options.from", "From", undefined, { when: isBetween }),
  number("config.options.to", "To", undefined, { when: isBetween }),
];

const HANDLERS: readonly Pair[] = [
  ["unit", "Unit"],
  ["min", "Min"],
  ["max", "Max"],
  ["decimals", "Decimals"],
  ["displayName", "Name shown"],
  ["noValue", "Text without a value"],
  ["color", "Colour"],
  ["threshold1", "Threshold"],
];

const mode = (name: string) => isOneOf("mode", [name], "reduceRow");

/** Where a table shall be made: they are ordered as people need them most. */
export const TRANSFORMS: readonly TransformKind[] = [
  transform({
    id: "organize",
    name: "Organise fields",
    about: "Hides, orders and renames columns",
    editor: "organize",
    starts: { excludeByName: {}, indexByName: {}, renameByName: {} },
  }),
  transform({
    id: "merge",
    name: "Merge",
    about: "Tables of several queries as one; rows that agree become one",
  }),
  transform({
    id: "joinByField",
    name: "Join by field",
    about: "Side by side, a row for each value of a field",
    options: [
      field("byField", "Field", { placeholder: "the time" }),
      choice("mode", "Rows", [
        ["outer", "All of them"],
        ["inner", "Those that all have"],
      ]),
    ],
    starts: { mode: "outer" },
  }),
  transform({
    id: "reduce",
    name: "Reduce",
    about: "Each series to one row of calculations",
    options: [
      choice("mode", "Gives", [
        ["seriesToRows", "A row a series"],
        ["reduceFields", "A value a column"],
      ]),
      calcs("reducers", "Calculations"),
      toggle("labelsToFields", "Labels as columns", false, {
        when: isOneOf("mode", ["seriesToRows"], "seriesToRows"),
      }),
      toggle("includeTimeField", "The time too", false),
    ],
    starts: { mode: "seriesToRows", reducers: ["lastNotNull"] },
  }),
  transform({
    id: "groupBy",
    name: "Group by",
    about: "Equal rows become one, the rest is calculated",
    editor: "groupBy",
    starts: { fields: {} },
  }),
  transform({
    id: "sortBy",
    name: "Sort by",
    about: "Rows in the order of a field",
    options: [field("sort.0.field", "Field"), toggle("sort.0.desc", "Largest first", false)],
    starts: { sort: [{ field: "", desc: true }] },
  }),
  transform({
    id: "limit",
    name: "Limit",
    about: "The first or last rows",
    options: [
      number("limitField", "Rows", 10, { min: 0, max: 100_000 }),
      choice("limitPosition", "From", [
        ["first", "The top"],
        ["last", "The end"],
      ]),
    ],
    starts: { limitField: 10 },
  }),
  transform({
    id: "filterByValue",
    name: "Filter by value",
    about: "Rows whose values pass tests",
    options: [
      choice("type", "Rows that pass", [
        ["include", "Are kept"],
        ["exclude", "Are left out"],
      ]),
      choice("match", "They pass", [
        ["any", "One test"],
        ["all", "All tests"],
      ]),
      list("filters", "Tests", "test", CONDITION, {
        fieldName: "",
        config: { id: "greater", options: { value: "0" } },
      }),
    ],
    starts: { type: "include", match: "any", filters: [] },
  }),
  transform({
    id: "filterFieldsByName",
    name: "Filter fields by name",
    about: "Columns by name or pattern",
    options: [
      fields("include.names", "Keep"),
      words("include.pattern", "Keep what matches", { placeholder: "/^node_/" }),
      words("exclude.pattern", "Leave out what matches", { placeholder: "/_total$/" }),
    ],
    starts: { include: { names: [] } },
  }),
  transform({
    id: "filterByRefId",
    name: "Filter by query",
    about: "Answers of some queries only",
    options: [query("include", "Keep the query")],
  }),
  transform({
    id: "renameByRegex",
    name: "Rename by regex",
    about: "Names by a pattern and its groups",
    options: [
      words("regex", "Pattern", { placeholder: "/(.*)-prod/" }),
      words("renamePattern", "Name", { placeholder: "$1" }),
    ],
    starts: { regex: "(.*)", renamePattern: "$1" },
  }),
  transform({
    id: "calculateField",
    name: "Add field from calculation",
    about: "A column made of others",
    options: [
      choice("mode", "By", [
        ["reduceRow", "A calculation over the row"],
        ["binary", "Two fields, or a number"],
        ["unary", "A function of a field"],
        ["cumulativeFunctions", "All rows up to each"],
        ["windowFunctions", "A window of rows"],
        ["index", "The row's number"],
      ]),
      calc("reduce.reducer", "Calculation", { fallback: "sum", when: mode("reduceRow") }),
      fields("reduce.include", "Of", { when: mode("reduceRow"), hint: "None chosen means all numbers." }),
      field("binary.left", "Left", { when: mode("binary") }),
      choice(
        "binary.operator",
        "Operator",
        [
          ["+", "+"],
          ["-", "−"],
          ["*", "×"],
          ["/", "÷"],
          ["%", "modulo"],
          ["**", "to the power of"],
        ],
        { when: mode("binary") },
      ),
      field("binary.right", "Right", { when: mode("binary"), placeholder: "a field or a number" }),
      choice(
        "unary.operator",
        "Function",
        [
          ["abs", "Absolute value"],
          ["round", "Rounded"],
          ["floor", "Rounded down"],
          ["ceil", "Rounded up"],
          ["sqrt", "Square root"],
          ["exp", "e to the power of"],
          ["ln", "Natural logarithm"],
        ],
        { when: mode("unary") },
      ),
      field("unary.fieldName", "Of", { when: mode("unary") }),
      field("cumulative.field", "Of", { when: mode("cumulativeFunctions") }),
      choice(
        "cumulative.reducer",
        "Calculation",
        [
          ["sum", "Sum"],
          ["mean", "Mean"],
        ],
        { when: mode("cumulativeFunctions") },
      ),
      field("window.field", "Of", { when: mode("windowFunctions") }),
      choice(
        "window.reducer",
        "Calculation",
        [
          ["mean", "Mean"],
          ["stddev", "Standard deviation"],
          ["variance", "Variance"],
        ],
        { when: mode("windowFunctions") },
      ),
      choice(
        "window.windowSizeMode",
        "Size is",
        [
          ["percentage", "A share of the rows"],
          ["fixed", "A number of rows"],
        ],
        { when: mode("windowFunctions") },
      ),
      number("window.windowSize", "Size", 0.1, { min: 0, when: mode("windowFunctions") }),
      choice(
        "window.windowAlignment",
        "The window is",
        [
          ["trailing", "Before each row"],
          ["centered", "Around each row"],
        ],
        { when: mode("windowFunctions") },
      ),
      toggle("index.asPercentile", "As a share of all", false, { when: mode("index") }),
      words("alias", "Name", { placeholder: "automatic" }),
      toggle("replaceFields", "Without the other fields", false),
    ],
    starts: { mode: "binary", binary: { left: "", operator: "+", right: "" } },
  }),
  transform({
    id: "labelsToFields",
    name: "Labels to fields",
    about: "Labels of series as columns",
    options: [
      choice("mode", "Gives", [
        ["columns", "A column a label"],
        ["rows", "A row a label"],
      ]),
      labels("keepLabels", "Labels", { hint: "None chosen means all." }),
      label("valueLabel", "Name of the value", { placeholder: "none" }),
    ],
    starts: { mode: "columns" },
  }),
  transform({ id: "seriesToRows", name: "Series to rows", about: "Each sample a row: time, metric, value" }),
  transform({
    id: "concatenate",
    name: "Concatenate",
    about: "All columns of all tables beside one another",
    options: [
      choice("frameNameMode", "Name of the table", [
        ["field", "Before the column's name"],
        ["label", "As a label"],
        ["drop", "Left out"],
      ]),
      words("frameNameLabel", "Label", { placeholder: "frame", when: isOneOf("frameNameMode", ["label"]) }),
    ],
  }),
  transform({
    id: "joinByLabels",
    name: "Join by labels",
    about: "A column for each value of a label",
    options: [label("value", "Label"), labels("join", "Rows by", { hint: "None chosen means all others." })],
    starts: { value: "" },
  }),
  transform({
    id: "partitionByValues",
    name: "Partition by values",
    about: "A series for each value of a column",
    options: [fields("fields", "Columns"), toggle("keepFields", "Keep the columns", false)],
    starts: { fields: [] },
  }),
  transform({
    id: "prepareTimeSeries",
    name: "Prepare time series",
    about: "Series out of a table, or the other way",
    options: [
      choice("format", "Gives", [
        ["multi", "A table a series"],
        ["wide", "One table, a column a series"],
        ["long", "One table, a row a sample"],
      ]),
    ],
    starts: { format: "multi" },
  }),
  transform({
    id: "timeSeriesTable",
    name: "Time series to table",
    about: "A row a series, with its course in a cell",
    editor: "trends",
  }),
  transform({
    id: "groupingToMatrix",
    name: "Grouping to matrix",
    about: "A row for one column's values, a column for another's",
    options: [
      field("columnField", "Columns from", { placeholder: "Time" }),
      field("rowField", "Rows from", { placeholder: "Time" }),
      field("valueField", "Values from", { placeholder: "Value" }),
      choice("emptyValue", "Without a value", [
        ["null", "Nothing"],
        ["zero", "0"],
        ["empty", "Empty text"],
        ["true", "True"],
        ["false", "False"],
      ]),
    ],
  }),
  transform({
    id: "transpose",
    name: "Transpose",
    about: "Rows as columns",
    options: [words("firstFieldName", "Name of the first column", { placeholder: "Field" })],
  }),
  transform({
    id: "histogram",
    name: "Histogram",
    about: "How many values lie in each bin",
    options: [
      number("bucketSize", "Width of a bin", undefined, { min: 0, placeholder: "auto" }),
      number("bucketCount", "Bins, about", 30, { min: 1, max: 5000 }),
      number("bucketOffset", "First bin from", 0),
      toggle("combine", "All series together", false),
    ],
  }),
  transform({
    id: "convertFieldType",
    name: "Convert field type",
    about: "Texts as numbers or times, and back",
    options: [
      list(
        "conversions",
        "Conversions",
        "conversion",
        [
          field("targetField", "Field"),
          choice("destinationType", "Becomes", [
            ["number", "Number"],
            ["string", "Text"],
            ["time", "Time"],
            ["boolean", "True or false"],
          ]),
        ],
        { targetField: "", destinationType: "number" },
      ),
    ],
    starts: { conversions: [{ targetField: "", destinationType: "number" }] },
  }),
  transform({
    id: "formatTime",
    name: "Format time",
    about: "Times as texts",
    options: [
      field("timeField", "Field", { placeholder: "Time" }),
      words("outputFormat", "Format", { placeholder: "YYYY-MM-DD HH:mm:ss" }),
    ],
    starts: { timeField: "Time" },
  }),
  transform({
    id: "formatString",
    name: "Format text",
    about: "Texts in another case, trimmed or cut",
    options: [
      field("stringField", "Field"),
      choice("outputFormat", "Becomes", [
        ["Upper Case", "UPPER CASE"],
        ["Lower Case", "lower case"],
        ["Sentence Case", "Sentence case"],
        ["Title Case", "Title Case"],
        ["Pascal Case", "PascalCase"],
        ["Camel Case", "camelCase"],
        ["Snake Case", "snake_case"],
        ["Kebab Case", "kebab-case"],
        ["Trim", "Trimmed"],
        ["Substring", "A part of it"],
      ]),
      number("substringStart", "From character", 0, { min: 0, when: isOneOf("outputFormat", ["Substring"]) }),
      number("substringEnd", "To character", undefined, {
        placeholder: "its end",
        when: isOneOf("outputFormat", ["Substring"]),
      }),
    ],
    starts: { stringField: "", outputFormat: "Upper Case" },
  }),
  transform({
    id: "extractFields",
    name: "Extract fields",
    about: "Columns out of JSON, pairs or a pattern",
    options: [
      field("source", "Field"),
      choice("format", "Holds", [
        ["auto", "JSON or pairs"],
        ["json", "JSON"],
        ["kvp", "Pairs: a=1 b=2"],
        ["delimiter", "A list"],
        ["regexp", "What a pattern names"],
      ]),
      words("delimiter", "Between entries", { placeholder: ",", when: isOneOf("format", ["delimiter"]) }),
      words("regExp", "Pattern", {
        placeholder: "/(?<host>.+):(?<port>\\d+)/",
        when: isOneOf("format", ["regexp"]),
      }),
      list(
        "jsonPaths",
        "Paths",
        "path",
        [
          words("path", "Path", { placeholder: "a.b[0]" }),
          words("alias", "Name", { placeholder: "the path" }),
        ],
        { path: "" },
      ),
      toggle("replace", "Without the other fields", false),
      toggle("keepTime", "But with the time", false, { when: isOneOf("replace", [true]) }),
    ],
    starts: { source: "", format: "auto" },
  }),
  transform({
    id: "configFromData",
    name: "Config from query results",
    about: "One query sets units, limits and thresholds of the others",
    options: [
      query("configRefId", "Configured by"),
      list(
        "mappings",
        "Columns that set something",
        "column",
        [
          field("fieldName", "Column"),
          choice("handlerKey", "Sets", HANDLERS),
          calc("reducerId", "Value", { fallback: "lastNotNull" }),
        ],
        { fieldName: "", handlerKey: "max", reducerId: "lastNotNull" },
      ),
    ],
    starts: { mappings: [] },
  }),
  transform({
    id: "rowsToFields",
    name: "Rows to fields",
    about: "Each row a field with its own settings",
    options: [
      list(
        "mappings",
        "Columns that mean something",
        "column",
        [
          field("fieldName", "Column"),
          choice("handlerKey", "Is", [
            ["field.name", "The name"],
            ["field.value", "The value"],
            ["field.label", "A label"],
            ...HANDLERS,
          ]),
        ],
        { fieldName: "", handlerKey: "field.name" },
      ),
    ],
    starts: { mappings: [] },
  }),
];

/** Other names of the same. */
const ALIASES: Readonly<Record<string, string>> = {
  seriesToColumns: "joinByField",
  addFieldFromCalc: "calculateField",
};

export const transformOf = (id: string): TransformKind | undefined =>
  TRANSFORMS.find((one) => one.id === (entryOf(ALIASES, id) ?? id));
