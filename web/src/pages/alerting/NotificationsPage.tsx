/** What was sent to whom, when and why, and what became of it. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Link } from "../../components/Link";
import { SearchField } from "../../components/SearchField";
import { Segmented } from "../../components/Segmented";
import { Empty } from "../../components/states";
import { describeAge, formatTime } from "../../model/timerange";
import { formatText } from "../../model/units";
import { setParams, useAddress } from "../../state/location";
import { ageOf } from "./ages";
import { fetchNotifications, type Notifications } from "./api";
import { Answered, Frame, Labels, None, Notice, Part } from "./Frame";
import {
  countsOf,
  passesNotification,
  runsOf,
  statusOf,
  progressOf,
  STATUSES,
  type NotificationFilter,
  type Run,
} from "./notifications";
import { useRefreshMs } from "./useAlerts";
import styles from "./Notifications.module.css";

const MOST = 500;

export function NotificationsPage() {
  const result = useQuery({
    queryKey: ["alerting", "notifications"],
    queryFn: ({ signal }) => fetchNotifications(MOST, undefined, signal),
    placeholderData: keepPreviousData,
    refetchInterval: useRefreshMs(),
  });
  return (
    <Frame place="notifications" onRefresh={() => void result.refetch()}>
      <Answered result={result} what="The notifications could not be listed">
        {(answer) => <Lists {...answer} />}
      </Answered>
    </Frame>
  );
}

function useFilter(): NotificationFilter {
  const { params } = useAddress();
  return useMemo(
    () => ({
      status: STATUSES.find((status) => status === params.get("status")) ?? "all",
      search: params.get("search") ?? "",
    }),
    [params],
  );
}

const WORDS = { all: "All", sent: "Sent", failed: "Failed", sending: "Under way" } as const;

const NoneYet = ({ routing }: { routing: boolean }) => (
  <None>
    {routing ? (
      <Empty title="Nothing has been sent yet" actions={<Link to="routing">See the routing</Link>}>
        The first notification of a group waits for its group_wait, so that alerts that come together are told
        together.
      </Empty>
    ) : (
      <Empty title="Nobody is told of alerts" actions={<Link to="routing">See the routing</Link>}>
        No routing is configured: start with --alertmanager.config FILE, or send alerts to an Alertmanager
        elsewhere by alerting in prometheus.yml.
      </Empty>
    )}
  </None>
);

function Lists({ notifications, routing, kept }: Notifications) {
  const filter = useFilter();
  const search = useDeferredValue(filter.search);
  const shown = useMemo(
    () => notifications.filter((one) => passesNotification(one, { ...filter, search })),
    [notifications, filter, search],
  );
  const runs = useMemo(() => runsOf(shown), [shown]);
  if (notifications.length === 0) return <NoneYet routing={routing} />;
  const count = (status: NotificationFilter["status"]): number =>
    notifications.filter((one) => passesNotification(one, { status, search: "" })).length;
  return (
    <>
      {!kept && (
        <Notice>
          <b>What was sent is not kept.</b> The server cannot use its meta.db; only what is under way is
          listed.
        </Notice>
      )}
      <div className={styles.filters}>
        <Segmented
          label="Status"
          segments={STATUSES.map((value) => ({
            value,
            text: (
              <>
                {WORDS[value]} <span>{count(value)}</span>
              </>
            ),
          }))}
          value={filter.status}
          onChoose={(status) => setParams({ status: status === "all" ? undefined : status }, true)}
        />
        <SearchField
          value={filter.search}
          onText={(text) => setParams({ search: text || undefined }, true)}
          aria-label="Find a notification"
          placeholder="Receiver, group or error"
          className={styles.search}
        />
      </div>
      {shown.length === 0 ? (
        <None>
          <Empty
            title="No notification passes the filter"
            actions={
              <Button icon="close" onClick={() => setParams({ status: undefined, search: undefined }, true)}>
                Show all {notifications.length}
              </Button>
            }
          >
            Receivers, groups, reasons and errors were searched.
          </Empty>
        </None>
      ) : (
        <Part title="Newest first" note={notifications.length >= MOST ? `the last ${MOST}` : undefined}>
          <ul>
            {runs.map((run, at) => (
              <Row key={`${run.firstMs} ${run.newest.groupKey} ${run.newest.receiver} ${at}`} run={run} />
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}

function Row({ run: { newest: notification, count, firstMs } }: { run: Run }) {
  const { timeMs, receiver, integration, group, status, reason, attempts, error, tookMs } = notification;
  const [kind, word] = statusOf(notification);
  const progress = progressOf(notification);
  const cost = [
    status !== "sending" && attempts > 1 && `${attempts} attempts`,
    tookMs !== null && formatText(tookMs / 1000, "s"),
  ].filter(Boolean);
  return (
    <li className={styles.row}>
      <Badge kind={kind}>{word}</Badge>
      <div className={styles.what}>
        <p>
          <b>{receiver}</b> <small>{integration}</small>
        </p>
        {Object.keys(group).length === 0 ? (
          <small>all alerts together</small>
        ) : (
          <Labels labels={Object.entries(group)} />
        )}
        {error !== "" && <p className={styles.error}>{error}</p>}
        {progress !== "" && <p className={styles.progress}>{progress}</p>}
      </div>
      <p className={styles.why}>
        {countsOf(notification)}
        <small>{reason}</small>
      </p>
      <p className={styles.when}>
        <time dateTime={new Date(timeMs).toISOString()} title={formatTime(timeMs)}>
          {ageOf(timeMs)} ago
        </time>
        {count > 1 && (
          <small title={`Since ${formatTime(firstMs)}`}>
            {count} times in {describeAge(timeMs - firstMs)}
          </small>
        )}
        {cost.length > 0 && <small>{cost.join(", ")}</small>}
      </p>
    </li>
  );
}
