/** What a panel asks for, and asking it for the first panels before they are drawn. */

import type { QueryClient } from "@tanstack/react-query";
import type { Dashboard, Panel } from "../../model/dashboard";
import { asObject, asTexts } from "../../model/json";
import { resolveDashboard } from "../../model/resolve";
import { resolveRange, type RawRange } from "../../model/timerange";
import { FALLBACK, findPanelType } from "../../panels";
import { prefetchPanel, type QueryPlan } from "../../query/panel";
import { settleAll } from "../../query/variables";
import { currentAddress } from "../../state/location";

interface Page {
  raw: RawRange;
}

const FEWEST_POINTS = 60;
/** A point on every other pixel: finer ones are not seen. */
const PX_PER_POINT = 2;
/** More points of a series than this are refused by Prometheus. */
const MOST_POINTS = 11_000;
/** Calculations that only the newest points decide. */
const LAST = ["last", "lastNotNull"];
/** Height of a grid unit with its gap, and of what stands above the grid. */
const UNIT_PX = 38;
const ABOVE_PX = 60;

/** Whether what is drawn is calculated from all points, so that fewer of them give another result. */
function countsPoints({ options, transformations }: Panel): boolean {
  const { calcs, values } = asObject(options.reduceOptions);
  const needsAll = asTexts(calcs).some((calc) => !LAST.includes(calc)) || values === true;
  return needsAll || transformations.some(({ id }) => id !== "");
}

/**
 * How many points are asked for: what the document says. Else as many as are seen, or, where all of them count, one a
 * pixel as Grafana has it. Undefined until the width is known on which it depends.
 */
function pointsOf(panel: Panel, own: number | undefined, width: number | undefined): number | undefined {
  if (panel.maxPoints !== undefined) return Math.min(MOST_POINTS, Math.max(1, panel.maxPoints));
  const all = countsPoints(panel);
  if (own !== undefined && !all) return own;
  if (width === undefined) return undefined;
  return Math.max(FEWEST_POINTS, Math.floor(width / (all ? 1 : PX_PER_POINT)));
}

/** The queries of a panel; without a width only where it does not matter. */
export function makePlan(panel: Panel, { raw }: Page, width: number | undefined, seen: boolean): QueryPlan {
  const type = findPanelType(panel.type) ?? FALLBACK;
  const points = pointsOf(panel, type.points, width);
  return {
    panel,
    raw,
    points: points ?? FEWEST_POINTS,
    anchor: type.anchor,
    enabled: type.needs !== "none" && seen && points !== undefined,
  };
}

/** What stands beside the panels on a wide screen, and where that begins: as the stylesheets have it. */
const FRAME = {
  navFromPx: 900,
  navPx: 216,
  narrowPx: 24,
  widePx: 32,
  gridFromPx: 768,
  gapPx: 8,
  panelPx: 10,
};

/** About how wide a panel's drawing will be in a window; a few pixels more or less ask for the same step. */
export function foreseenWidth({ grid }: Panel, windowPx: number): number {
  const content =
    windowPx >= FRAME.navFromPx ? windowPx - FRAME.navPx - FRAME.widePx : windowPx - FRAME.narrowPx;
  const share = windowPx < FRAME.gridFromPx ? 1 : grid.w / 24;
  return share * (content + FRAME.gapPx) - FRAME.gapPx - FRAME.panelPx;
}

/** Panels of the first screen, as far as they can ask before the choices of variables are known. */
function foldPanels(dashboard: Dashboard, raw: RawRange, params: URLSearchParams): Panel[] {
  const range = resolveRange(raw, Date.now());
  if (range === undefined) return [];
  const asked = (name: string): string[] => params.getAll(`var-${name}`);
  const page = settleAll(dashboard.variables, undefined, asked, range, false);
  const first = resolveDashboard(dashboard, { ...page, raw, range })[0];
  const fold = (innerHeight - ABOVE_PX) / UNIT_PX;
  return (first?.panels ?? []).filter(({ grid, waits }) => grid.y < fold && waits !== true);
}

/**
 * Asks for the numbers that will stand at the top of the page, and for the code that draws them, while React is still
 * at its first drawing. Settles once all of it has come or failed; what failed is asked for again by who needs it.
 */
export function prefetchFold(client: QueryClient, dashboard: Dashboard, raw: RawRange): Promise<unknown> {
  const asked = foldPanels(dashboard, raw, currentAddress().params).map((panel) => {
    const code = (findPanelType(panel.type) ?? FALLBACK).load();
    const plan = makePlan(panel, { raw }, foreseenWidth(panel, document.documentElement.clientWidth), true);
    return Promise.allSettled([code, plan.enabled ? prefetchPanel(client, plan) : undefined]);
  });
  return Promise.all(asked);
}
