import { expect, test } from "vitest";
import { parseDashboard } from "../model/dashboard";
import type { PanelData, PanelFrame } from "../query/panel";
import { absentFrames } from "./absent";
import { findPanelType } from "./index";

const MAPPED = { mappings: [{ type: "special", options: { match: "null+nan", result: { text: "DOWN" } } }] };
const SAID = { noValue: "0" };

/** Of an answer of so many series without a number. */
function namesDrawn(type: string, defaults: object, count: number): string[] | undefined {
  const panel = parseDashboard({
    panels: [{ type, targets: [{ refId: "A", expr: "up" }], fieldConfig: { defaults } }],
  }).panels[0]!;
  const series = Array.from({ length: count }, () => ({ labels: {}, values: Float64Array.of(NaN) }));
  const frame = { query: panel.queries[0]!, expr: "up", series, times: Float64Array.of(0) };
  const frames = [frame as unknown as PanelFrame];
  const data = { frames, shaped: { frames } } as unknown as PanelData;
  const values = count === 0 ? "none" : "not a number";
  return absentFrames(findPanelType(type)!, panel, data, values)?.flatMap((one) =>
    one.series.map(() => one.query.legend ?? "up"),
  );
}

test.each([
  ["stat", SAID, 0, ["No data"]],
  ["stat", MAPPED, 0, ["No data"]],
  ["gauge", SAID, 0, ["No data"]],
  ["stat", {}, 0, undefined],
  ["stat", { noValue: "" }, 0, undefined],
  ["timeseries", SAID, 0, undefined],
  ["stat", MAPPED, 1, ["up"]],
  ["stat", SAID, 1, ["up"]],
  ["stat", {}, 1, undefined],
  ["state-timeline", MAPPED, 1, ["up"]],
  ["state-timeline", SAID, 1, undefined],
  ["state-timeline", MAPPED, 0, undefined],
  ["timeseries", MAPPED, 1, undefined],
])("a %s with %j and %d series without a number draws %j", (type, defaults, count, drawn) =>
  expect(namesDrawn(type, defaults, count)).toEqual(drawn),
);
