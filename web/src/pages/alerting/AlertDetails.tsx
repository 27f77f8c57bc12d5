/** All that is known of one alert: what it says, its chart, who was told, what keeps it quiet, and when it fired before. */

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Badge } from "../../components/Badge";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { formatMoment } from "../../model/clock";
import { formatDuration, formatTime } from "../../model/timerange";
import { exploreAddress } from "../explore/address";
import { ageOf } from "./ages";
import { alertAddress, isQuiet, isSilenced, shownLabels, wordsOf, type AlertRow } from "./alerts";
import { fetchInhibition, fetchNotifications, fetchSilences, type Notification, type Texts } from "./api";
import { ExpressionChart } from "./ExpressionChart";
import { Labels } from "./Frame";
import { addedLabels, firingSince, targetAddress } from "./details";
import { History } from "./History";
import { fromApi, matchersOf, writeMatcher } from "./matchers";
import { progressOf, splitSent, statusOf } from "./notifications";
import { inhibitionOf, ruleAt } from "./routing";
import { newSilenceAddress } from "./silences";
import { useAlerts, useRefreshMs } from "./useAlerts";
import styles from "./Alerts.module.css";

const ADDRESS = /^https?:\/\/\S+$/;

/** A text; one that is an address can be followed. */
const Words = ({ text }: { text: string }) =>
  ADDRESS.test(text) ? (
    <a href={text} target="_blank" rel="noreferrer noopener">
      {text}
    </a>
  ) : (
    text
  );

const TITLES: Readonly<Record<string, string>> = {
  runbook_url: "Runbook",
  dashboard: "Dashboard",
  runbook: "Runbook",
};

export function AlertDetails({ row }: { row: AlertRow }) {
  const { summary, more } = wordsOf(row);
  return (
    <>
      <Tools row={row} />
      {row.rule !== undefined && <ExpressionChart row={row} rule={row.rule} />}
      <div className={styles.columns}>
        <Block title="What it says">
          <dl className={styles.facts}>
            {more.map(([name, text]) => (
              <Fact key={name} name={TITLES[name] ?? name}>
                <Words text={text} />
              </Fact>
            ))}
            {more.length === 0 && summary === "" && <Fact name="Annotations">The rule has none.</Fact>}
            <Times row={row} />
            {row.rule !== undefined && (
              <Fact name="Fires">
                {row.rule.duration === 0 ? "at once" : `after ${formatDuration(row.rule.duration * 1000)}`}
                {(row.rule.keepFiringFor ?? 0) > 0 &&
                  `, and for ${formatDuration(row.rule.keepFiringFor! * 1000)} after it was over`}
              </Fact>
            )}
            <Fact name="Labels">
              <Labels labels={Object.entries(row.labels)} />
            </Fact>
            {addedLabels(row).length > 0 && (
              <Fact name="Added">
                <Labels labels={addedLabels(row)} />
                <small>external labels of the server, given to it on its way to the routing</small>
              </Fact>
            )}
            {row.file !== "" && <Fact name="File">{row.file}</Fact>}
          </dl>
        </Block>
        <Block title="Who is told">
          <Told row={row} />
        </Block>
      </div>
      <Block title="Before now">
        <History row={row} />
      </Block>
    </>
  );
}

const Moment = ({ ms }: { ms: number }) => (
  <time dateTime={new Date(ms).toISOString()} title={formatTime(ms)}>
    {formatMoment(ms)}
  </time>
);

/** Since when its condition holds, since when it fires, and since when it is over. */
function Times({ row }: { row: AlertRow }) {
  const { sinceMs, keptMs, state } = row;
  const firingMs = firingSince(row);
  return (
    <>
      <Fact name="Since">
        <Moment ms={sinceMs} />, {ageOf(sinceMs)} ago
        {state === "pending" && ": its condition holds, and it waits"}
        {firingMs !== undefined && firingMs > sinceMs && ": its condition holds"}
      </Fact>
      {firingMs !== undefined && firingMs > sinceMs && (
        <Fact name="Fires since">
          <Moment ms={firingMs} />, {ageOf(firingMs)} ago
        </Fact>
      )}
      {keptMs !== undefined && (
        <Fact name="Over">
          since <Moment ms={keptMs} />; its rule keeps it firing for a while
        </Fact>
      )}
    </>
  );
}

const Block = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className={styles.block} aria-label={title}>
    <h3>{title}</h3>
    {children}
  </section>
);

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function Tools({ row }: { row: AlertRow }) {
  return (
    <div className={styles.tools}>
      <Link to={newSilenceAddress(matchersOf(row.labels))} className={styles.action}>
        <Icon name="mute" size={14} /> Silence
      </Link>
      {row.rule !== undefined && (
        <Link
          to={exploreAddress({ queries: [row.rule.query], source: "embedded" })}
          className={styles.action}
        >
          <Icon name="compass" size={14} /> Explore
        </Link>
      )}
      <Link
        to={`routing?labels=${encodeURIComponent(matchersOf(row.labels).map(writeMatcher).join(" "))}`}
        className={styles.action}
      >
        <Icon name="swap" size={14} /> Its routes
      </Link>
      {row.rule !== undefined && row.labels.instance !== undefined && (
        <Link to={targetAddress(row)} className={styles.action}>
          <Icon name="target" size={14} /> Its target
        </Link>
      )}
      {/^https?:/.test(row.source) && (
        <a href={row.source} target="_blank" rel="noreferrer noopener" className={styles.action}>
          <Icon name="link" size={14} /> Where it came from
        </a>
      )}
    </div>
  );
}

