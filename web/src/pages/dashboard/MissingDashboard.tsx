/** What stands in the place of a dashboard that is not there, or not yet. */

import line from "../../components/DataBegins.module.css";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { SourceGone } from "../../components/SourceGone";
import { SourceName } from "../../components/SourceName";
import { Empty } from "../../components/states";
import { useDashboards } from "../../query/dashboards";
import { NotFound } from "../home/NotFoundPage";
import { Page } from "../Page";
import styles from "./MissingDashboard.module.css";

const PARENT = { title: "Dashboards", to: "dashboards" };

/** The dashboard of the job of the same name that is collected here, where there is one. */
const ownUid = (uid: string): string => uid.replace(/^auto-/, "auto-embedded-");

/** Only a server elsewhere knows whether there is such a dashboard, and it does not answer. */
export function DashboardAway({ uid, message }: { uid: string; message: string }) {
  const { data = [], source } = useDashboards();
  const here = data.find((hit) => hit.uid === ownUid(uid));
  const down = source?.watchglass.state === "down";
  const title = `Waiting for ${source?.name ?? "the server"}, which this dashboard is asked from`;
  return (
    <Page title={uid} parent={PARENT} controls={source !== undefined && <SourceName source={source} />}>
      <SourceGone source={source} />
      <Empty title={title}>
        {!down && `${message}. `}
        The dashboard comes by itself as soon as it answers.
        {here !== undefined && (
          <Link to={here.url.replace(/^\//, "")} className={styles.instead}>
            What is collected here of {here.title}
          </Link>
        )}
      </Empty>
    </Page>
  );
}

/** Above what is still drawn of a dashboard that went while somebody looked at it. */
export const Removed = () => (
  <p className={line.line} role="status">
    <Icon name="warning" size={14} />
    <span>
      This dashboard is not there any more: somebody deleted it, or its file is gone.{" "}
      <Link to="dashboards/deleted" className={styles.link}>
        Recently deleted
      </Link>
    </span>
  </p>
);

/** There is no dashboard of this address. */
export function NoDashboard({ uid }: { uid: string }) {
  const automatic = uid.startsWith("auto-");
  return (
    <NotFound title="No such dashboard" name={uid}>
      {automatic
        ? "No job of this name has had samples in the last hour. The dashboard comes by itself with the first ones."
        : "It may have been deleted, or the address is mistyped."}
      {!automatic && (
        <Link to="dashboards/deleted" className={styles.instead}>
          Recently deleted
        </Link>
      )}
    </NotFound>
  );
}
