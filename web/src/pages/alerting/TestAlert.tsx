/** A test alert by the real route: says whom it would tell, sends it once that is confirmed, and shows what became of it. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState, type SyntheticEvent } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { formatDuration } from "../../model/timerange";
import { author } from "./author";
import {
  endAlert,
  fetchNotifications,
  fetchRouted,
  postAlert,
  testRoutes,
  type RoutedAlert,
  type Routing,
  type Texts,
} from "./api";
import { Labels } from "./Frame";
import { readLabels } from "./routing";
import { MARK, outcomesOf, planOf, sending, testAlert, type Outcome, type Plan, type Way } from "./testalert";
import styles from "./TestAlert.module.css";

const LOOK_MS = 1000;
const SOMEBODY = "somebody";

interface DialogProps {
  routing: Routing;
  /** What the labels are at first. */
  labels: string;
  /** Who is meant to be told; empty where that does not matter. */
  receiver: string;
  onClose: () => void;
}

interface Sent {
  labels: Texts;
  plan: Plan;
  atMs: number;
}

export function TestAlertDialog(props: DialogProps) {
  const [sent, setSent] = useState<Sent>();
  return (
    <Dialog title="Send a test alert" wide onClose={props.onClose}>
      {sent === undefined ? (
        <Confirm {...props} onSent={setSent} />
      ) : (
        <Outcomes {...sent} onClose={props.onClose} />
      )}
    </Dialog>
  );
}

