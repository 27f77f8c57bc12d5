/** A dashboard: Grafana JSON drawn on its grid, with the range and refresh of the address. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { fetchDashboard, type DataSource } from "../../api/catalog";
import { ApiError, mayRetry } from "../../api/http";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import type { MenuItem } from "../../components/Menu";
import { RefreshPicker } from "../../components/RefreshPicker";
import { SourceGone } from "../../components/SourceGone";
import { SourceName } from "../../components/SourceName";
import { Failed } from "../../components/states";
import { TimePicker } from "../../components/TimePicker";
import { ColorRegistry } from "../../model/colors";
import { keepSame, parseDashboard, sourcesOf, type Dashboard, type Panel } from "../../model/dashboard";
import type { Link } from "../../model/field";
import { asNumber } from "../../model/json";
import type { Section as SectionData } from "../../model/layout";
import { pageLinks, resolveDashboard } from "../../model/resolve";
import { resolveRange, type RawRange } from "../../model/timerange";
import { DashboardContext, type DashboardScope } from "../../panels/module";
import { refreshPanels } from "../../query/panel";
import { isSourceGone, useElsewhere } from "../../query/sources";
import { refreshChoices, useVariables, type PageVariables } from "../../query/variables";
import { useDrawer } from "../../state/drawer";
import { useEscape, useShortcuts } from "../../state/keys";
import { setParams, useAddress } from "../../state/location";
import { REFRESH_CHOICES_MS, setRange, setRefresh, usePageRange, widenRange } from "../../state/range";
import { useInterval } from "../../state/visibility";
import { useTimesOf } from "../../state/zone";
import { Page } from "../Page";
import { DashboardAbout } from "./DashboardAbout";
import { DashboardAway, NoDashboard, Removed } from "./MissingDashboard";
import { PageBegins } from "./PageBegins";
import { PanelView } from "./PanelView";
import { addPanelEntries } from "./PanelViewEntries";
import { RangeRefused } from "./RangeRefused";
import { Section } from "./Section";
import { meantPanel } from "./PanelViewKeys";
import { Surround } from "./PanelViewSurround";
import { TargetsDown } from "./TargetsDown";
import styles from "./DashboardPage.module.css";

const ChartOverlay = lazy(() => import("../../annotations/ChartOverlay"));
const Variables = lazy(async () => ({ default: (await import("./Variables")).Variables }));

const EditPage = lazy(async () => ({ default: (await import("../edit/EditPage")).EditPage }));
const HistoryPage = lazy(async () => ({ default: (await import("../edit/versions")).HistoryPage }));

/** Query options of a dashboard, also used to fetch it before the page is drawn. */
export const dashboardQuery = (uid: string) => ({
  queryKey: ["dashboard", uid],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const { dashboard, notes } = await fetchDashboard(uid, signal);
    return parseDashboard(dashboard, notes);
  },
  structuralSharing: (before: unknown, now: unknown) =>
    keepSame(before as Dashboard | undefined, now as Dashboard),
  staleTime: 60_000,
  retry: (failures: number, error: Error) => !isSourceGone(error) && mayRetry(failures, error),
});

const isMissing = (error: Error): boolean => error instanceof ApiError && error.status === 404;

/** How often an open page looks whether somebody saved its dashboard, or changed its file. */
const FOLLOW_MS = 15_000;

/**
 * When to ask again for a dashboard: what is not there may come, as a server elsewhere may answer again and a job may have
 * its first samples. An automatic one stays as it is while somebody looks at it.
 */
function asksAgain(uid: string, error: Error | null): number | false {
  if (error === null) return uid.startsWith("auto-") ? false : FOLLOW_MS;
  return isSourceGone(error) ? 2000 : isMissing(error) ? 3000 : FOLLOW_MS;
}

/** The last failure, also while the same is asked for again. */
function useLast(error: Error | null): Error | null {
  const [last, setLast] = useState(error);
  if (error !== null && error !== last) setLast(error);
  return error ?? last;
}

