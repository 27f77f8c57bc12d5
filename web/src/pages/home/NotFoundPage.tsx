/** An address that no page has. */

import { Link } from "../../components/Link";
import { Empty } from "../../components/states";
import { Page } from "../Page";

export function NotFoundPage() {
  return (
    <Page title="Not found">
      <Empty title="There is no page at this address">
        <Link to="dashboards">All dashboards</Link>
      </Empty>
    </Page>
  );
}
