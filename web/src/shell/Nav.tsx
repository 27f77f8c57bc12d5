/** The side navigation: dashboards, targets, theme. A drawer on narrow screens. */

import { useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent, type RefObject } from "react";
import { fetchBuild, type DashboardHit } from "../api/catalog";
import { Button } from "../components/Button";
import { Icon, Mark, type IconName } from "../components/icons";
import { Link } from "../components/Link";
import { SearchField } from "../components/SearchField";
import { rank, type Ranked } from "../model/rank";
import { isAutomatic, useDashboards } from "../query/dashboards";
import { closeDrawer, useDrawer } from "../state/drawer";
import { useAlertCounts } from "../query/firing";
import { useEscape } from "../state/keys";
import { navigate, useAddress } from "../state/location";
import { useVisits } from "../state/visits";
import { HOME_UID } from "./home";
import { navGroups } from "./navgroups";
import { PLACES } from "../pages/places";
import { ThemeSwitch } from "./ThemeSwitch";
import styles from "./Nav.module.css";

interface Entry extends Ranked {
  to: string;
  icon: IconName;
  active: boolean;
  /** How many things there ask to be looked at. */
  count?: number | undefined;
}

interface Group {
  title: string;
  /** The page of the whole group, where it has one. */
  to?: string;
  entries: Entry[];
  /** Why there may be more entries to come. */
  note?: string | undefined;
  /** How many there are, where some are left out. */
  of?: number | undefined;
}

/** The group at the top, which needs no caption. */
const FIRST = "Pages";

const iconOf = (uid: string, automatic: boolean): IconName =>
  automatic ? "auto" : uid === HOME_UID ? "machine" : "grid";

interface Places {
  /** What is listed. */
  groups: Group[];
  /** What is searched: every dashboard, too. */
  all: readonly Entry[];
}

