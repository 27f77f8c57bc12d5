/** The whole UI: navigation beside the page that the address names. */

import { lazy, Suspense, useRef, useState, type ReactNode } from "react";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { Toasts } from "../components/Toasts";
import { DashboardPage } from "../pages/dashboard/DashboardPage";
import { Page } from "../pages/Page";
import { openDrawer } from "../state/drawer";
import { useShortcuts } from "../state/keys";
import { useAddress } from "../state/location";
import { Help } from "./Help";
import { HOME_UID } from "./home";
import { Nav } from "./Nav";
import styles from "./App.module.css";

const TargetsPage = lazy(async () => ({
  default: (await import("../pages/targets/TargetsPage")).TargetsPage,
}));
const DashboardsPage = lazy(async () => ({
  default: (await import("../pages/home/DashboardsPage")).DashboardsPage,
}));
const NotFoundPage = lazy(async () => ({
  default: (await import("../pages/home/NotFoundPage")).NotFoundPage,
}));

/** Path segments to a page. */
function route([first = "", second]: readonly string[]): ReactNode {
  if (first === "") return <DashboardPage uid={HOME_UID} missing={<DashboardsPage />} />;
  if (first === "d" && second !== undefined)
    return <DashboardPage key={second} uid={decodeURIComponent(second)} />;
  if (first === "dashboards") return <DashboardsPage />;
  if (first === "targets") return <TargetsPage />;
  return <NotFoundPage path={first} />;
}

export function App() {
  const { path } = useAddress();
  const search = useRef<HTMLInputElement>(null);
  const [help, setHelp] = useState(false);
  useShortcuts([
    { key: "?", run: () => setHelp(true) },
    {
      key: "/",
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
      <Nav searchRef={search} onHelp={() => setHelp(true)} />
      <div className={styles.page}>
        <ErrorBoundary key={path} title="This page could not be drawn">
          <Suspense fallback={<Page title="">{null}</Page>}>{route(path.split("/"))}</Suspense>
        </ErrorBoundary>
      </div>
      <Toasts />
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}

/** A fragment alone would go to the page's base. */
function skip(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
