/** Links of a dashboard to all others of some tags, side by side or in a menu. */

import { useQuery } from "@tanstack/react-query";
import type { DashboardHit } from "../api/catalog";
import { Link } from "../components/Link";
import { Menu } from "../components/Menu";
import { asList, asObject, asText, asTexts } from "../model/json";
import { dashboardsQuery } from "../query/dashboards";
import { useAddress } from "../state/location";
import styles from "./DashboardsByTag.module.css";

export interface TagLink {
  title: string;
  tags: readonly string[];
  asMenu: boolean;
  keepTime: boolean;
  includeVars: boolean;
}

/** Those links of a document that name tags and no address. */
export const linksByTag = (raw: unknown): TagLink[] =>
  asList(raw).flatMap((entry) => {
    const { type, title, tags, asDropdown, keepTime, includeVars } = asObject(entry);
    if (type !== "dashboards") return [];
    return [
      {
        title: asText(title) ?? "",
        tags: asTexts(tags),
        asMenu: asDropdown === true,
        keepTime: keepTime === true,
        includeVars: includeVars === true,
      },
    ];
  });

/** What of the page's address goes along. */
export function paramsAlong({ keepTime, includeVars }: TagLink, params: URLSearchParams): string {
  const along = [...params].filter(
    ([name]) => (keepTime && (name === "from" || name === "to")) || (includeVars && name.startsWith("var-")),
  );
  const text = new URLSearchParams(along).toString();
  return text === "" ? "" : `?${text}`;
}

/** Dashboards with every tag of a link, without the one that has the link. */
export const taggedHits = (hits: readonly DashboardHit[], { tags }: TagLink, own: string): DashboardHit[] =>
  hits.filter((hit) => hit.uid !== own && tags.every((tag) => hit.tags.includes(tag)));

interface DashboardsByTagProps {
  links: readonly TagLink[];
  own: string;
}

export function DashboardsByTag({ links, own }: DashboardsByTagProps) {
  const { data = [] } = useQuery(dashboardsQuery);
  const { params } = useAddress();
  return (
    <nav className={styles.links} aria-label="Dashboards by tag">
      {links.map((link, at) => {
        const along = paramsAlong(link, params);
        const to = ({ uid }: DashboardHit): string => `d/${encodeURIComponent(uid)}${along}`;
        const hits = taggedHits(data, link, own);
        const title = link.title || link.tags.join(", ") || "Dashboards";
        if (link.asMenu)
          return (
            <span key={at} className={styles.menu}>
              {title}
              <Menu
                label={title}
                icon="down"
                groups={() => [hits.map((hit) => ({ label: hit.title, to: to(hit) }))]}
              />
            </span>
          );
        return hits.map((hit) => (
          <Link key={`${at}-${hit.uid}`} to={to(hit)} className={styles.link}>
            {hit.title}
          </Link>
        ));
      })}
    </nav>
  );
}
