/** An address that no page or dashboard has, and where one may have wanted to go. */

import type { ReactNode } from "react";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Empty } from "../../components/states";
import { Page } from "../Page";
import { PLACES } from "../places";
import styles from "./NotFoundPage.module.css";

interface NotFoundProps {
  /** What there is not. */
  title: string;
  /** Its name, or its address. */
  name: string;
  children: ReactNode;
}

export function NotFound({ title, name, children }: NotFoundProps) {
  return (
    <Page title="Not found" parent={{ title: "Dashboards", to: "dashboards" }}>
      <div className={styles.box}>
        <Empty title={title} name={name}>
          {children}
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

export const NotFoundPage = ({ path }: { path: string }) => (
  <NotFound title="There is no page at this address" name={`/${path}`}>
    It may have been moved, or the address is mistyped.
  </NotFound>
);
