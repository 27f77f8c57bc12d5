/** The pages that are not dashboards: what navigation, palette and keys agree on. */

import type { IconName } from "../components/icons";

export interface Place {
  to: string;
  title: string;
  icon: IconName;
  /** Second key after `g`. */
  key: string;
  /** Other addresses of the same page: Prometheus's. */
  aliases: readonly string[];
}

export const PLACES: readonly Place[] = [
  { to: "dashboards", title: "Dashboards", icon: "list", key: "d", aliases: [] },
  { to: "explore", title: "Explore", icon: "compass", key: "e", aliases: ["graph"] },
  { to: "targets", title: "Targets", icon: "target", key: "t", aliases: ["service-discovery"] },
  { to: "status", title: "Status", icon: "pulse", key: "s", aliases: ["tsdb-status", "config", "flags"] },
];
