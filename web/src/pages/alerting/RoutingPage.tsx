/** The routing: the tree of routes drawn, which way an alert takes and why, receivers, inhibition, time intervals. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState, type ReactNode } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Empty } from "../../components/states";
import { setParams, useAddress } from "../../state/location";
import {
  fetchRouting,
  testRoutes,
  type InhibitRule,
  type Receiver,
  type Routing,
  type RouteTest,
} from "./api";
import { Answered, Frame, None, Notice, Part } from "./Frame";
import { matchersOf, writeMatcher } from "./matchers";
import { RouteTree } from "./RouteTree";
import { intervalState, isMute, readLabels, ruleAt, sendingOf } from "./routing";
import { TestAlertDialog } from "./TestAlert";
import { labelsTo } from "./testalert";
import { useRefreshMs } from "./useAlerts";
import styles from "./Routing.module.css";

const REFRESH_MS = 15_000;

/** A test alert that somebody wants to send. */
interface Testing {
  labels: string;
  receiver: string;
}

export function RoutingPage() {
  const result = useQuery({
    queryKey: ["alerting", "routing"],
    queryFn: ({ signal }) => fetchRouting(signal),
    placeholderData: keepPreviousData,
    refetchInterval: useRefreshMs(REFRESH_MS),
  });
  const { params } = useAddress();
  const [testing, setTesting] = useState<Testing>();
  const typed = params.get("labels") ?? "";
  const isRouted = result.data?.route != null;
  return (
    <Frame
      place="routing"
      onRefresh={() => void result.refetch()}
      controls={
        isRouted && (
          <Button icon="bell" onClick={() => setTesting({ labels: typed, receiver: "" })}>
            Test alert
          </Button>
        )
      }
    >
      <Answered result={result} what="The routing could not be shown">
        {(routing) =>
          routing.route === null ? <NoRouting /> : <Parts routing={routing} onTest={setTesting} />
        }
      </Answered>
      {testing !== undefined && result.data !== undefined && (
        <TestAlertDialog routing={result.data} {...testing} onClose={() => setTesting(undefined)} />
      )}
    </Frame>
  );
}

const NoRouting = () => (
  <None>
    <Empty title="No routing is configured">
      Start with --alertmanager.config FILE, or name the file in watchglass.yml: an alertmanager.yml means
      here what it means in Alertmanager. Alerts fire and are listed without it; nobody is told.
    </Empty>
  </None>
);

function Parts({ routing, onTest }: { routing: Routing; onTest: (testing: Testing) => void }) {
  const { route, file, receivers, inhibitRules, timeIntervals, notices } = routing;
  const { params } = useAddress();
  const typed = params.get("labels") ?? "";
  const test = useTest(useDeferredValue(typed));
  const [asked] = useState(typed); // an address with labels opens at the route that takes them
  const isTried = test.answer !== undefined;
  useEffect(() => {
    if (asked !== "" && isTried) showTaken();
  }, [asked, isTried]);
  const disabled = receivers.filter((receiver) => isMute(receiver) && !receiver.shipped);
  const testReceiver = (receiver: string): void =>
    onTest({
      receiver,
      labels: matchersOf(labelsTo(route!, receiver) ?? {})
        .map(writeMatcher)
        .join(" "),
    });
  return (
    <>
      {disabled.length > 0 && (
        <Notice>
          <b>
            {disabled.length === 1 ? "1 receiver sends" : `${disabled.length} receivers send`} nothing:{" "}
            {disabled.map(({ name }) => name).join(", ")}.
          </b>{" "}
          The reasons stand below.
        </Notice>
      )}
      {notices.map((notice) => (
        <Notice key={notice}>{notice}</Notice>
      ))}
      <Tester typed={typed} test={test} receivers={receivers} />
      <Part title="Routes" note={file}>
        <RouteTree route={route!} verdicts={test.answer?.verdicts} receivers={receivers} />
      </Part>
      <div className={styles.columns}>
        <Receivers receivers={receivers} onTest={testReceiver} />
        <div>
          <Inhibitions rules={inhibitRules} />
          {timeIntervals.length > 0 && <Intervals intervals={timeIntervals} />}
        </div>
      </div>
    </>
  );
}

interface Test {
  answer: RouteTest | undefined;
  /** What is wrong with what was typed. */
  fault: string;
}

