/** The one shape of a panel type. A new one is a file that exports a module, and a row in index.ts. */

import { createContext, use, type ComponentType, type FC } from "react";
import type { TimeChart } from "../charts/timechart";
import type { Size } from "../components/measure";
import type { Panel } from "../model/dashboard";
import type { ColorRegistry, ThemeName } from "../model/colors";
import type { DataFrame } from "../model/frame";
import type { PanelFrame } from "../query/panel";
import type { TableData } from "../query/table";

export interface PanelProps<O> {
  panel: Panel;
  frames: PanelFrame[];
  /** The same as tables, with texts and types. */
  tables?: readonly DataFrame[];
  options: O;
  /** Inner size in px, without the panel's header. */
  size: Size;
  theme: ThemeName;
}

export interface PanelModule<O> {
  /** Reads the panel's options; never throws, unknown keys stay in `panel.raw`. */
  parseOptions: (panel: Panel) => O;
  Component: FC<PanelProps<O>>;
  /** "View as table", and the way in for screen readers. */
  toTable: (frames: PanelFrame[], panel: Panel, tables?: readonly DataFrame[]) => TableData;
}

export interface OverlayProps {
  panel: Panel;
  frames: PanelFrame[];
  chart: TimeChart;
}

/** What the panels of one dashboard share. */
export interface DashboardScope {
  colors: ColorRegistry;
  /** Charts with the same key share a crosshair; undefined for none. */
  syncKey: string | undefined;
  /** Each of them shows its own values there. */
  sharedTooltip?: boolean;
  /** Stands over a time chart: keys, events, links. */
  Overlay?: ComponentType<OverlayProps>;
  zoom: (fromMs: number, toMs: number) => void;
  zoomOut: () => void;
  /** The page is being edited: panels have no menus of their own. */
  editing?: true;
}

export const DashboardContext = createContext<DashboardScope | null>(null);

/** The dashboard around a panel. */
export function useDashboardScope(): DashboardScope {
  const scope = use(DashboardContext);
  if (scope === null) throw new Error("a panel stands outside of a dashboard");
  return scope;
}