/** What texts tell of a range that moves is its length, and where it was when the page came. */
const LOADED_MS = Date.now();

interface Resolved {
  sections: SectionData[];
  links: readonly Link[];
}

/** The page with the values of its variables. */
function useResolved(dashboard: Dashboard, page: PageVariables, raw: RawRange): Resolved {
  return useMemo(() => {
    const range = resolveRange(raw, LOADED_MS) ?? { fromMs: 0, toMs: LOADED_MS };
    const situation = { ...page, raw, range };
    return { sections: resolveDashboard(dashboard, situation), links: pageLinks(dashboard, situation) };
  }, [dashboard, page, raw]);
}

/** The panel that an address names by its number, or as newer Grafana does: `panel-2`. */
const findPanel = (sections: readonly SectionData[], id: string | null): Panel | undefined =>
  sections.flatMap(({ panels }) => panels).find((panel) => String(panel.id) === id?.replace(/^panel-/, ""));

function useScope(dashboard: Dashboard, raw: RawRange): DashboardScope {
  return useMemo(
    () => ({
      colors: new ColorRegistry(),
      syncKey: dashboard.sharedCrosshair ? dashboard.uid : undefined,
      sharedTooltip: dashboard.raw.graphTooltip === 2,
      Overlay: ChartOverlay,
      zoom: (fromMs, toMs) => setRange({ from: String(fromMs), to: String(toMs) }),
      zoomOut: () => widenRange(raw),
    }),
    [dashboard, raw],
  );
}

interface ViewProps {
  dashboard: Dashboard;
  /** It was there when the page came. */
  removed: boolean;
}

function View({ dashboard, removed }: ViewProps) {
  const client = useQueryClient();
  const { params } = useAddress();
  const { raw, refreshMs, refused } = usePageRange(dashboard);
  const [picking, setPicking] = useState(false);
  const scope = useScope(dashboard, raw);
  const page = useVariables(dashboard.uid, dashboard.variables, raw, params);
  const { sections, links } = useResolved(dashboard, page, raw);
  const alone = findPanel(sections, params.get("viewPanel"));
  const refresh = (): void => void refreshPanels(client);
  const refreshAll = (): void => {
    refresh();
    void refreshChoices(client);
  };
  useInterval(refreshMs, refresh);
  useEffect(() => addPanelEntries(editEntries), []);
  const drawer = useDrawer();
  useEscape(alone !== undefined && !drawer, leaveAlone);
  useShortcuts([
    { does: "refresh", run: refreshAll },
    { does: "time", run: () => setPicking(true) },
    { does: "view", run: toggleHovered, pointed: true },
  ]);
  const elsewhere = useElsewhere();
  const source = sourcesOf(dashboard.panels).has("default") ? elsewhere : undefined;
  useReturn(source, refresh);
  const controls = (
    <>
      <DashboardAbout dashboard={dashboard} where="bar" />
      {source !== undefined && <SourceName source={source} />}
      <Button
        icon="zoomOut"
        aria-label="Zoom out"
        title="Zoom out"
        className={styles.zoom}
        onClick={scope.zoomOut}
      />
      <TimePicker value={raw} open={picking} onOpen={setPicking} onChange={setRange} />
      <RefreshPicker
        intervalMs={refreshMs}
        choicesMs={REFRESH_CHOICES_MS}
        onRefresh={refreshAll}
        onInterval={setRefresh}
      />
      <Button icon="edit" aria-label="Edit" title="Edit this dashboard" onClick={() => editPanel(undefined)}>
        <span className={styles.word}>Edit</span>
      </Button>
      <Menu
        label="More of this dashboard"
        icon="more"
        groups={async () => (await import("./DashboardMenu")).dashboardMenu(client, dashboard)}
      />
    </>
  );
  return (
    <Page title={dashboard.title} parent={{ title: "Dashboards", to: "dashboards" }} controls={controls}>
      <DashboardAbout dashboard={dashboard} where="page" />
      {(page.states.length > 0 || links.length > 0) && (
        <Suspense fallback={<div className={styles.bar} />}>
          <Variables page={page} links={links} />
        </Suspense>
      )}
      {removed && <Removed />}
      {refused !== undefined && <RangeRefused range={refused} />}
      <SourceGone source={source} />
      <TargetsDown dashboard={dashboard} />
      <PageBegins dashboard={dashboard} raw={raw} />
      <DashboardContext value={scope}>
        <Surround dashboard={dashboard} raw={raw} variables={page.variables}>
          {alone === undefined ? (
            sections.map((section, at) => (
              <Section key={section.row?.id ?? -at} section={section} raw={raw} />
            ))
          ) : (
            <div className={styles.alone}>
              <Button icon="left" title="Back to the dashboard (Esc)" onClick={leaveAlone}>
                Back to the dashboard
              </Button>
              <div className={styles.panel} data-panel={alone.id}>
                <PanelView panel={alone} raw={raw} alone />
              </div>
            </div>
          )}
        </Surround>
      </DashboardContext>
    </Page>
  );
}

