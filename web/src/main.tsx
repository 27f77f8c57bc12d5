/** Start: the dashboard is asked for before the page is drawn, so that both happen at once. */

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shared.css"; // before all modules, which have the last word
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError, mayRetry, retryDelayMs } from "./api/http";
import { dashboardQuery } from "./pages/dashboard/DashboardPage";
import { prefetchFold } from "./pages/dashboard/plan";
import { App } from "./shell/App";
import { HOME_UID } from "./shell/home";
import { sourcesQuery } from "./query/sources";
import { tellTogether } from "./query/together";
import { lookForUpgrade, watchForUpgrade } from "./state/build";
import { markAnswered, markSilent, onReturn, watchNetwork } from "./state/connection";
import { currentAddress, decodeSegment } from "./state/location";
import { readRange } from "./state/range";
import { showTimesOf } from "./state/zone";
import { reportDrawing, reportRequest, watchFaults } from "./state/report";

const isUnreachable = (error: unknown): boolean => error instanceof ApiError && error.unreachable;

const cache = new QueryCache({ onError: reportRequest, onSuccess: markAnswered });

/** Every panel meets a server that is gone; the page says it once, at the first failure and not the last. */
cache.subscribe((event) => {
  if (event.type !== "updated" || !["failed", "error"].includes(event.action.type)) return;
  if ("error" in event.action && isUnreachable(event.action.error)) markSilent();
});

const client = new QueryClient({
  queryCache: cache,
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      networkMode: "always",
      retry: mayRetry,
      retryDelay: retryDelayMs,
    },
  },
});

watchFaults();
watchNetwork();
watchForUpgrade();
onReturn(() => {
  void client.refetchQueries({ type: "active" });
  void lookForUpgrade(); // it may have been away for that
});

/** The dashboard, then its first numbers. Failure is shown by the page, which asks for the same. */
async function prefetch(uid: string): Promise<void> {
  void client.query(sourcesQuery).catch(() => undefined); // every panel needs to know whom it asks
  const dashboard = await client.query(dashboardQuery(uid)).catch(() => undefined);
  if (dashboard === undefined) return;
  showTimesOf(dashboard.raw);
  tellTogether(prefetchFold(client, dashboard, readRange(currentAddress().params, dashboard).raw));
}

/** The dashboard that the address names. */
function wanted(): string | undefined {
  const [first, second] = currentAddress().path.split("/");
  return first === "" ? HOME_UID : first === "d" && second !== undefined ? decodeSegment(second) : undefined;
}

/** The first drawing waits this long for the dashboard: the questions of its panels then leave before it, not after. */
const PATIENCE_MS = 150;

const uid = wanted();
if (uid !== undefined) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([prefetch(uid).catch(() => undefined), late]); // what fails, the page meets again and says
}

createRoot(document.getElementById("root")!, { onUncaughtError: reportDrawing }).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
