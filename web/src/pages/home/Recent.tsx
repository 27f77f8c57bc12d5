/** The way back: dashboards with a star, then those that one looked at last. */

import type { DashboardHit } from "../../api/catalog";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import type { Visit } from "../../state/visits";
import { ICONS } from "./about";
import { kindOf } from "./listing";
import styles from "./Recent.module.css";

/** As many as one sees at a glance. */
const MOST = 6;

/** Those with a star by title, then others by when they were viewed. */
export function recentHits(hits: readonly DashboardHit[], visits: readonly Visit[]): DashboardHit[] {
  const starred = hits
    .filter(({ isStarred }) => isStarred === true)
    .sort((a, b) => a.title.localeCompare(b.title));
  const viewed = visits.flatMap(({ uid }) => hits.filter((hit) => hit.uid === uid && hit.isStarred !== true));
  return [...starred, ...viewed].slice(0, MOST);
}

export function Recent({ hits }: { hits: readonly DashboardHit[] }) {
  if (hits.length === 0) return null;
  return (
    <nav className={styles.recent} aria-label="Starred and recently viewed">
      {hits.map((hit) => (
        <Link key={hit.uid} to={hit.url.replace(/^\//, "")} className={styles.card}>
          <span className={hit.isStarred === true ? styles.star : styles.icon}>
            <Icon name={hit.isStarred === true ? "star" : ICONS[kindOf(hit)]} />
          </span>
          <span className={styles.title} title={hit.title}>
            {hit.title}
          </span>
          <span className={styles.where} title={hit.folderTitle}>
            {hit.isStarred === true ? "Starred" : "Recently viewed"}
            {hit.folderTitle !== undefined && ` · ${hit.folderTitle}`}
          </span>
        </Link>
      ))}
    </nav>
  );
}