/** Asks all panels again as soon as their source is back. */
function useReturn(source: DataSource | undefined, refresh: () => void): void {
  const state = source?.watchglass.state;
  const before = useRef(state);
  useEffect(() => {
    if (before.current === "down" && state === "up") refresh();
    before.current = state;
  }, [state, refresh]);
}

/** Opens the editor, for one panel or for the whole page. */
const editPanel = (id: number | undefined): void =>
  setParams({ edit: "", editPanel: id === undefined ? undefined : String(id), viewPanel: undefined });

/** What the menus of panels offer; of a panel's copies, the panel itself is edited. */
const editEntries = ({ id, raw }: Panel): MenuItem[] => [
  { label: "Edit", icon: "edit", run: () => editPanel(asNumber(raw.id) ?? id) },
];

const leaveAlone = (): void => setParams({ viewPanel: undefined });

/** Shows the panel under the pointer alone, or all of them again. */
function toggleHovered(): void {
  const alone = new URLSearchParams(location.search).get("viewPanel");
  setParams({ viewPanel: alone === null ? meantPanel() : undefined });
}

/** Grafana's links to the editor of a panel say no more than which: here they say that one edits, too. */
function useEditAddress(params: URLSearchParams): void {
  const panel = params.get("editPanel");
  const means = panel !== null && (!params.has("edit") || panel.startsWith("panel-"));
  useEffect(() => {
    if (means) setParams({ edit: "", editPanel: panel.replace(/^panel-/, ""), viewPanel: undefined }, true);
  }, [means, panel]);
}

interface DashboardPageProps {
  uid: string;
  /** Stands in where there is no such dashboard. */
  missing?: React.ReactNode;
}

export function DashboardPage({ uid, missing }: DashboardPageProps) {
  const { params } = useAddress();
  const { data, error, refetch } = useQuery({
    ...dashboardQuery(uid),
    refetchInterval: ({ state }) => asksAgain(uid, state.error),
  });
  const failure = useLast(error);
  const editing = params.has("edit");
  const inTime = useTimesOf(editing ? undefined : data?.raw); // the editor shows those of what is edited
  useEditAddress(params);
  if (editing) return <EditPage key={uid} uid={uid} />;
  if (params.get("editview") === "versions") return <HistoryPage uid={uid} title={data?.title ?? ""} />;
  if (data !== undefined && inTime)
    return <View key={uid} dashboard={data} removed={error !== null && isMissing(error)} />;
  if (failure === null || data !== undefined) return <Page title="">{null}</Page>;
  if (isSourceGone(failure)) return <DashboardAway uid={uid} message={failure.message} />;
  if (isMissing(failure)) return missing ?? <NoDashboard uid={uid} />;
  return (
    <Page title="Dashboard">
      <Failed
        title="The dashboard could not be loaded"
        message={failure.message}
        onRetry={() => void refetch()}
      />
    </Page>
  );
}
