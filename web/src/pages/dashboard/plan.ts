/** What a panel asks for, and asking it for the first panels before they are drawn. */

import type { QueryClient } from "@tanstack/react-query";
import type { Dashboard, Panel } from "../../model/dashboard";
import type { RawRange } from "../../model/timerange";
import { FALLBACK, findPanelType } from "../../panels";
import { prefetchPanel, type QueryPlan } from "../../query/panel";

interface Page {
  raw: RawRange;
  variables: Readonly<Record<string, string>>;
}

const FEWEST_POINTS = 60;
/** A point on every other pixel: finer ones are not seen. */
const PX_PER_POINT = 2;
/** Grid units that fit above the fold of a usual screen. */
const FOLD = 12;

/** The queries of a panel; without a width only where it does not matter. */
export function makePlan(
  panel: Panel,
  { raw, variables }: Page,
  width: number | undefined,
  seen: boolean,
): QueryPlan {
  const type = findPanelType(panel.type) ?? FALLBACK;
  const points = type.points ?? Math.max(FEWEST_POINTS, Math.floor((width ?? 0) / PX_PER_POINT));
  return {
    panel,
    raw,
    variables,
    points: Math.min(panel.maxPoints ?? Infinity, points),
    anchor: type.anchor,
    instant: type.needs === "instant",
    enabled: type.needs !== "none" && seen && (width !== undefined || type.points !== undefined),
  };
}

/** Asks for the numbers that will stand at the top of the page, while React is still at its first drawing. */
export function prefetchFold(client: QueryClient, dashboard: Dashboard, raw: RawRange): void {
  for (const panel of dashboard.panels) {
    const plan = makePlan(panel, { raw, variables: dashboard.variables }, undefined, true);
    if (panel.grid.y < FOLD && plan.enabled) prefetchPanel(client, plan);
  }
}
