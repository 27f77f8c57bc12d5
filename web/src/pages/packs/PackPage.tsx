/** One pack: its jobs and dashboards, its health board, what differs from its guide, its rules and its metrics. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Failed, Skeleton } from "../../components/states";
import { useShortcuts } from "../../state/keys";
import { exploreAddress } from "../explore/address";
import { Page } from "../Page";
import {
  byFile,
  count,
  fetchPack,
  IMPACTS,
  placeIn,
  stateOf,
  type Difference,
  type PackDetail,
} from "./data";
import { HealthBoard } from "./HealthBoard";
import { Jobs } from "./Jobs";
import { Fault, SwitchOn } from "./PacksPage";
import styles from "./Packs.module.css";

const REFRESH_MS = 15_000;
const PARENT = { title: "Packs", to: "packs" };

export function PackPage({ name }: { name: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["packs", name],
    queryFn: ({ signal }) => fetchPack(name, signal),
    refetchInterval: REFRESH_MS,
  });
  const refresh = (): void => void refetch();
  useShortcuts([{ does: "refresh", run: refresh }]);
  const controls = (
    <Button icon="refresh" aria-label="Refresh now" title="Refresh now (r)" onClick={refresh} />
  );
  return (
    <Page title={data?.title ?? name} parent={PARENT} controls={controls}>
      {data !== undefined ? (
        <Parts pack={data} />
      ) : (
        <div className={styles.wait}>
          {error === null ? (
            <Skeleton />
          ) : (
            <Failed title="This pack cannot be shown" message={error.message} onRetry={refresh} />
          )}
        </div>
      )}
    </Page>
  );
}

function Part({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className={styles.part} aria-label={title}>
      <header className={styles.partHead}>
        <h2>{title}</h2>
        {note !== undefined && <span>{note}</span>}
      </header>
      {children}
    </section>
  );
}

function Parts({ pack }: { pack: PackDetail }) {
  const [kind, state] = stateOf(pack);
  return (
    <>
      {pack.faults.map((message) => (
        <Fault key={message} pack={pack.name} message={message} />
      ))}
      <div className={styles.intro}>
        <p>{pack.about}</p>
        <Badge kind={kind}>{state}</Badge>
      </div>
      {!pack.enabled && (
        <Part title="Switch it on">
          <SwitchOn name={pack.name} />
        </Part>
      )}
      <div className={styles.pair}>
        <Part title="Jobs">
          <Jobs jobs={pack.jobs} />
        </Part>
        <Part title="Dashboards" {...(pack.asWritten && { note: "as its guide has them" })}>
          <Dashboards pack={pack} />
        </Part>
      </div>
      {pack.hasBoard && pack.enabled && (
        <Part title="Health board">
          <HealthBoard name={pack.name} />
        </Part>
      )}
      {pack.differences.length > 0 && (
        <Part title="What differs from its guide" note={count(pack.differences.length, "difference")}>
          <Differences differences={pack.differences} />
        </Part>
      )}
      {pack.rules.length > 0 && (
        <Part title="Rules" note={pack.enabled ? count(pack.rules.length, "rule") : "not evaluated"}>
          <Rules pack={pack} />
        </Part>
      )}
      <Part title="Metrics" note={count(pack.metrics.length, "metric")}>
        <Metrics pack={pack} />
      </Part>
    </>
  );
}

const Dashboards = ({ pack }: { pack: PackDetail }) => (
  <ul className={styles.boards}>
    {pack.dashboards.map(({ uid, title, description, url }) => (
      <li key={uid}>
        {pack.enabled ? <Link to={url.slice(1)}>{title}</Link> : <b>{title}</b>}
        {uid === pack.start && <small>Start page</small>}
        {description !== "" && <p>{description}</p>}
      </li>
    ))}
  </ul>
);

const Differences = ({ differences }: { differences: readonly Difference[] }) => (
  <>
    {byFile(differences).map(([file, inside]) => (
      <div key={file} className={styles.file}>
        <h3>{file}</h3>
        {inside.map((each) => (
          <DifferenceRow key={each.where + each.why} difference={each} />
        ))}
      </div>
    ))}
  </>
);

function DifferenceRow({ difference }: { difference: Difference }) {
  const [kind, word] = IMPACTS[difference.impact];
  return (
    <details className={styles.difference}>
      <summary>
        <Icon name="right" size={14} />
        <span>{placeIn(difference)}</span>
        <Badge kind={kind}>{word}</Badge>
      </summary>
      <p>{difference.why}</p>
      <dl>
        <div>
          <dt>In the guide</dt>
          <dd>
            <code>{difference.as_written}</code>
          </dd>
        </div>
        <div>
          <dt>Here</dt>
          <dd>
            <code>{difference.corrected}</code>
          </dd>
        </div>
      </dl>
    </details>
  );
}

const SEVERITIES: Readonly<Record<string, "crit" | "warn" | "none">> = { critical: "crit", warning: "warn" };

const Rules = ({ pack }: { pack: PackDetail }) => (
  <ul className={styles.rules}>
    {pack.rules.map(({ group, added, name, expr, for: hold, labels, annotations }) => (
      <li key={`${group} ${name}`}>
        <b>{name}</b>
        {labels.severity !== undefined && (
          <Badge kind={SEVERITIES[labels.severity] ?? "none"}>{labels.severity}</Badge>
        )}
        <p>
          {annotations.summary ?? annotations.description ?? ""}
          {hold !== "" && <small> after {hold}</small>}
          {added && <small> · not in the guide</small>}
        </p>
        <Link to={exploreAddress({ queries: [expr], source: "embedded" })}>
          <code>{expr}</code>
        </Link>
      </li>
    ))}
  </ul>
);

function Metrics({ pack }: { pack: PackDetail }) {
  const roles = new Map(Object.entries(pack.roles).map(([role, metric]) => [metric, role]));
  return (
    <ul className={styles.metrics}>
      {pack.metrics.map(({ name, type, unit, help, labels }) => (
        <li key={name}>
          <Link to={exploreAddress({ queries: [name], source: "embedded" })}>
            <code>{name}</code>
          </Link>
          <p>{help}</p>
          <small>
            {[type, unit, ...(labels.length === 0 ? [] : [`by ${labels.join(", ")}`]), roles.get(name)]
              .filter((each) => each !== undefined)
              .join(" · ")}
          </small>
        </li>
      ))}
    </ul>
  );
}