/** Everything there is to go to, by kind. */
function usePlaces(): Places {
  const { groups } = useDashboards();
  const { path } = useAddress();
  const visits = useVisits();
  const firing = useAlertCounts()?.firing;
  const isActive = (uid: string): boolean => path.split("/")[1] === uid || (path === "" && uid === HOME_UID);
  const entryOf = (hit: DashboardHit): Entry => ({
    ...hit,
    to: hit.url.replace(/^\//, ""),
    icon: iconOf(hit.uid, isAutomatic(hit)),
    active: isActive(hit.uid),
  });
  const dashboards = navGroups(groups, visits).map(({ hits, ...rest }) => ({
    ...rest,
    to: rest.title === "Packs" ? "packs" : "dashboards",
    entries: hits.map(entryOf),
  }));
  const first = path.split("/")[0]!;
  const pages = PLACES.map(({ to, icon, title, aliases }) => ({
    to,
    icon,
    title,
    active: first === to || aliases.includes(first),
    count: to === "alerts" ? firing : undefined,
  }));
  const listed = pages.filter(({ to }) => to !== "dashboards");
  const every = groups.flatMap(({ hits }) => hits.map(entryOf));
  return { groups: [{ title: FIRST, entries: listed }, ...dashboards], all: [...listed, ...every] };
}

const MOST_FOUND = 30;

/** What matches the words of the search. */
function search({ groups, all }: Places, text: string): Group[] {
  if (text.trim() === "") return groups;
  const found = rank(all, text);
  return found.length === 0 ? [] : [{ title: FIRST, entries: found.slice(0, MOST_FOUND) }];
}

function Item({ entry, next, onLeave }: { entry: Entry; next: boolean; onLeave: () => void }) {
  return (
    <Link
      to={entry.to}
      className={`${entry.active ? styles.active : styles.item} ${next ? styles.next : ""}`}
      title={entry.title}
      aria-current={entry.active ? "page" : undefined}
      onClick={onLeave}
    >
      <Icon name={entry.icon} />
      <span>{entry.title}</span>
      {entry.count !== undefined && entry.count > 0 && <Count count={entry.count} />}
      {next && <kbd aria-hidden="true">↵</kbd>}
    </Link>
  );
}

const MOST_COUNTED = 999;

/** The number of alerts that fire, in words for whoever does not see it. */
const Count = ({ count }: { count: number }) => (
  <>
    <b className={styles.count} aria-hidden="true">
      {count > MOST_COUNTED ? `${MOST_COUNTED}+` : count}
    </b>
    <i className={styles.unseen}>
      {count} {count === 1 ? "alert fires" : "alerts fire"}
    </i>
  </>
);

/** The groups; while one searches, the entry that Enter opens is marked. */
function Groups({
  groups,
  searching,
  onLeave,
}: {
  groups: readonly Group[];
  searching: boolean;
  onLeave: () => void;
}) {
  if (groups.length === 0) return <p className={styles.none}>Nothing matches.</p>;
  const first = groups[0]!.entries[0];
  return groups.map(({ title, to, entries, note, of }) => (
    <div key={title}>
      {to !== undefined && (
        <Link to={to} className={styles.caption} onClick={onLeave}>
          {title}
        </Link>
      )}
      {!searching && note !== undefined && <p className={styles.note}>{note}</p>}
      {entries.map((entry) => (
        <Item key={entry.to} entry={entry} next={searching && entry === first} onLeave={onLeave} />
      ))}
      {of !== undefined && (
        <Link to="dashboards" className={styles.all} onClick={onLeave}>
          All {of} dashboards
        </Link>
      )}
    </div>
  ));
}

function Version() {
  const { data } = useQuery({
    queryKey: ["build"],
    queryFn: ({ signal }) => fetchBuild(signal),
    staleTime: Infinity,
  });
  return <span className={styles.version}>{data?.applicationVersion}</span>;
}

interface SearchProps {
  text: string;
  onText: (text: string) => void;
  onEnter: () => void;
  inputRef: RefObject<HTMLInputElement | null>;
}

function Search({ text, onText, onEnter, inputRef }: SearchProps) {
  const onKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter") onEnter();
    if (event.key !== "Escape") return;
    onText("");
    inputRef.current?.blur();
    closeDrawer();
  };
  return (
    <SearchField
      ref={inputRef}
      value={text}
      onText={onText}
      onKeyDown={onKey}
      aria-label="Find a dashboard"
      keyHint="/"
      className={styles.search}
    />
  );
}

interface NavProps {
  searchRef: RefObject<HTMLInputElement | null>;
  onHelp: () => void;
  onPalette: () => void;
}

export function Nav({ searchRef, onHelp, onPalette }: NavProps) {
  const open = useDrawer();
  const [filter, setFilter] = useState("");
  const groups = search(usePlaces(), filter);
  useEscape(open, closeDrawer);
  const leave = (): void => {
    setFilter("");
    closeDrawer();
  };
  const openFirst = (): void => {
    const first = groups[0]?.entries[0];
    if (first === undefined || filter.trim() === "") return;
    leave();
    searchRef.current?.blur();
    navigate(first.to);
  };
  return (
    <>
      {open && <div className={styles.veil} onClick={closeDrawer} />}
      <nav className={open ? styles.open : styles.nav} aria-label="Main">
        <div className={styles.brand}>
          <Link to="" onClick={closeDrawer}>
            <Mark />
            Watchglass
          </Link>
          <Button
            quiet
            icon="search"
            aria-label="Command palette"
            title="Command palette (Ctrl K)"
            className={styles.palette}
            onClick={() => {
              closeDrawer();
              onPalette();
            }}
          />
          <Button
            quiet
            icon="close"
            aria-label="Close navigation"
            className={styles.close}
            onClick={closeDrawer}
          />
        </div>
        <Search text={filter} onText={setFilter} onEnter={openFirst} inputRef={searchRef} />
        <div className={styles.list}>
          <Groups groups={groups} searching={filter.trim() !== ""} onLeave={leave} />
        </div>
        <footer className={styles.foot}>
          <ThemeSwitch />
          <Version />
          <Button
            quiet
            icon="keyboard"
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts (?)"
            onClick={onHelp}
          />
        </footer>
      </nav>
    </>
  );
}
