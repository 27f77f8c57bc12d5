/** An address that no page has, and where one may have wanted to go. */

import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Empty } from "../../components/states";
import { Page } from "../Page";
import { PLACES } from "../places";
import styles from "./NotFoundPage.module.css";

export function NotFoundPage({ path }: { path: string }) {
  return (
    <Page title="Not found" parent={{ title: "Dashboards", to: "dashboards" }}>
      <div className={styles.box}>
        <Empty title="There is no page at this address" name={`/${path}`}>
          It may have been moved, or the address is mistyped.
        </Empty>
        <ul className={styles.places}>
          {PLACES.map(({ to, title, icon }) => (
            <li key={to}>
              <Link to={to}>
                <Icon name={icon} />
                {to === "dashboards" ? "All dashboards" : title}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </Page>
  );
}