const nameOf = ({ receiver, kind }: Way): string => (kind === "" ? receiver : `${receiver} (${kind})`);

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`;

function Confirm({
  routing,
  labels,
  receiver,
  onClose,
  onSent,
}: DialogProps & { onSent: (sent: Sent) => void }) {
  const [typed, setTyped] = useState(labels);
  const [by, setBy] = useState(author.get());
  const [refused, setRefused] = useState("");
  const [busy, setBusy] = useState(false);
  const read = readLabels(useDeferredValue(typed));
  const { data, error } = useQuery({
    queryKey: ["alerting", "route-test", "of a test alert", read],
    queryFn: ({ signal }) => testRoutes(testAlert(read!, "", "").labels, signal),
    enabled: read !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const plan = data === undefined || read === undefined ? undefined : planOf(routing, data);
  const names = plan === undefined ? [] : sending(plan).map(nameOf);
  const isOther = receiver !== "" && data !== undefined && !data.receivers.includes(receiver);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const mark = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16).padStart(8, "0");
    const alert = testAlert(read!, mark, by.trim() || SOMEBODY);
    setBusy(true);
    author.set(by.trim());
    postAlert(alert).then(
      () => onSent({ labels: alert.labels, plan: plan!, atMs: Date.now() }),
      (reason: unknown) => {
        setBusy(false);
        setRefused(reason instanceof Error ? reason.message : String(reason));
      },
    );
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.fields}>
        <label>
          <span>Labels</span>
          <input
            value={typed}
            spellCheck={false}
            autoComplete="off"
            placeholder="severity=critical system=fluxai"
            aria-invalid={read === undefined}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <label>
          <span>By</span>
          <input
            value={by}
            autoComplete="name"
            placeholder={SOMEBODY}
            onChange={(event) => setBy(event.target.value)}
          />
        </label>
      </div>
      <section aria-label="Who will be told" aria-live="polite" className={styles.plan}>
        {read === undefined ? (
          <p className={styles.fault}>Write labels as name=value, with spaces between them.</p>
        ) : error !== null ? (
          <p className={styles.fault}>{error.message}</p>
        ) : plan === undefined ? (
          <p>Looking…</p>
        ) : (
          <>
            {isOther && (
              <p className={styles.fault}>
                These labels do not lead to {receiver}: another route takes them. Change them, or send it all
                the same.
              </p>
            )}
            <p>
              {names.length === 0 ? (
                <b>Nobody would be told.</b>
              ) : (
                <>
                  <b>{listed(names)}</b> will be told,{" "}
                  {plan.waitMs === 0
                    ? "at once."
                    : `after ${formatDuration(plan.waitMs)} in which its group waits for other alerts.`}
                </>
              )}
            </p>
            {plan.ways
              .filter(({ disabled }) => disabled !== "")
              .map((way) => (
                <p key={`${nameOf(way)} ${way.place}`} className={styles.off}>
                  {nameOf(way)} is not told: {way.disabled}.
                </p>
              ))}
            {plan.muted.map((why) => (
              <p key={why} className={styles.off}>
                A route {why}.
              </p>
            ))}
          </>
        )}
      </section>
      <p className={styles.note}>
        It goes the way of every other alert: grouping, inhibition, silences, mute times. Its summary says
        that it is a test and that nothing is wrong. When it is over it is resolved, and receivers that hear
        of ends are told.
      </p>
      {refused !== "" && (
        <p role="alert" className={styles.fault}>
          {refused}
        </p>
      )}
      <footer className={styles.actions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          primary
          type="submit"
          data-autofocus
          disabled={busy || plan === undefined || names.length === 0}
        >
          {names.length === 0
            ? "Send"
            : `Tell ${listed(names.slice(0, 3))}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`}
        </Button>
      </footer>
    </form>
  );
}

/** Why it is kept quiet; empty where it is not. */
function quietOf(alert: RoutedAlert | undefined): string {
  if (alert?.status.state !== "suppressed") return "";
  const { silencedBy, inhibitedBy } = alert.status;
  if (silencedBy.length > 0) return "A silence matches it: see the Silences page.";
  return inhibitedBy.length > 0 ? "Another alert inhibits it." : "Its route is muted at this time.";
}

function useOutcomes({ labels, plan, atMs }: Sent) {
  const [isOver, setOver] = useState(false);
  const { data, error } = useQuery({
    queryKey: ["alerting", "test-alert", labels[MARK]],
    queryFn: async ({ signal }) => {
      const [answer, alerts] = await Promise.all([
        fetchNotifications(100, labels, signal),
        fetchRouted(signal, [`${MARK}="${labels[MARK]!}"`]),
      ]);
      const quiet = quietOf(alerts[0]);
      const { notifications, kept } = answer;
      const outcomes = outcomesOf(plan, { notifications, quiet, elapsedMs: Date.now() - atMs });
      setOver(outcomes.every(({ over }) => over));
      return { outcomes, kept };
    },
    refetchInterval: isOver ? false : LOOK_MS,
    retry: false,
  });
  return { data, error, isOver };
}

function Outcomes({ onClose, ...sent }: Sent & { onClose: () => void }) {
  const { data, error, isOver } = useOutcomes(sent);
  const { labels } = sent;
  useEffect(() => {
    const end = (): void => void endAlert(labels, MARK).catch(() => undefined); // else it ends by itself
    if (isOver) end();
    else return end;
    return undefined;
  }, [isOver, labels]);
  const good = data?.outcomes.every(({ kind }) => kind === "ok") ?? false;
  return (
    <div className={styles.form}>
      <Labels labels={Object.entries(labels)} />
      {error !== null && (
        <p role="alert" className={styles.fault}>
          {error.message}
        </p>
      )}
      {data?.kept === false && (
        <p className={styles.fault}>
          This server does not keep what was sent, so that only what is under way is known.
        </p>
      )}
      <ul className={styles.outcomes} aria-label="What became of it" aria-live="polite">
        {data?.outcomes.map((outcome) => (
          <Line key={`${nameOf(outcome.way)} ${outcome.way.place}`} outcome={outcome} />
        ))}
      </ul>
      <p className={styles.note} role="status">
        {!isOver
          ? "Looking every second. Closing this ends the test: the alert is resolved."
          : good
            ? "Everybody was told. The alert is resolved; who hears of ends is told at the group’s next turn."
            : "The alert is resolved; who hears of ends is told at the group’s next turn."}
      </p>
      <footer className={styles.actions}>
        <Button primary={isOver} onClick={onClose}>
          {isOver ? "Done" : "Stop"}
        </Button>
      </footer>
    </div>
  );
}

const Line = ({ outcome: { way, kind, word, says } }: { outcome: Outcome }) => (
  <li>
    <Badge kind={kind}>{word}</Badge>
    <span>
      <b>{way.receiver}</b> <small>{way.kind}</small>
    </span>
    <p>{says}</p>
  </li>
);