function Told({ row }: { row: AlertRow }) {
  const { routed, state } = row;
  if (state === "pending")
    return <p className={styles.note}>Nobody yet: it waits until its condition has held long enough.</p>;
  if (routed === undefined)
    return (
      <p className={styles.note}>
        The routing of this server has not heard of it. <Link to="routing">See the routing</Link>
      </p>
    );
  return (
    <>
      {isSilenced(row) && <Silencing ids={routed.silencedBy} />}
      {routed.inhibitedBy.length > 0 && <Inhibited by={routed.inhibitedBy} labels={routed.labels} />}
      {routed.mutedBy.length > 0 && (
        <p className={styles.note}>
          <Badge kind="none">Muted</Badge> Its route is muted at this time: {routed.mutedBy.join(", ")}.
        </p>
      )}
      <p className={styles.note}>
        {isQuiet(row) ? "Would go to" : "Goes to"} <b>{routed.receivers.join(", ") || "nobody"}</b>.
      </p>
      <Sent labels={routed.labels} sinceMs={Math.min(row.sinceMs, routed.startsMs)} />
    </>
  );
}

/** Which alert keeps it quiet, and by which rule. */
function Inhibited({ by, labels }: { by: readonly string[]; labels: Texts }) {
  const rows = useAlerts().data?.rows ?? [];
  const { data } = useQuery({
    queryKey: ["alerting", "inhibition", labels, by],
    queryFn: ({ signal }) => fetchInhibition(labels, signal),
    retry: false,
  });
  const source = rows.find(({ routed }) => routed?.fingerprint === by[0]);
  const name = source?.name ?? data?.source.labels.alertname ?? by[0]!;
  return (
    <div className={styles.quieted}>
      <p className={styles.note}>
        <Badge kind="none">Inhibited</Badge> Nobody hears of this one while{" "}
        {source === undefined ? <b>{name}</b> : <Link to={alertAddress(source)}>{name}</Link>} fires.
      </p>
      {data && (
        <>
          <Labels labels={shownLabels(data.source.labels, ["alertname"])} />
          <p className={styles.note}>
            <small>
              {inhibitionOf(data.rule)} ({ruleAt(data.rule)}).{" "}
            </small>
            <Link to="routing">See the inhibition rules</Link>
          </p>
        </>
      )}
    </div>
  );
}

function Silencing({ ids }: { ids: readonly string[] }) {
  const { data = [] } = useQuery({
    queryKey: ["alerting", "silences"],
    queryFn: ({ signal }) => fetchSilences(signal),
  });
  return (
    <ul className={styles.silencing}>
      {ids.map((id) => {
        const found = data.find((silence) => silence.id === id);
        return (
          <li key={id}>
            <Badge kind="none">Silenced</Badge>{" "}
            {found === undefined ? (
              <code>{id}</code>
            ) : (
              <>
                by {found.createdBy || "somebody"} until {formatMoment(Date.parse(found.endsAt))}
                {found.comment !== "" && <>: “{found.comment}”</>}{" "}
                <small>{found.matchers.map((one) => writeMatcher(fromApi(one))).join(", ")}</small>
              </>
            )}{" "}
            <Link to={`silences?search=${encodeURIComponent(id)}`}>Show it</Link>
          </li>
        );
      })}
    </ul>
  );
}

const MOST_SENT = 8;

/** What was sent of it, as far as it is remembered. */
function Sent({ labels, sinceMs }: { labels: Texts; sinceMs: number }) {
  const { data, error } = useQuery({
    queryKey: ["alerting", "notifications", labels],
    queryFn: ({ signal }) => fetchNotifications(MOST_SENT, labels, signal),
    refetchInterval: useRefreshMs(),
    retry: false,
  });
  if (error !== null) return <p className={styles.note}>What was sent cannot be shown: {error.message}</p>;
  if (data === undefined) return null;
  if (data.notifications.length === 0) return <p className={styles.note}>Nothing has been sent of it yet.</p>;
  const [now, earlier] = splitSent(data.notifications, sinceMs);
  return (
    <>
      {now.length === 0 && <p className={styles.note}>Nothing has been sent of it this time.</p>}
      <SentList notifications={now} />
      {earlier.length > 0 && <h4>When it fired before</h4>}
      <SentList notifications={earlier} />
    </>
  );
}

const SentList = ({ notifications }: { notifications: readonly Notification[] }) => (
  <ul className={styles.sent}>
    {notifications.map((each, at) => (
      <SentLine key={at} notification={each} />
    ))}
  </ul>
);

function SentLine({ notification }: { notification: Notification }) {
  const { timeMs, receiver, integration, reason, error } = notification;
  const [kind, text] = statusOf(notification);
  const progress = progressOf(notification);
  return (
    <li>
      <Badge kind={kind}>{text}</Badge>
      <b>{receiver}</b> <small>{integration}</small>
      <Moment ms={timeMs} />
      <small className={styles.reason}>{error === "" ? reason : error}</small>
      {progress !== "" && <small className={styles.reason}>{progress}</small>}
    </li>
  );
}
