/** What fires and what waits to: the worst first, by system and group, with who is told of it. */

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { Link } from "../../components/Link";
import { SearchField } from "../../components/SearchField";
import { Segmented } from "../../components/Segmented";
import { Empty } from "../../components/states";
import { dashboardsQuery } from "../../query/dashboards";
import { setParams, useAddress } from "../../state/location";
import { AlertItem } from "./AlertItem";
import {
  countStates,
  groupAlerts,
  OPEN,
  passes,
  severitiesOf,
  STATES,
  type AlertGroup,
  type AlertRow,
  type Filter,
  type System,
} from "./alerts";
import { Answered, Frame, None, Notice, Part } from "./Frame";
import { STORM, STORM_REFRESH_MS, useAlerts, useWithoutData, type Alerts } from "./useAlerts";
import styles from "./Alerts.module.css";

/** More of one group are shown when somebody asks for them, so many at a time: each is drawn. */
const MOST = 25;
const STEP = 200;

export function AlertsPage() {
  const result = useAlerts();
  return (
    <Frame place="alerts" onRefresh={() => void result.refetch()} controls={<NewSilence />}>
      <Answered result={result} what="The alerts could not be listed">
        {(alerts) => <Lists {...alerts} />}
      </Answered>
    </Frame>
  );
}

const NewSilence = () => (
  <Link id="new-silence" to="silences?new" className={styles.newSilence}>
    New silence
  </Link>
);

const WORDS = { all: "All", firing: "Firing", pending: "Pending", quiet: "Quiet" } as const;

function useFilter(): Filter {
  const { params } = useAddress();
  return useMemo(
    () => ({
      state: STATES.find((state) => state === params.get("state")) ?? "all",
      severity: params.get("severity") ?? "",
      search: params.get("search") ?? "",
    }),
    [params],
  );
}

function setFilter(change: Partial<Filter>): void {
  const { state, ...rest } = change;
  const texts = Object.entries(rest).map(([name, value]) => [name, value || undefined]);
  const states = state === undefined ? [] : [["state", state === "all" ? undefined : state]];
  setParams(Object.fromEntries([...texts, ...states]) as Record<string, string | undefined>, true);
}

const showAll = (): void => setFilter({ state: "all", severity: "", search: "" });

function Lists({ rows, rules, unrouted }: Alerts) {
  const filter = useFilter();
  const search = useDeferredValue(filter.search);
  const shown = useMemo(
    () => rows.filter((row) => passes(row, { ...filter, search })),
    [rows, filter, search],
  );
  const systems = useMemo(() => groupAlerts(shown), [shown]);
  return (
    <>
      {unrouted !== "" && rows.length > 0 && (
        <Notice>
          <b>Nobody is told of these alerts by this server.</b> Why: {unrouted}
        </Notice>
      )}
      {rows.length > STORM && (
        <Notice>
          <b>{rows.length.toLocaleString("en")} alerts at once.</b> So many are asked for only every{" "}
          {STORM_REFRESH_MS / 1000} s, or when you refresh.
        </Notice>
      )}
      <WithoutDataNotice />
      {rows.length > 0 && <Filters rows={rows} filter={filter} none={shown.length === 0} />}
      {rows.length === 0 && <Calm rules={rules} />}
      {rows.length > 0 && shown.length === 0 && <NonePasses all={rows.length} />}
      {systems.map((system) => (
        <SystemSection key={system.name} system={system} only={systems.length === 1} />
      ))}
    </>
  );
}

/** Rules that cannot fire: what they compare is not there. */
function WithoutDataNotice() {
  const count = useWithoutData().length;
  if (count === 0) return null;
  return (
    <Notice>
      <b>{count === 1 ? "1 rule has" : `${count} rules have`} no data</b>, and so cannot fire: what{" "}
      {count === 1 ? "it compares" : "they compare"} has no value.{" "}
      <Link to="rules?view=nodata">{count === 1 ? "See it" : "See them"}</Link>
    </Notice>
  );
}

