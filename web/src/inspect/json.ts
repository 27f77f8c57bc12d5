/** The documents behind a panel, as text. Pure. */

import type { Panel } from "../model/dashboard";
import type { PanelData } from "../query/panel";

/** JSON has no such numbers; Prometheus writes them as texts. */
function plain(value: number): number | string | null {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? null : value > 0 ? "+Inf" : "-Inf";
}

/** The panel as its dashboard has it. */
export const panelText = ({ raw }: Panel): string => JSON.stringify(raw, undefined, 2);

/** What was answered: each query with its series. */
export function answerText({ frames, error }: PanelData): string {
  const queries = frames.map(({ query, expr, step, times, series, warnings, range }) => ({
    refId: query.refId,
    source: query.source,
    expr,
    step,
    from: range.fromMs,
    to: range.toMs,
    warnings,
    times: [...times],
    series: series.map(({ labels, values }) => ({ labels, values: Array.from(values, plain) })),
  }));
  const failure = error === null ? {} : { error: error.message };
  return JSON.stringify({ queries, ...failure }, undefined, 1);
}
