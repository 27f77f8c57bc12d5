/** An address that no page has. */

import { Link } from "../../components/Link";
import { Empty } from "../../components/states";
import { Page } from "../Page";
import styles from "./NotFoundPage.module.css";

/** Addresses where Grafana and Prometheus have a page for queries of one's own. */
const EXPLORE = ["explore", "graph"];

export function NotFoundPage({ path }: { path: string }) {
  const explore = EXPLORE.includes(path.split("/")[0]!);
  const parent = { title: "Dashboards", to: "dashboards" };
  return (
    <Page title={explore ? "Explore" : "Not found"} parent={parent}>
      <Empty title={explore ? "Explore is still to come" : "There is no page at this address"}>
        {explore && "Queries of your own can be asked by the HTTP API until then. "}
        <Link to="dashboards" className={styles.back}>
          All dashboards
        </Link>
      </Empty>
    </Page>
  );
}
