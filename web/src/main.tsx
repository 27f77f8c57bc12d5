/** Start: the dashboard is asked for before the page is drawn, so that both happen at once. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { dashboardQuery } from "./pages/dashboard/DashboardPage";
import { App } from "./shell/App";
import { HOME_UID } from "./shell/home";
import { currentAddress } from "./state/location";
import "./styles/tokens.css";
import "./styles/base.css";

const client = new QueryClient({
  defaultOptions: { queries: { refetchOnWindowFocus: false, networkMode: "always" } },
});

/** Failure is shown by the page, which asks for the same. */
const prefetch = (dashboardUid: string): unknown =>
  client.query(dashboardQuery(dashboardUid)).catch(() => undefined);

const [first, uid] = currentAddress().path.split("/");
if (first === "") prefetch(HOME_UID);
if (first === "d" && uid !== undefined) prefetch(decodeURIComponent(uid));

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
