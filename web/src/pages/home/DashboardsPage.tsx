/** All dashboards, by kind. */

import type { DashboardHit } from "../../api/catalog";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { SourceGone } from "../../components/SourceGone";
import { SourceName } from "../../components/SourceName";
import { Empty, Failed } from "../../components/states";
import { useDashboards } from "../../query/dashboards";
import { Page } from "../Page";
import styles from "./DashboardsPage.module.css";

function Card({ hit, automatic }: { hit: DashboardHit; automatic: boolean }) {
  return (
    <Link to={hit.url.replace(/^\//, "")} className={styles.card}>
      <Icon name={automatic ? "auto" : "grid"} />
      <span className={styles.title} title={hit.title}>
        {hit.title}
      </span>
      <span className={styles.tags}>{hit.tags.join(" · ")}</span>
    </Link>
  );
}

export function DashboardsPage() {
  const { data, error, refetch, source, groups } = useDashboards();
  return (
    <Page title="Dashboards" controls={source !== undefined && <SourceName source={source} />}>
      <SourceGone source={source} />
      {error !== null && data === undefined && (
        <Failed
          title="The dashboards could not be listed"
          message={error.message}
          onRetry={() => void refetch()}
        />
      )}
      {data?.length === 0 && groups.length === 0 && (
        <Empty title="No dashboards yet">Automatic ones appear as soon as a target has been scraped.</Empty>
      )}
      {groups.map(({ title, automatic, hits, note }) => (
        <section key={title} className={styles.group}>
          <h2>{title}</h2>
          {note !== undefined && (
            <p className={styles.note} role="status">
              {note}
            </p>
          )}
          <ul>
            {hits.map((hit) => (
              <li key={hit.uid}>
                <Card hit={hit} automatic={automatic} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Page>
  );
}
