/** Every key that does something, in one table: shortcuts are registered by its names, and Help lists it whole. Pure. */

export type KeyGroup =
  | "Everywhere"
  | "Time"
  | "Panel that is pointed at"
  | "Chart with the focus"
  | "Dashboards"
  | "Alerts"
  | "Explore"
  | "Editing";

export interface KeyEntry {
  group: KeyGroup;
  /** As `KeyboardEvent.key`, several with a space between: one after the other, or held together. */
  key: string;
  says: string;
}

const entry = <K extends string>(group: KeyGroup, key: K, says: string) => ({ group, key, says });

/** Keys that `useShortcuts` listens for. */
export const SHORTCUTS = {
  dashboards: entry("Everywhere", "g d", "Dashboards"),
  explore: entry("Everywhere", "g e", "Explore"),
  alerts: entry("Everywhere", "g a", "Alerts"),
  packs: entry("Everywhere", "g p", "Packs"),
  targets: entry("Everywhere", "g t", "Targets"),
  status: entry("Everywhere", "g s", "Status"),
  find: entry("Everywhere", "/", "Find a dashboard"),
  copy: entry("Everywhere", "c", "Copy the link to this view"),
  fullscreen: entry("Everywhere", "f", "Full screen, and back"),
  help: entry("Everywhere", "?", "Show the keyboard shortcuts"),
  time: entry("Time", "t", "Choose the time range"),
  earlier: entry("Time", ",", "Move the time range back"),
  later: entry("Time", ".", "Move the time range forward"),
  widen: entry("Time", "-", "Zoom out of the time range"),
  refresh: entry("Time", "r", "Refresh now"),
  view: entry("Panel that is pointed at", "v", "View it alone"),
  ask: entry("Panel that is pointed at", "e", "Explore its queries"),
  inspect: entry("Panel that is pointed at", "i", "Inspect its data and queries"),
  new: entry("Dashboards", "n", "New dashboard"),
  import: entry("Dashboards", "i", "Import dashboards"),
  silence: entry("Alerts", "s", "New silence"),
  metrics: entry("Explore", "m", "Browse the metrics"),
} as const satisfies Readonly<Record<string, KeyEntry>>;

export type ShortcutName = keyof typeof SHORTCUTS;

/** Keys that parts of the page listen for by themselves, while they have the focus. */
const OWN: readonly KeyEntry[] = [
  entry("Everywhere", "Ctrl K", "Command palette"),
  entry("Everywhere", "Esc", "Close what is open"),
  entry("Chart with the focus", "← →", "Read the values, one time after the other"),
  entry("Chart with the focus", "Shift ← →", "Ten times at once"),
  entry("Chart with the focus", "Home End", "First and last time"),
  entry("Chart with the focus", "m", "Mark an event there"),
  entry("Chart with the focus", "↵", "Links of the values there"),
  entry("Dashboards", "↑ ↓", "Go through the list"),
  entry("Dashboards", "s", "Star the dashboard with the focus"),
  entry("Dashboards", "x", "Select the dashboard with the focus"),
  entry("Explore", "Ctrl ↵", "Run the queries"),
  entry("Explore", "Shift ↵", "Run the queries"),
  entry("Editing", "Ctrl S", "Save the dashboard"),
  entry("Editing", "Ctrl Z", "Undo"),
  entry("Editing", "Ctrl Shift Z", "Redo"),
  entry("Editing", "← ↑ ↓ →", "Move the panel with the focus"),
  entry("Editing", "Shift arrow", "Change its size"),
];

/** All of them by group. */
export function keyGroups(): { title: KeyGroup; keys: KeyEntry[] }[] {
  const all: KeyEntry[] = [...Object.values(SHORTCUTS), ...OWN];
  const titles = [...new Set(all.map(({ group }) => group))];
  return titles.map((title) => ({ title, keys: all.filter(({ group }) => group === title) }));
}
