/** The pages of alerting: alerts, rules, silences, routing, notifications and history, by their addresses. */

import type { ReactNode } from "react";
import { entryOf } from "../../model/json";
import { useAddress } from "../../state/location";
import { AlertsPage } from "./AlertsPage";
import { HistoryPage } from "./HistoryPage";
import { NotificationsPage } from "./NotificationsPage";
import { RoutingPage } from "./RoutingPage";
import { RulesPage } from "./RulesPage";
import { SilencesPage } from "./SilencesPage";

const PAGES: Readonly<Record<string, ReactNode>> = {
  rules: <RulesPage />,
  silences: <SilencesPage />,
  routing: <RoutingPage />,
  notifications: <NotificationsPage />,
  history: <HistoryPage />,
};

export { translateHash } from "./hash";

export function AlertingPage() {
  const { path } = useAddress();
  return entryOf(PAGES, path.split("/")[0]!) ?? <AlertsPage />;
}
