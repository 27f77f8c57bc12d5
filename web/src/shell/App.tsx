/** The whole UI: navigation beside the page that the address names. */

import { lazy, Suspense, useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { Toasts } from "../components/Toasts";
import { DashboardPage } from "../pages/dashboard/DashboardPage";
import { Page } from "../pages/Page";
import { entryOf } from "../model/json";
import { openDrawer } from "../state/drawer";
import { toggleFullscreen } from "../state/fullscreen";
import { listShortcuts, useShortcuts, type ListedShortcut } from "../state/keys";
import { decodeSegment, navigate, useAddress, type Address } from "../state/location";
import { CHUNK_LOST } from "../state/report";
import { showToast } from "../state/toasts";
import { useZone } from "../state/zone";
import { Banners } from "./Banners";
import { HOME_UID } from "./home";
import { Nav } from "./Nav";
import { PLACES } from "../pages/places";
import styles from "./App.module.css";

const ExplorePage = lazy(async () => ({
  default: (await import("../pages/explore/ExplorePage")).ExplorePage,
}));
const TargetsPage = lazy(async () => ({
  default: (await import("../pages/systems")).TargetsPage,
}));
const PacksPage = lazy(async () => ({
  default: (await import("../pages/systems")).PacksPage,
}));
const AlertingPage = lazy(async () => ({
  default: (await import("../pages/alerting/AlertingPage")).AlertingPage,
}));
const StatusPage = lazy(async () => ({
  default: (await import("../pages/status/StatusPage")).StatusPage,
}));
const DashboardsPage = lazy(async () => ({
  default: (await import("../pages/home/pages")).DashboardsPage,
}));
const DeletedPage = lazy(async () => ({
  default: (await import("../pages/home/pages")).DeletedPage,
}));
const ImportPage = lazy(async () => ({
  default: (await import("../pages/import/ImportPage")).ImportPage,
}));
const NotFoundPage = lazy(async () => ({
  default: (await import("../pages/home/NotFoundPage")).NotFoundPage,
}));
const NewDashboardPage = lazy(async () => ({
  default: (await import("../pages/edit/NewDashboardPage")).NewDashboardPage,
}));
const Palette = lazy(() => import("./Palette"));
const Help = lazy(() => import("./Help"));

/** The places and what draws them. */
const PAGES: Readonly<Record<string, ReactNode>> = {
  dashboards: <DashboardsPage />,
  explore: <ExplorePage />,
  alerts: <AlertingPage />,
  packs: <PacksPage />,
  targets: <TargetsPage />,
  status: <StatusPage />,
};

/** The place that a path means: by its own address, or by another server's name for it. */
const placeOf = (segment: string): string =>
  PLACES.find(({ aliases }) => aliases.includes(segment))?.to ?? segment;

/** Path segments to a page. */
function route(path: string): ReactNode {
  const [first = "", second] = path.split("/");
  if (first === "") return <DashboardPage uid={HOME_UID} missing={<DashboardsPage />} />;
  if (first === "d" && second !== undefined)
    return <DashboardPage key={second} uid={decodeSegment(second)} />;
  if (path === "dashboard/new") return <NewDashboardPage />;
  if (path === "dashboards/import") return <ImportPage />;
  if (path === "dashboards/deleted") return <DeletedPage />;
  return entryOf(PAGES, placeOf(first)) ?? <NotFoundPage path={path} />;
}

/** Other times are drawn anew; Explore and the editor see to that themselves, and keep what was done there. */
function drawnAnew({ path, params }: Address, zone: string): string {
  if (placeOf(path.split("/")[0]!) === "explore") return "explore";
  return params.has("edit") || path.startsWith("dashboard/") ? `${path} edited` : `${path} ${zone}`;
}

/** Calls `run` on Ctrl K, or Cmd K, whatever has the focus. */
function usePaletteKey(run: () => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

/** Notifications link to Alertmanager's addresses, which stand behind a `#`. */
async function followHash(): Promise<void> {
  if (!location.hash.startsWith("#/")) return;
  const { translateHash } = await import("../pages/alerting/AlertingPage");
  const to = translateHash(location.hash);
  if (to !== undefined) navigate(to, true);
}

function useHash(): void {
  useEffect(() => {
    const follow = (): void => void followHash().catch(() => undefined); // the page that is there stays
    follow();
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
}

/** What opens over the page could not be loaded: that is said beside it, and the page goes on. */
function PartLost({ onClose }: { onClose: () => void }) {
  const close = useEffectEvent(onClose);
  useEffect(() => {
    showToast(CHUNK_LOST, "error");
    close();
  }, []);
  return null;
}

export function App() {
  const address = useAddress();
  const { path } = address;
  const zone = useZone();
  const search = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState<"help" | "palette">();
  const [shortcuts, setShortcuts] = useState<readonly ListedShortcut[]>([]);
  const close = (): void => setOpen(undefined);
  const openPalette = (): void => {
    setShortcuts(listShortcuts()); // those of the page as it is now
    setOpen("palette");
  };
  useHash();
  usePaletteKey(() => (open === "palette" ? close() : openPalette()));
  useShortcuts([
    ...PLACES.map(({ shortcut, to }) => ({ does: shortcut, run: () => navigate(to) })),
    { does: "help", run: () => setOpen("help") },
    { does: "fullscreen", run: toggleFullscreen },
    {
      does: "find",
      run: () => {
        openDrawer();
        search.current?.focus(); // at once, so that no letter is lost; a drawer is not there to focus yet
        requestAnimationFrame(() => search.current?.focus());
      },
    },
  ]);
  return (
    <div className={styles.app}>
      <a href="#main" className={styles.skip} onClick={skip}>
        Skip to content
      </a>
      <Nav searchRef={search} onHelp={() => setOpen("help")} onPalette={openPalette} />
      <div className={styles.page}>
        <Banners />
        <ErrorBoundary key={drawnAnew(address, zone)} title="This page could not be drawn">
          <Suspense fallback={<Page title="">{null}</Page>}>{route(path)}</Suspense>
        </ErrorBoundary>
      </div>
      <Toasts />
      <ErrorBoundary key={open} title="This could not be opened" fallback={<PartLost onClose={close} />}>
        <Suspense>
          {open === "help" && <Help onClose={close} />}
          {open === "palette" && <Palette shortcuts={shortcuts} onClose={close} />}
        </Suspense>
      </ErrorBoundary>
    </div>
  );
}

/** A fragment alone would go to the page's base. */
function skip(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
