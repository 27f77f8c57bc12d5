/** Boxes of links: dashboards that are here, and the way to what a panel would have brought from elsewhere. */

import { useQuery } from "@tanstack/react-query";
import type { DashboardHit } from "../api/catalog";
import { Link } from "../components/Link";
import type { Panel } from "../model/dashboard";
import { asNumber, asText, asTexts } from "../model/json";
import { dashboardsQuery } from "../query/dashboards";
import type { PanelModule, PanelProps } from "./module";
import styles from "./links.module.css";

interface LinkOptions {
  kind: "dashlist" | "news" | "alertlist" | "annolist";
  search: string;
  tags: readonly string[];
  most: number;
  feed: string | undefined;
}

const MOST = 30;

function parseOptions({ type, options }: Panel): LinkOptions {
  const kind = type === "news" || type === "alertlist" || type === "annolist" ? type : "dashlist";
  return {
    kind,
    search: (asText(options.query) ?? "").trim().toLowerCase(),
    tags: asTexts(options.tags),
    most: asNumber(options.maxItems) ?? MOST,
    feed: webAddress(asText(options.feedUrl)),
  };
}

/** An address of the web, or undefined: nothing else may become a link. */
export function webAddress(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}

/** Dashboards that a list asks for, as the server orders them. */
export const pickDashboards = (
  hits: readonly DashboardHit[],
  { search, tags, most }: Pick<LinkOptions, "search" | "tags" | "most">,
): DashboardHit[] =>
  hits
    .filter(({ title }) => title.toLowerCase().includes(search))
    .filter((hit) => tags.every((tag) => hit.tags.includes(tag)))
    .slice(0, most);

function Dashboards({ options }: { options: LinkOptions }) {
  const { data, error } = useQuery(dashboardsQuery);
  if (error !== null) return <p className={styles.words}>The list could not be loaded: {error.message}</p>;
  if (data === undefined) return null;
  const hits = pickDashboards(data, options);
  if (hits.length === 0) return <p className={styles.words}>No dashboard matches.</p>;
  return (
    <ul>
      {hits.map(({ uid, title, tags }) => (
        <li key={uid}>
          <Link to={`d/${encodeURIComponent(uid)}`} className={styles.link}>
            <span className={styles.title}>{title}</span>
            <span className={styles.tags}>{tags.join(", ")}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const ELSEWHERE = {
  alertlist: {
    words: "Alerts are not listed in panels.",
    title: "Targets, and what is wrong with them",
    to: "targets",
  },
  annolist: { words: "Annotations are not listed in panels.", title: "All dashboards", to: "dashboards" },
} as const;

function News({ feed }: { feed: string | undefined }) {
  return (
    <>
      <p className={styles.words}>News is not fetched: this page loads nothing from elsewhere.</p>
      {feed !== undefined && (
        <a className={styles.link} href={feed} target="_blank" rel="noopener noreferrer">
          <span className={styles.title}>{feed}</span>
        </a>
      )}
    </>
  );
}

function Way({ kind }: { kind: keyof typeof ELSEWHERE }) {
  const { words, title, to } = ELSEWHERE[kind];
  return (
    <>
      <p className={styles.words}>{words}</p>
      <Link to={to} className={styles.link}>
        <span className={styles.title}>{title}</span>
      </Link>
    </>
  );
}

function Links({ options }: PanelProps<LinkOptions>) {
  const { kind, feed } = options;
  return (
    <div className={styles.box}>
      {kind === "dashlist" ? (
        <Dashboards options={options} />
      ) : kind === "news" ? (
        <News feed={feed} />
      ) : (
        <Way kind={kind} />
      )}
    </div>
  );
}

export const links: PanelModule<LinkOptions> = {
  parseOptions,
  Component: Links,
  toTable: () => ({ columns: [], rows: [] }),
};
