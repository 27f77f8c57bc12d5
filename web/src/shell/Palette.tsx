/** The command palette (Ctrl K): every page, dashboard, action and metric by its name. */

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { fetchMetricNames, type DashboardHit } from "../api/catalog";
import { Icon, type IconName } from "../components/icons";
import { exploreAddress } from "../pages/explore/address";
import { ICONS } from "../pages/home/about";
import { kindOf } from "../pages/home/listing";
import { dashboardsQuery } from "../query/dashboards";
import type { ListedShortcut } from "../state/keys";
import { rank, type Ranked } from "../model/rank";
import { SHORTCUTS } from "../state/keymap";
import { navigate } from "../state/location";
import { setThemeChoice } from "../state/theme";
import { useVisits } from "../state/visits";
import { ALERTING, PLACES } from "../pages/places";
import { apart, nearest } from "./navgroups";
import styles from "./Palette.module.css";

const KINDS = ["Pages", "Dashboards", "Actions", "Metrics"] as const;

interface Entry extends Ranked {
  kind: (typeof KINDS)[number];
  icon: IconName;
  /** Where it is, beside its name. */
  where?: string | undefined;
  /** Keys that do the same. */
  keys?: string;
  run: () => void;
}

/** Metrics are many: they come only once somebody types, and few of them. */
const TYPED_FOR_METRICS = 2;
const MOST = { Pages: 8, Dashboards: 8, Actions: 12, Metrics: 8 } as const;

const PAGES: readonly Entry[] = [
  ...PLACES.map(({ to, title, icon, shortcut }): Entry => ({
    kind: "Pages",
    title,
    icon,
    keys: SHORTCUTS[shortcut].key,
    run: () => navigate(to),
  })),
  ...ALERTING.slice(1).map(({ to, title }): Entry => ({
    kind: "Pages",
    title,
    icon: "bell",
    where: "Alerts",
    run: () => navigate(to),
  })),
  { kind: "Pages", title: "Recently deleted", icon: "trash", run: () => navigate("dashboards/deleted") },
];

const THEMES = (
  [
    ["Use the light theme", "light", "sun"],
    ["Use the dark theme", "dark", "moon"],
    ["Use the theme of the system", "system", "system"],
  ] as const
).map(([title, choice, icon]): Entry => ({
  kind: "Actions",
  title,
  icon,
  run: () => setThemeChoice(choice),
}));

/** What the keys of the page do. */
const actionsOf = (shortcuts: readonly ListedShortcut[]): Entry[] =>
  shortcuts
    .filter(({ key }) => !key.startsWith("g "))
    .map(({ key, label, run }) => ({ kind: "Actions", title: label, icon: "play", keys: key, run }));

/** Everything that can be chosen; metrics only when they are wanted. */
function useEntries(shortcuts: readonly ListedShortcut[], wantsMetrics: boolean): Entry[] {
  const { data: hits = [] } = useQuery(dashboardsQuery);
  const { data: names = [] } = useQuery({
    queryKey: ["metric-names", "default"],
    queryFn: ({ signal }) => fetchMetricNames("default", signal),
    staleTime: 30_000,
    enabled: wantsMetrics,
  });
  const visits = useVisits();
  return useMemo(() => {
    const whereOf = apart(hits);
    const entryOf = (hit: DashboardHit): Entry => ({
      kind: "Dashboards",
      title: hit.title,
      where: whereOf(hit),
      tags: hit.tags,
      ...(hit.folderTitle !== undefined && { folderTitle: hit.folderTitle }),
      ...(hit.description !== undefined && { description: hit.description }),
      icon: ICONS[kindOf(hit)],
      run: () => navigate(hit.url.replace(/^\//, "")),
    });
    const dashboards = nearest(hits, visits).map(entryOf);
    const metrics = (wantsMetrics ? names : []).map((title): Entry => ({
      kind: "Metrics",
      title,
      icon: "pulse",
      run: () => navigate(exploreAddress({ queries: [title] })),
    }));
    return [...PAGES, ...dashboards, ...actionsOf(shortcuts), ...THEMES, ...metrics];
  }, [hits, visits, names, shortcuts, wantsMetrics]);
}

interface Group {
  kind: Entry["kind"];
  found: Entry[];
}

/** The best of each kind. */
const grouped = (entries: readonly Entry[], typed: string): Group[] => {
  const ranked = rank(entries, typed);
  return KINDS.map((kind) => ({
    kind,
    found: ranked.filter((entry) => entry.kind === kind).slice(0, MOST[kind]),
  })).filter(({ found }) => found.length > 0);
};

interface OptionProps {
  entry: Entry;
  id: string;
  active: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

function Option({ entry: { icon, title, where, keys }, id, active, onPoint, onChoose }: OptionProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={active}
      className={active ? styles.active : styles.entry}
      onMouseMove={onPoint}
      onClick={onChoose}
    >
      <Icon name={icon} />
      <span className={styles.title} title={title}>
        {title}
      </span>
      {where !== undefined && (
        <small className={styles.where} title={where}>
          {where}
        </small>
      )}
      {keys?.split(" ").map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </div>
  );
}

interface PaletteProps {
  shortcuts: readonly ListedShortcut[];
  onClose: () => void;
}

export default function Palette({ shortcuts, onClose }: PaletteProps) {
  const box = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(typed);
  const entries = useEntries(shortcuts, typed.trim().length >= TYPED_FOR_METRICS);
  const groups = useMemo(() => grouped(entries, wanted), [entries, wanted]);
  const flat = groups.flatMap(({ found }) => found);
  const active = Math.min(at, flat.length - 1);

  useEffect(() => {
    const dialog = box.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, groups]);

  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (step === undefined) choose(flat[active]);
    else setAt((active + step + flat.length) % Math.max(1, flat.length));
  };
  return (
    <dialog
      ref={box}
      className={styles.dialog}
      aria-label="Command palette"
      onCancel={onClose}
      onClick={(event) => event.target === box.current && onClose()}
    >
      <div className={styles.search}>
        <Icon name="search" />
        <input
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
          placeholder="Go somewhere, or do something"
          role="combobox"
          aria-label="Command"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={flat.length > 0 ? `${id}-${active}` : undefined}
          spellCheck={false}
          autoComplete="off"
        />
        <kbd aria-hidden="true">Esc</kbd>
      </div>
      <div ref={list} id={id} className={styles.list} role="listbox" aria-label="Commands">
        {groups.map(({ kind, found }) => (
          <div key={kind} role="group" aria-label={kind}>
            <p className={styles.kind} aria-hidden="true">
              {kind}
            </p>
            {found.map((entry) => {
              const index = flat.indexOf(entry);
              return (
                <Option
                  key={index}
                  entry={entry}
                  id={`${id}-${index}`}
                  active={index === active}
                  onPoint={() => setAt(index)}
                  onChoose={() => choose(entry)}
                />
              );
            })}
          </div>
        ))}
      </div>
      {flat.length === 0 && <p className={styles.none}>Nothing matches.</p>}
    </dialog>
  );
}
