/** The table of panel types: what each needs, and where its module is. Stat and gauge ship with the first chunk. */

import type { FC } from "react";
import type { Panel } from "../model/dashboard";
import type { Anchor } from "../model/step";
import { gauge } from "./gauge";
import type { PanelModule, PanelProps } from "./module";
import { stat } from "./stat";

/** The table knows modules without their options: a module reads its own options and draws with them. */
export interface AnyModule {
  parseOptions: (panel: Panel) => unknown;
  Component: FC<PanelProps<unknown>>;
  toTable: PanelModule<unknown>["toTable"];
}

const erase = <O>(module: PanelModule<O>): AnyModule => module as unknown as AnyModule;

export interface PanelType {
  type: string;
  aliases?: readonly string[];
  /** Whether anything is asked of the server: whether for a range or a moment, each query says. */
  needs: "queries" | "none";
  /** `now`: the last point is the newest there is. `step`: a refresh moves no point. */
  anchor: Anchor;
  /** As many points as are drawn beside a last value, or as cells; absent: as many as the width has room for. */
  points?: number;
  /** How it draws a value that is not there: in the words of its field, or only as a state that a mapping names. */
  absent?: "text" | "state";
  /** Small values that stand two abreast on a narrow screen. */
  compact?: boolean;
  /** The panel has its own scroll bar or bleeds to the frame's edge. */
  flush?: boolean;
  load: () => AnyModule | Promise<AnyModule>;
}

export const PANEL_TYPES: readonly PanelType[] = [
  {
    type: "stat",
    aliases: ["singlestat"],
    needs: "queries",
    anchor: "now",
    points: 60,
    absent: "text",
    compact: true,
    flush: true,
    load: () => erase(stat),
  },
  {
    type: "gauge",
    needs: "queries",
    anchor: "now",
    points: 60,
    absent: "text",
    compact: true,
    load: () => erase(gauge),
  },
  {
    type: "timeseries",
    aliases: ["graph"],
    needs: "queries",
    anchor: "step",
    load: async () => erase((await import("./timeseries")).timeseries),
  },
  {
    type: "table",
    aliases: ["table-old"],
    needs: "queries",
    anchor: "now",
    flush: true,
    load: async () => erase((await import("./table")).table),
  },
  {
    type: "bargauge",
    needs: "queries",
    anchor: "now",
    points: 60,
    absent: "text",
    load: async () => erase((await import("./bargauge")).bargauge),
  },
  {
    type: "piechart",
    aliases: ["grafana-piechart-panel", "pie"],
    needs: "queries",
    anchor: "now",
    points: 60,
    load: async () => erase((await import("./piechart")).piechart),
  },
  {
    type: "heatmap",
    needs: "queries",
    anchor: "step",
    points: 90,
    load: async () => erase((await import("./heatmap")).heatmap),
  },
  {
    type: "histogram",
    needs: "queries",
    anchor: "step",
    load: async () => erase((await import("./histogram")).histogram),
  },
  {
    type: "barchart",
    needs: "queries",
    anchor: "step",
    points: 40,
    load: async () => erase((await import("./barchart")).barchart),
  },
  {
    type: "state-timeline",
    needs: "queries",
    anchor: "step",
    absent: "state",
    load: async () => erase((await import("./statetimeline")).stateTimeline),
  },
  {
    type: "status-history",
    needs: "queries",
    anchor: "step",
    points: 60,
    absent: "state",
    load: async () => erase((await import("./statetimeline")).statusHistory),
  },
  {
    type: "watchglass-status-cards",
    needs: "queries",
    anchor: "now",
    points: 60,
    absent: "text",
    load: async () => erase((await import("./statuscards")).statusCards),
  },
  {
    type: "watchglass-ranked-list",
    needs: "queries",
    anchor: "now",
    points: 60,
    absent: "text",
    load: async () => erase((await import("./rankedlist")).rankedList),
  },
  {
    type: "watchglass-sparkline",
    aliases: ["sparkline"],
    needs: "queries",
    anchor: "now",
    points: 120,
    load: async () => erase((await import("./sparkline")).sparkline),
  },
  { type: "text", needs: "none", anchor: "now", load: async () => erase((await import("./text")).text) },
  {
    type: "dashlist",
    aliases: ["news", "alertlist", "annolist"],
    needs: "none",
    anchor: "now",
    load: async () => erase((await import("./links")).links),
  },
];

/** Whether anything is asked for a panel: a type that draws no data may have queries left over from another one. */
export const asksFor = ({ needs }: PanelType, { queries }: Panel): boolean =>
  needs !== "none" && queries.length > 0;

/** What draws a type that nobody knows: a table of what was answered. */
export const FALLBACK = PANEL_TYPES.find(({ type }) => type === "table")!;

/** The row of a type or one of its aliases. */
export const findPanelType = (type: string): PanelType | undefined =>
  PANEL_TYPES.find((row) => row.type === type || row.aliases?.includes(type));