function useTest(typed: string): Test {
  const labels = readLabels(typed);
  const isAsked = typed.trim() !== "" && labels !== undefined;
  const { data, error } = useQuery({
    queryKey: ["alerting", "route-test", typed],
    queryFn: ({ signal }) => testRoutes(labels!, signal),
    enabled: isAsked,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (typed.trim() === "") return { answer: undefined, fault: "" };
  if (labels === undefined)
    return { answer: undefined, fault: "Write labels as name=value, with spaces between them." };
  return { answer: error === null ? data : undefined, fault: error?.message ?? "" };
}

/** Who would hear of an alert; where nobody would, that. */
function Told({ names, receivers }: { names: readonly string[]; receivers: readonly Receiver[] }) {
  const silent = receivers
    .filter((one) => names.includes(one.name) && sendsNothing(one))
    .map(({ name }) => name);
  return (
    <>
      It goes to <b>{names.join(", ")}</b>.
      {silent.length > 0 && (
        <strong>
          {silent.length === names.length ? " Nobody is told" : ` ${silent.join(", ")} sends nothing`}: the
          reason stands below, at Receivers.
        </strong>
      )}
    </>
  );
}

/** Goes to the first route that takes the alert. */
function showTaken(): void {
  const taken = document.querySelector<HTMLElement>("[data-verdict=taken]");
  taken?.scrollIntoView({ block: "center" });
  taken?.focus({ preventScroll: true });
}

interface TesterProps {
  typed: string;
  test: Test;
  receivers: readonly Receiver[];
}

function Tester({ typed, test: { answer, fault }, receivers }: TesterProps) {
  return (
    <section className={styles.tester} aria-label="Try an alert">
      <label>
        <span>Where would an alert with these labels go?</span>
        <input
          value={typed}
          spellCheck={false}
          autoComplete="off"
          placeholder="severity=critical system=fluxai"
          aria-invalid={fault !== ""}
          onChange={(event) => setParams({ labels: event.target.value || undefined }, true)}
        />
      </label>
      {typed !== "" && (
        <Button
          quiet
          icon="close"
          aria-label="Clear the labels"
          onClick={() => setParams({ labels: undefined }, true)}
        />
      )}
      <p role="status" className={fault === "" ? styles.answer : styles.fault}>
        {fault !== "" ? (
          fault
        ) : answer === undefined ? (
          "The routes that it takes are marked below, and the others say why they do not."
        ) : (
          <>
            <Told names={answer.receivers} receivers={receivers} />{" "}
            <button type="button" className={styles.show} onClick={showTaken}>
              Show where
            </button>
          </>
        )}
      </p>
    </section>
  );
}

const sendsNothing = (receiver: Receiver): boolean => receiver.integrations.length === 0 || isMute(receiver);

interface ReceiversProps {
  receivers: readonly Receiver[];
  onTest: (receiver: string) => void;
}

const Receivers = ({ receivers, onTest }: ReceiversProps) => (
  <Part title="Receivers" note={receivers.length.toLocaleString("en")}>
    <ul>
      {receivers.map((receiver) => {
        const [kind, word] = sendingOf(receiver);
        return (
          <li key={receiver.name} className={styles.row}>
            <p>
              <b>{receiver.name}</b>
              <span>
                {!sendsNothing(receiver) && (
                  <Button
                    quiet
                    aria-label={`Send a test alert to ${receiver.name}`}
                    onClick={() => onTest(receiver.name)}
                  >
                    Test
                  </Button>
                )}
                <Badge kind={kind}>{word}</Badge>
              </span>
            </p>
            {receiver.integrations.map(({ kind: name, target, disabled, sendsResolved }, at) => (
              <p key={at} className={styles.integration}>
                <span>
                  {name} {target !== "" && <b>{target}</b>}
                </span>
                {disabled === "" ? (
                  <small>{sendsResolved ? "says also what is over" : "says only what fires"}</small>
                ) : (
                  <small className={receiver.shipped ? styles.unset : styles.why}>
                    {receiver.shipped ? "Not set up" : "Disabled"}: {disabled}
                  </small>
                )}
              </p>
            ))}
            {receiver.integrations.length === 0 && (
              <p className={styles.integration}>
                <small>It names nothing that sends: what comes here ends here.</small>
              </p>
            )}
          </li>
        );
      })}
    </ul>
  </Part>
);

const Inhibitions = ({ rules }: { rules: Routing["inhibitRules"] }) => (
  <Part title="Inhibition" note={rules.length === 0 ? "none" : rules.length.toLocaleString("en")}>
    {rules.length === 0 && <p className={styles.note}>No alert keeps another one quiet.</p>}
    <ul>
      {rules.map((rule, at) => (
        <li key={at} className={styles.row}>
          <Inhibits rule={rule} />
        </li>
      ))}
    </ul>
  </Part>
);

/** What a rule of inhibition says, and where it stands. */
const Inhibits = ({ rule }: { rule: InhibitRule }) => (
  <>
    <Line word="While this fires">
      <Codes texts={rule.source} />
    </Line>
    <Line word="this is not told">
      <Codes texts={rule.target} />
    </Line>
    {rule.equal.length > 0 && (
      <Line word="where both have the same">
        <Codes texts={rule.equal} />
      </Line>
    )}
    <small className={styles.place} title={rule.file}>
      {ruleAt(rule)}
    </small>
  </>
);

const Line = ({ word, children }: { word: string; children: ReactNode }) => (
  <p className={styles.line}>
    <small>{word}</small>
    {children}
  </p>
);

export const Codes = ({ texts }: { texts: readonly string[] }) => (
  <span className={styles.codes}>
    {texts.length === 0 ? (
      <i>every alert</i>
    ) : (
      texts.map((text) => (
        <code key={text} title={text}>
          {text}
        </code>
      ))
    )}
  </span>
);

const Intervals = ({ intervals }: { intervals: Routing["timeIntervals"] }) => (
  <Part title="Time intervals">
    <ul>
      {intervals.map((interval) => {
        const [kind, word] = intervalState(interval);
        return (
          <li key={interval.name} className={styles.row}>
            <p>
              <b>{interval.name}</b>
              <span>
                <Badge kind={kind}>{word}</Badge>
              </span>
            </p>
            {interval.times.map((text) => (
              <p key={text} className={styles.integration}>
                <small>{text}</small>
              </p>
            ))}
          </li>
        );
      })}
    </ul>
  </Part>
);
