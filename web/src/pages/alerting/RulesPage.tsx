/** Rules by file and group: how each does, what it asks, when it was evaluated last and how long that took. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { SearchField } from "../../components/SearchField";
import { Segmented } from "../../components/Segmented";
import { Empty } from "../../components/states";
import { describeAge, formatDuration, formatTime } from "../../model/timerange";
import { formatText } from "../../model/units";
import { setParams, useAddress } from "../../state/location";
import { exploreAddress } from "../explore/address";
import { firingKind } from "./alerts";
import { fetchRules, type AlertingRule, type Rule, type RuleGroup, type WithoutData } from "./api";
import { Answered, Frame, Labels, None, Part } from "./Frame";
import {
  countViews,
  listRules,
  RULE_VIEWS,
  timeOf,
  withoutDataOf,
  type ListedGroup,
  type RuleFilter,
} from "./rules";
import { useRefreshMs, useWithoutData } from "./useAlerts";
import styles from "./Rules.module.css";

export function RulesPage() {
  const result = useQuery({
    queryKey: ["alerting", "rules"],
    queryFn: ({ signal }) => fetchRules(signal),
    placeholderData: keepPreviousData,
    refetchInterval: useRefreshMs(),
  });
  return (
    <Frame place="rules" onRefresh={() => void result.refetch()}>
      <Answered result={result} what="The rules could not be listed">
        {(groups) => <Lists groups={groups} nowMs={result.dataUpdatedAt} />}
      </Answered>
    </Frame>
  );
}

function useFilter(): RuleFilter {
  const { params } = useAddress();
  const without = useWithoutData();
  return useMemo(
    () => ({
      without,
      view: RULE_VIEWS.find((view) => view === params.get("view")) ?? "all",
      search: params.get("search") ?? "",
    }),
    [params, without],
  );
}

const WORDS = {
  all: "All",
  problems: "Problems",
  nodata: "No data",
  alerting: "Alerting",
  recording: "Recording",
} as const;

function Lists({ groups, nowMs }: { groups: readonly RuleGroup[]; nowMs: number }) {
  const filter = useFilter();
  const search = useDeferredValue(filter.search);
  const listed = useMemo(
    () => listRules(groups, { ...filter, search }, nowMs),
    [groups, filter, search, nowMs],
  );
  if (groups.length === 0) return <NoRules />;
  const counts = countViews(groups, filter.without, nowMs);
  const showAll = (): void => setParams({ view: undefined, search: undefined }, true);
  return (
    <>
      <div className={styles.filters}>
        <Segmented
          label="Show"
          segments={RULE_VIEWS.map((value) => ({
            value,
            text: (
              <>
                {WORDS[value]} <span>{counts[value]}</span>
              </>
            ),
          }))}
          value={filter.view}
          onChoose={(view) => setParams({ view: view === "all" ? undefined : view }, true)}
        />
        <SearchField
          value={filter.search}
          onText={(text) => setParams({ search: text || undefined }, true)}
          aria-label="Find a rule"
          placeholder="Name, expression, group or file"
          className={styles.search}
        />
      </div>
      {listed.length === 0 && (
        <NonePasses
          all={counts.all}
          good={filter.view === "problems" && search === ""}
          full={filter.view === "nodata" && search === ""}
          onAll={showAll}
        />
      )}
      {listed.map((group) => (
        <Group key={`${group.file} ${group.name}`} group={group} without={filter.without} nowMs={nowMs} />
      ))}
    </>
  );
}

const NoRules = () => (
  <None>
    <Empty title="There are no rules" actions={<Link to="packs">See the packs</Link>}>
      Name rule files under rule_files in prometheus.yml and reload: they mean here what they mean in
      Prometheus. A pack that is switched on brings its own.
    </Empty>
  </None>
);

interface NonePassesProps {
  all: number;
  good: boolean;
  full: boolean;
  onAll: () => void;
}

const NonePasses = ({ all, good, full, onAll }: NonePassesProps) => (
  <None>
    <Empty
      title={good ? "No rule has a problem" : full ? "Every rule has data" : "No rule passes the filter"}
      actions={
        <Button icon="close" onClick={onAll}>
          Show all {all}
        </Button>
      }
    >
      {good
        ? "Each was evaluated in time, and had an answer."
        : full
          ? "What each of them compares has a value."
          : "Names, expressions, labels, groups and files were searched."}
    </Empty>
  </None>
);

function lastOf(text: string, nowMs: number): { age: string; at: string } {
  const ms = timeOf(text);
  return ms === undefined
    ? { age: "never", at: "Not evaluated yet" }
    : { age: `${describeAge(nowMs - ms)} ago`, at: formatTime(ms) };
}

/** Rules of a pack that the guide of its system does not have. */
const isAdded = (file: string): boolean => /^packs\/.*\/added\//.test(file);