function Filters({ rows, filter, none }: { rows: readonly AlertRow[]; filter: Filter; none: boolean }) {
  const counts = countStates(rows);
  const severities = severitiesOf(rows);
  const filtering = filter.state !== "all" || filter.severity !== "" || filter.search !== "";
  return (
    <div className={styles.filters}>
      <Segmented
        label="State"
        segments={STATES.map((value) => ({
          value,
          text: (
            <>
              {WORDS[value]} <span>{counts[value].toLocaleString("en")}</span>
            </>
          ),
        }))}
        value={filter.state}
        onChoose={(state) => setFilter({ state })}
      />
      {severities.length > 0 && (
        <select
          aria-label="Severity"
          value={filter.severity}
          onChange={(event) => setFilter({ severity: event.target.value })}
        >
          <option value="">Every severity</option>
          {[...new Set([...severities, filter.severity])]
            .filter((severity) => severity !== "")
            .map((severity) => (
              <option key={severity}>{severity}</option>
            ))}
        </select>
      )}
      <SearchField
        value={filter.search}
        onText={(search) => setFilter({ search })}
        aria-label="Find an alert"
        placeholder="Name, label or text"
        className={styles.search}
      />
      {filtering && !none && (
        <Button quiet icon="close" onClick={showAll}>
          Show all
        </Button>
      )}
    </div>
  );
}

/** Nothing fires: that is good where something could. */
const Calm = ({ rules }: { rules: number }) => (
  <None>
    {rules > 0 ? (
      <Empty title="All is calm" actions={<Link to="rules">See the rules</Link>}>
        {rules.toLocaleString("en")} alerting {rules === 1 ? "rule is" : "rules are"} evaluated; none fires or
        waits to.
      </Empty>
    ) : (
      <Empty title="There are no alerting rules" actions={<Link to="packs">See the packs</Link>}>
        Name rule files under rule_files in prometheus.yml and reload, or switch on a pack: most bring rules
        of their own. Alerts that other servers send here are listed, too.
      </Empty>
    )}
  </None>
);

const NonePasses = ({ all }: { all: number }) => (
  <None>
    <Empty
      title="No alert passes the filter"
      actions={
        <Button icon="close" onClick={showAll}>
          Show all {all}
        </Button>
      }
    >
      Names, labels and annotations were searched.
    </Empty>
  </None>
);

function SystemSection({ system: { name, groups }, only }: { system: System; only: boolean }) {
  const { data: hits = [] } = useQuery(dashboardsQuery);
  const pack = hits.find((hit) => hit.pack === name && hit.folderTitle !== undefined);
  const title = name === "" ? "Without a system" : (pack?.folderTitle ?? name);
  return (
    <section aria-label={title} className={styles.system}>
      {!(name === "" && (only || groups.every(({ file }) => file === ""))) && (
        <h2 className={styles.systemName}>
          {pack === undefined ? title : <Link to={`packs/${encodeURIComponent(name)}`}>{title}</Link>}
        </h2>
      )}
      {groups.map((group) => (
        <Group key={`${group.file} ${group.name}`} group={group} />
      ))}
    </section>
  );
}

/** `2 firing, 1 pending`. */
function countsOf(rows: readonly AlertRow[]): string {
  const firing = rows.filter(({ state }) => state === "firing").length;
  const parts = [
    firing > 0 && `${firing.toLocaleString("en")} firing`,
    rows.length > firing && `${(rows.length - firing).toLocaleString("en")} pending`,
  ];
  return parts.filter(Boolean).join(", ");
}

function Group({ group: { name, file, rows } }: { group: AlertGroup }) {
  const { params } = useAddress();
  const [more, setMore] = useState(0);
  const most = MOST + more;
  const whole = rows.length <= most + 3;
  const opened = params.get(OPEN);
  const shown = whole ? rows : rows.filter(({ id }, at) => at < most || id === opened);
  const tools = file !== "" && (
    <Link to={`rules?search=${encodeURIComponent(name)}`} className={styles.link}>
      Rules
    </Link>
  );
  return (
    <Part title={name} note={countsOf(rows)} tools={tools}>
      <ul className={styles.list}>
        {shown.map((row) => (
          <AlertItem key={row.id} row={row} />
        ))}
      </ul>
      {!whole && (
        <Button quiet className={styles.rest} onClick={() => setMore(more + STEP)}>
          {rows.length - most <= STEP
            ? `Show ${rows.length - most} more`
            : `Show ${STEP} more of ${(rows.length - most).toLocaleString("en")}`}
        </Button>
      )}
    </Part>
  );
}
