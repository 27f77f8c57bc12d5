/** The frame of every page: its title, where it belongs, and its controls, on a bar that stays in view. */

import { useEffect, type ReactNode } from "react";
import { Button } from "../components/Button";
import { Link } from "../components/Link";
import { openDrawer } from "../state/drawer";
import styles from "./Page.module.css";

interface PageProps {
  title: string;
  parent?: { title: string; to: string };
  controls?: ReactNode;
  children: ReactNode;
}

export function Page({ title, parent, controls, children }: PageProps) {
  useEffect(() => {
    document.title = title === "" ? "Watchglass" : `${title} · Watchglass`;
  }, [title]);
  return (
    <>
      <header className={parent === undefined ? styles.bar : styles.longBar}>
        <Button icon="menu" quiet aria-label="Open navigation" className={styles.menu} onClick={openDrawer} />
        <h1 className={styles.title} title={title}>
          {parent !== undefined && (
            <Link to={parent.to} className={styles.parent}>
              {parent.title}
              <span aria-hidden="true"> / </span>
            </Link>
          )}
          {title}
        </h1>
        <div className={styles.controls}>{controls}</div>
      </header>
      <main className={styles.main} id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