interface GroupProps {
  group: ListedGroup;
  without: readonly WithoutData[];
  nowMs: number;
}

function Group({ group, without, nowMs }: GroupProps) {
  const { name, file, interval, evaluationTime, lastEvaluation, rules, trouble, bad } = group;
  const { age, at } = lastOf(lastEvaluation, nowMs);
  const share = interval > 0 ? evaluationTime / interval : 0;
  return (
    <Part
      title={name}
      note={isAdded(file) ? `${file} · not in its guide` : file}
      tools={
        <span className={styles.pace}>
          {bad > 0 && <Badge kind="crit">{bad === 1 ? "1 rule fails" : `${bad} rules fail`}</Badge>}
          {bad === 0 && trouble === "" && timeOf(lastEvaluation) !== undefined && <Badge kind="ok">OK</Badge>}
          {trouble !== "" && <Badge kind="warn">Late</Badge>}
          <span title={at}>
            every {formatDuration(interval * 1000)} · {age} · took {formatText(evaluationTime, "s")}
            {share >= 0.01 && ` (${formatText(share, "percentunit", 0)})`}
          </span>
        </span>
      }
    >
      {trouble !== "" && <p className={styles.trouble}>{trouble}</p>}
      <ul>
        {rules.map((rule, index) => (
          <Row
            key={`${rule.name} ${index}`}
            rule={rule}
            without={withoutDataOf(rule, group, without)}
            nowMs={nowMs}
          />
        ))}
      </ul>
    </Part>
  );
}

const NO_DATA = ["warn", "No data"] as const;
const HEALTH = { ok: ["ok", "OK"], err: ["crit", "Fails"], unknown: ["none", "Waiting"] } as const;

/** Since when a rule has nothing to judge, in words. */
const noDataSince = ({ sinceMs }: WithoutData): string =>
  `${sinceMs === null ? "It has had no data for more than 24 hours" : `No data since ${formatTime(sinceMs)}`}: what it compares has no value, so that it cannot fire.`;

interface RowProps {
  rule: Rule;
  without: WithoutData | undefined;
  nowMs: number;
}

function Row({ rule, without, nowMs }: RowProps) {
  const [kind, word] = without === undefined ? HEALTH[rule.health] : NO_DATA;
  const { age, at } = lastOf(rule.lastEvaluation, nowMs);
  const labels = Object.entries(rule.labels ?? {});
  return (
    <li className={styles.rule}>
      <Badge kind={kind}>{word}</Badge>
      <div className={styles.what}>
        <p className={styles.name}>
          <b>{rule.name}</b>
          {rule.type === "recording" ? <small>recording</small> : <State rule={rule} />}
        </p>
        <Link
          to={exploreAddress({ queries: [rule.query], source: "embedded" })}
          className={styles.query}
          title="Explore this expression"
        >
          <code>{rule.query}</code>
          <Icon name="compass" size={14} />
        </Link>
        {without !== undefined && <p className={styles.nodata}>{noDataSince(without)}</p>}
        {rule.lastError !== undefined && rule.lastError !== "" && (
          <p className={styles.error}>{rule.lastError}</p>
        )}
        <Labels labels={labels} />
      </div>
      <span className={styles.times} title={at}>
        {age}
        <span>in {formatText(rule.evaluationTime, "s")}</span>
      </span>
    </li>
  );
}

const holdOf = ({ duration, keepFiringFor = 0 }: AlertingRule): string =>
  [
    duration > 0 && `after ${formatDuration(duration * 1000)}`,
    keepFiringFor > 0 && `kept for ${formatDuration(keepFiringFor * 1000)}`,
  ]
    .filter(Boolean)
    .join(", ");

/** How many of its alerts fire, with the way to them. */
function State({ rule }: { rule: AlertingRule }) {
  const alerts = rule.alerts ?? [];
  const firing = alerts.filter(({ state }) => state === "firing").length;
  const hold = holdOf(rule);
  const severity = rule.labels?.severity ?? "";
  return (
    <>
      {rule.state === "firing" && (
        <Badge kind={firingKind(severity)}>{firing > 0 ? `${firing} firing` : "Firing"}</Badge>
      )}
      {rule.state === "pending" && <Badge kind="none">Pending</Badge>}
      {hold !== "" && <small>{hold}</small>}
      {alerts.length > 0 && (
        <Link to={`alerts?search=${encodeURIComponent(`alertname="${rule.name}"`)}`} className={styles.link}>
          See {alerts.length === 1 ? "the alert" : `${alerts.length} alerts`}
        </Link>
      )}
    </>
  );
}
