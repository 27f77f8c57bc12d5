/** Which systems are watched: each pack with how its jobs are, where to start, and how it is switched on. */

import { useQuery } from "@tanstack/react-query";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Failed, Skeleton } from "../../components/states";
import { copyText } from "../../state/clipboard";
import { useShortcuts } from "../../state/keys";
import { decodeSegment, useAddress } from "../../state/location";
import { Page } from "../Page";
import {
  capital,
  count,
  fetchPacks,
  inSettings,
  stateOf,
  switchOn,
  type PackFault,
  type PackSummary,
} from "./data";
import { Jobs } from "./Jobs";
import { PackPage } from "./PackPage";
import styles from "./Packs.module.css";

const REFRESH_MS = 5000;

/** The list, or the one pack that the address names. */
export function PacksPage() {
  const { path } = useAddress();
  const name = path.split("/")[1];
  return name === undefined || name === "" ? (
    <PackList />
  ) : (
    <PackPage key={name} name={decodeSegment(name)} />
  );
}

function PackList() {
  const { data, error, refetch } = useQuery({
    queryKey: ["packs"],
    queryFn: ({ signal }) => fetchPacks(signal),
    refetchInterval: REFRESH_MS,
  });
  const refresh = (): void => void refetch();
  useShortcuts([{ does: "refresh", run: refresh }]);
  const controls = (
    <Button icon="refresh" aria-label="Refresh now" title="Refresh now (r)" onClick={refresh} />
  );
  return (
    <Page title="Packs" controls={controls}>
      {data === undefined ? (
        <div className={styles.wait}>
          {error === null ? (
            <Skeleton />
          ) : (
            <Failed title="The packs could not be listed" message={error.message} onRetry={refresh} />
          )}
        </div>
      ) : (
        <Lists packs={data.packs} faults={data.faults} />
      )}
    </Page>
  );
}

function Lists({ packs, faults }: { packs: readonly PackSummary[]; faults: readonly PackFault[] }) {
  const on = packs.filter(({ enabled }) => enabled);
  const off = packs.filter(({ enabled }) => !enabled);
  return (
    <>
      {faults.map((fault) => (
        <Fault key={fault.pack + fault.message} {...fault} />
      ))}
      {on.length > 0 && (
        <section aria-labelledby="packs-on" className={styles.section}>
          <h2 id="packs-on">Watched systems</h2>
          <ul className={styles.cards}>
            {on.map((pack) => (
              <Watched key={pack.name} pack={pack} />
            ))}
          </ul>
        </section>
      )}
      {off.length > 0 && (
        <section aria-labelledby="packs-off" className={styles.section}>
          <h2 id="packs-off">
            {on.length > 0 ? "More that Watchglass knows" : "Systems that Watchglass knows"}
          </h2>
          <p className={styles.lead}>
            A pack brings a system’s scrape jobs, dashboards, rules and limits. Switch one on with a flag or
            in <code>watchglass.yml</code>; a folder of your own works as well:{" "}
            <code>--pack ./my-system</code>.
          </p>
          <ul className={styles.cards}>
            {off.map((pack) => (
              <Known key={pack.name} pack={pack} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

export const Fault = ({ pack, message }: PackFault) => (
  <div className={styles.fault} role="alert">
    <Icon name="warning" />
    <p>
      <b>The pack {pack} cannot be used.</b> {message}
    </p>
  </div>
);

const pathOf = ({ name }: PackSummary): string => `packs/${encodeURIComponent(name)}`;

/** What one may look at, and how much there is of it. */
const figures = ({ metricCount, differenceCount }: PackSummary): string =>
  [
    count(metricCount, "metric"),
    ...(differenceCount === 0 ? [] : [`${count(differenceCount, "difference")} from its guide`]),
  ].join(" · ");

function Watched({ pack }: { pack: PackSummary }) {
  const [kind, text] = stateOf(pack);
  const [start, ...others] = pack.dashboards;
  return (
    <li className={styles.card} aria-label={pack.title}>
      <header className={styles.head}>
        <h3>
          <Link to={pathOf(pack)}>{pack.title}</Link>
        </h3>
        <Badge kind={kind}>{text}</Badge>
      </header>
      <p className={styles.about}>{pack.about}</p>
      <Jobs jobs={pack.jobs} />
      <div className={styles.places}>
        {start !== undefined && (
          <Link to={start.url.slice(1)} className={styles.start}>
            <Icon name="grid" />
            {start.title}
          </Link>
        )}
        {others.map(({ uid, title, url }) => (
          <Link key={uid} to={url.slice(1)} className={styles.place}>
            {title}
          </Link>
        ))}
      </div>
      <p className={styles.foot}>
        {pack.asWritten && <span>As its guide has it</span>}
        <Link to={pathOf(pack)}>{figures(pack)}</Link>
      </p>
    </li>
  );
}

function Known({ pack }: { pack: PackSummary }) {
  const command = switchOn(pack.name);
  return (
    <li className={styles.card} aria-label={pack.title}>
      <header className={styles.head}>
        <h3>
          <Link to={pathOf(pack)}>{pack.title}</Link>
        </h3>
      </header>
      <p className={styles.about}>{pack.about}</p>
      <Command text={command} />
      <p className={styles.foot}>
        <Link to={pathOf(pack)}>
          {count(pack.dashboards.length, "dashboard")} · {figures(pack)}
        </Link>
      </p>
    </li>
  );
}

/** A line to copy. */
export function Command({ text, what = "command" }: { text: string; what?: string }) {
  return (
    <div className={styles.command}>
      <pre tabIndex={0} aria-label={`The ${what}`}>
        {text}
      </pre>
      <Button
        icon="copy"
        quiet
        aria-label={`Copy the ${what}`}
        onClick={() => void copyText(text, capital(what))}
      />
    </div>
  );
}

/** Both ways to switch a pack on. */
export const SwitchOn = ({ name }: { name: string }) => (
  <>
    <Command text={switchOn(name)} />
    <Command text={inSettings(name)} what="setting" />
  </>
);
