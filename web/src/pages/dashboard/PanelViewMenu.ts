/** The menu of a panel: seeing, asking, sharing and keeping what it shows. */

import type { MenuGroups, MenuItem } from "../../components/Menu";
import { refusalOf } from "../../links/Follow";
import type { Panel } from "../../model/dashboard";
import { linkAddress } from "../../model/links";
import { resolveRange, type RawRange } from "../../model/timerange";
import type { PanelData } from "../../query/panel";
import { copyText } from "../../state/clipboard";
import { enterFullscreen } from "../../state/fullscreen";
import { currentAddress, navigate, setParams } from "../../state/location";
import { showToast } from "../../state/toasts";
import { exploreAddress } from "../explore/address";
import { inspect } from "./PanelViewScope";

export interface MenuContext {
  panel: Panel;
  raw: RawRange;
  alone: boolean;
  asTable: boolean;
  /** The panel asks for data. */
  queries: boolean;
  /** Links for single values can be listed. */
  dataLinks: boolean;
  data: PanelData;
  frame: () => HTMLElement;
  onTable: () => void;
  onDataLinks: () => void;
}

export const toggleAlone = (id: number, alone: boolean): void =>
  setParams({ viewPanel: alone ? undefined : String(id) });

/** The panel alone, with the page's range and choices. */
function linkTo({ id }: Panel, fixed: RawRange | undefined): string {
  const { path, params } = currentAddress();
  for (const name of ["inspect", "inspectTab"]) params.delete(name);
  params.set("viewPanel", String(id));
  if (fixed !== undefined) {
    params.set("from", fixed.from);
    params.set("to", fixed.to);
  }
  return new URL(`${path}?${params.toString().replaceAll("%3A", ":")}`, document.baseURI).href;
}

function fixedRange(raw: RawRange): RawRange | undefined {
  const range = resolveRange(raw, Date.now());
  return range === undefined ? undefined : { from: String(range.fromMs), to: String(range.toMs) };
}

/** Where the panel's queries can be worked on: those of its first source. */
export function exploreLink({ queries }: Panel, raw: RawRange): string | undefined {
  const first = queries[0];
  if (first === undefined) return undefined;
  const same = queries.filter(({ source }) => source === first.source).map(({ expr }) => expr);
  return exploreAddress({ queries: same, range: raw, source: first.source });
}

/** Goes there. */
export function exploreNow(panel: Panel, raw: RawRange): void {
  const address = exploreLink(panel, raw);
  if (address !== undefined) navigate(address);
}

const failed =
  (what: string) =>
  (error: unknown): void =>
    showToast(
      `${what} could not be made: ${error instanceof Error ? error.message : String(error)}`,
      "error",
    );

function saveTable({ panel, data }: MenuContext): void {
  void import("../../export/panel")
    .then(({ savePanelTable }) => savePanelTable(panel, data.frames))
    .catch(failed("The file"));
}

function saveImage({ panel, frame }: MenuContext): void {
  void import("../../export/panel")
    .then(({ savePanelImage }) => savePanelImage(panel.title, frame()))
    .catch(failed("The picture"));
}

const seeing = (context: MenuContext): MenuItem[] => {
  const { panel, raw, alone, queries, asTable, onTable } = context;
  const explore = queries ? exploreLink(panel, raw) : undefined;
  const look: MenuItem = {
    label: alone ? "Back to the dashboard" : "View alone",
    keys: "v",
    icon: alone ? "left" : "expand",
    run: () => toggleAlone(panel.id, alone),
  };
  const whole: MenuItem = {
    label: "Full screen",
    icon: "expand",
    run: () => {
      setParams({ viewPanel: String(panel.id) });
      enterFullscreen();
    },
  };
  if (!queries) return [look, whole];
  return [
    look,
    whole,
    { label: "Inspect", keys: "i", icon: "search", run: () => inspect(panel.id) },
    ...(explore === undefined
      ? []
      : [{ label: "Explore", keys: "e", icon: "compass", to: explore } satisfies MenuItem]),
    { label: "As a table", icon: "table", chosen: asTable, run: onTable },
    { label: "Refresh this panel", icon: "refresh", run: context.data.refetch },
  ];
};

const keeping = (context: MenuContext): MenuItem[] => {
  const { panel, raw, queries } = context;
  return [
    { label: "Copy link", icon: "link", run: () => void copyText(linkTo(panel, undefined), "Link") },
    {
      label: "Copy link with fixed times",
      icon: "clock",
      run: () => void copyText(linkTo(panel, fixedRange(raw)), "Link"),
    },
    ...(queries
      ? [{ label: "Download CSV", icon: "download", run: () => saveTable(context) } satisfies MenuItem]
      : []),
    { label: "Download PNG", icon: "image", run: () => saveImage(context) },
  ];
};

/** The panel's own links; such as may not be followed are there with the reason. */
const linking = ({ panel, dataLinks, onDataLinks }: MenuContext): MenuItem[] => [
  ...panel.links.map(({ title, url, newTab }): MenuItem => {
    const href = linkAddress(url, document.baseURI);
    if (href === undefined) return { label: title, icon: "warning", refused: refusalOf(url) };
    return { label: title, icon: "link", href, newTab };
  }),
  ...(dataLinks ? [{ label: "Links of the data", icon: "list", run: onDataLinks } satisfies MenuItem] : []),
];

/** The groups of the menu; what other parts bring stands second. */
export const panelMenu = (context: MenuContext, added: MenuGroups): MenuGroups => [
  seeing(context),
  ...added,
  keeping(context),
  linking(context),
];
