/** The side navigation: dashboards, targets, theme. A drawer on narrow screens. */

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState, type Ref } from "react";
import { fetchBuild } from "../api/catalog";
import { Button } from "../components/Button";
import { Icon, Mark, type IconName } from "../components/icons";
import { Link } from "../components/Link";
import { dashboardsQuery, groupDashboards } from "../query/dashboards";
import { closeDrawer, useDrawer } from "../state/drawer";
import { useAddress } from "../state/location";
import { HOME_UID } from "./home";
import { ThemeSwitch } from "./ThemeSwitch";
import styles from "./Nav.module.css";

interface ItemProps {
  to: string;
  icon: IconName;
  title: string;
  active: boolean;
}

function Item({ to, icon, title, active }: ItemProps) {
  return (
    <Link
      to={to}
      className={active ? styles.active : styles.item}
      title={title}
      aria-current={active ? "page" : undefined}
      onClick={closeDrawer}
    >
      <Icon name={icon} />
      <span>{title}</span>
    </Link>
  );
}

const iconOf = (uid: string, automatic: boolean): IconName =>
  automatic ? "auto" : uid === HOME_UID ? "machine" : "grid";

function Dashboards({ filter }: { filter: string }) {
  const { data = [] } = useQuery(dashboardsQuery);
  const { path } = useAddress();
  const wanted = data.filter(({ title }) => title.toLowerCase().includes(filter.toLowerCase()));
  const isActive = (uid: string): boolean => path.split("/")[1] === uid || (path === "" && uid === HOME_UID);
  if (wanted.length === 0 && filter !== "") return <p className={styles.none}>No dashboard matches.</p>;
  return groupDashboards(wanted).map(({ title, automatic, hits }) => (
    <div key={title}>
      <Link to="dashboards" className={styles.caption} onClick={closeDrawer}>
        {title}
      </Link>
      {hits.map(({ uid, title: name, url }) => (
        <Item
          key={uid}
          to={url.replace(/^\//, "")}
          icon={iconOf(uid, automatic)}
          title={name}
          active={isActive(uid)}
        />
      ))}
    </div>
  ));
}

function Version() {
  const { data } = useQuery({
    queryKey: ["build"],
    queryFn: ({ signal }) => fetchBuild(signal),
    staleTime: Infinity,
  });
  return <span className={styles.version}>{data?.applicationVersion ?? data?.version}</span>;
}

export function Nav({ searchRef, onHelp }: { searchRef: Ref<HTMLInputElement>; onHelp: () => void }) {
  const open = useDrawer();
  const { path } = useAddress();
  const [filter, setFilter] = useState("");
  const shown = useDeferredValue(filter);
  return (
    <>
      {open && <div className={styles.veil} onClick={closeDrawer} />}
      <nav
        className={open ? styles.open : styles.nav}
        aria-label="Main"
        onKeyDown={(event) => event.key === "Escape" && closeDrawer()}
      >
        <div className={styles.brand}>
          <Link to="" onClick={closeDrawer}>
            <Mark />
            Watchglass
          </Link>
          <Button
            quiet
            icon="close"
            aria-label="Close navigation"
            className={styles.close}
            onClick={closeDrawer}
          />
        </div>
        <div className={styles.search}>
          <Icon name="search" size={14} />
          <input
            ref={searchRef}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            placeholder="Find a dashboard"
            aria-label="Find a dashboard"
            spellCheck={false}
          />
          <kbd aria-hidden="true">/</kbd>
        </div>
        <div className={styles.list}>
          <Dashboards filter={shown} />
          <p className={styles.caption}>Collection</p>
          <Item to="targets" icon="target" title="Targets" active={path === "targets"} />
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
