/** The pages that are not dashboards: what navigation, palette and keys agree on. */

import type { IconName } from "../components/icons";
import type { ShortcutName } from "../state/keymap";

export interface Place {
  to: string;
  title: string;
  icon: IconName;
  shortcut: ShortcutName;
  /** Other addresses of the same page: Prometheus's. */
  aliases: readonly string[];
}

export const PLACES: readonly Place[] = [
  { to: "dashboards", title: "Dashboards", icon: "list", shortcut: "dashboards", aliases: [] },
  { to: "explore", title: "Explore", icon: "compass", shortcut: "explore", aliases: ["graph"] },
  {
    to: "alerts",
    title: "Alerts",
    icon: "bell",
    shortcut: "alerts",
    aliases: ["rules", "silences", "routing", "notifications", "history"],
  },
  { to: "packs", title: "Packs", icon: "pack", shortcut: "packs", aliases: [] },
  { to: "targets", title: "Targets", icon: "target", shortcut: "targets", aliases: ["service-discovery"] },
  {
    to: "status",
    title: "Status",
    icon: "pulse",
    shortcut: "status",
    aliases: ["tsdb-status", "config", "flags"],
  },
];

/** The pages of alerting, which are one entry of the navigation. */
export const ALERTING = [
  { to: "alerts", title: "Alerts" },
  { to: "rules", title: "Rules" },
  { to: "silences", title: "Silences" },
  { to: "routing", title: "Routing" },
  { to: "notifications", title: "Notifications" },
  { to: "history", title: "History" },
] as const;

export type AlertingPlace = (typeof ALERTING)[number]["to"];
