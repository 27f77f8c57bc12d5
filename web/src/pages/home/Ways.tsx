/** How dashboards get here: shown as long as nobody has brought one. */

import { Icon, type IconName } from "../../components/icons";
import { Link } from "../../components/Link";
import styles from "./Ways.module.css";

function Way({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <li className={styles.way}>
      <h3>
        <Icon name={icon} />
        {title}
      </h3>
      {children}
    </li>
  );
}

const SETTINGS = `# watchglass.yml
dashboards:
  folders: [./dashboards]`;

const CURL = `curl -d @dashboard.json \\
  -H 'Content-Type: application/json' \\
  ${new URL("api/dashboards/db", document.baseURI).href}`;

export function Ways() {
  return (
    <section className={styles.ways} aria-labelledby="ways">
      <h2 id="ways">Bring your dashboards</h2>
      <ul>
        <Way icon="upload" title={<Link to="dashboards/import">Import Grafana JSON</Link>}>
          <p>
            Files from Grafana or grafana.com, old ones too, one or many. Drop them anywhere on this page. You
            see what becomes of each before it is saved.
          </p>
        </Way>
        <Way icon="plus" title={<Link to="dashboard/new">Make one here</Link>}>
          <p>Panels with queries of your own, arranged by hand, with a history of every save.</p>
        </Way>
        <Way icon="folder" title="Follow a folder">
          <p>Dashboards in files, as Grafana provisions them: a change on disk is here within seconds.</p>
          <pre tabIndex={0} aria-label="Settings that follow a folder">
            {SETTINGS}
          </pre>
        </Way>
        <Way icon="pulse" title="Send one from a script">
          <p>Scripts that talk to Grafana work here unchanged.</p>
          <pre tabIndex={0} aria-label="Command that sends a dashboard">
            {CURL}
          </pre>
        </Way>
      </ul>
    </section>
  );
}
