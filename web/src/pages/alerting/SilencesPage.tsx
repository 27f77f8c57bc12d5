/** Silences: those that hold, that will, and that have ended; making, changing and ending them. */

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Link } from "../../components/Link";
import { SearchField } from "../../components/SearchField";
import { Empty, Failed } from "../../components/states";
import { formatTime } from "../../model/timerange";
import { useAlertCounts } from "../../query/firing";
import { setParamLists, setParams, useAddress } from "../../state/location";
import { showToast } from "../../state/toasts";
import { ageOf, timeUntil } from "./ages";
import { expireSilence, fetchRouted, fetchSilences, type Silence } from "./api";
import { Answered, Frame, None, Part } from "./Frame";
import { fromApi, OPERATOR_WORDS, writeMatcher } from "./matchers";
import { SilenceForm } from "./SilenceForm";
import { CLOSED, listSilences, newSilenceAddress, wantedOf, type SilenceState } from "./silences";
import { useRefreshMs } from "./useAlerts";
import styles from "./Silences.module.css";

const SILENCES_KEY = ["alerting", "silences"];

export function SilencesPage() {
  const routing = useAlertCounts()?.routing;
  const result = useQuery({
    queryKey: SILENCES_KEY,
    enabled: routing === true,
    queryFn: ({ signal }) => fetchSilences(signal),
    placeholderData: keepPreviousData,
    refetchInterval: useRefreshMs(),
  });
  const { params } = useAddress();
  const wanted = wantedOf(params);
  const changed = result.data?.find(({ id }) => id === wanted?.id);
  const close = (): void => setParamLists(CLOSED);
  const isReady =
    wanted !== undefined && routing !== false && (wanted.id === undefined || changed !== undefined);
  const isGone = wanted?.id !== undefined && result.data !== undefined && changed === undefined;
  return (
    <Frame
      place="silences"
      onRefresh={() => void result.refetch()}
      controls={
        <Link id="new-silence" to="silences?new" className={styles.new}>
          New silence
        </Link>
      }
    >
      {routing === false ? (
        <NoRouting />
      ) : (
        <Answered result={result} what="The silences could not be listed">
          {(silences) => <Lists silences={silences} />}
        </Answered>
      )}
      {isReady && <SilenceForm key={params.toString()} wanted={wanted} changed={changed} onClose={close} />}
      {isGone && (
        <Dialog title="Change a silence" onClose={close}>
          <Failed
            title="There is no such silence"
            message={`${wanted.id!} is not known, or no longer kept.`}
          />
        </Dialog>
      )}
    </Frame>
  );
}

const NoRouting = () => (
  <None>
    <Empty title="There is nothing to silence" actions={<Link to="routing">See the routing</Link>}>
      No routing is configured, so that nobody is told of alerts: start with --alertmanager.config FILE.
      Silences of an Alertmanager elsewhere are made there.
    </Empty>
  </None>
);

function Lists({ silences }: { silences: readonly Silence[] }) {
  const { params } = useAddress();
  const typed = params.get("search") ?? "";
  const search = useDeferredValue(typed);
  if (silences.length === 0)
    return (
      <None>
        <Empty title="There are no silences" actions={<Link to="silences?new">New silence</Link>}>
          A silence keeps alerts from being told for a while: during a change that is planned, or while
          somebody works on what they say.
        </Empty>
      </None>
    );
  const { active, pending, expired } = listSilences(silences, search);
  const found = active.length + pending.length + expired.length;
  return (
    <>
      <div className={styles.filters}>
        <SearchField
          value={typed}
          onText={(text) => setParams({ search: text || undefined }, true)}
          aria-label="Find a silence"
          placeholder="Matcher, comment or author"
          className={styles.search}
        />
      </div>
      {found === 0 && (
        <None>
          <Empty
            title="No silence passes the filter"
            actions={
              <Button icon="close" onClick={() => setParams({ search: undefined }, true)}>
                Show all {silences.length}
              </Button>
            }
          >
            Matchers, comments and authors were searched.
          </Empty>
        </None>
      )}
      <List title="Active" silences={active} none={search === "" ? "None holds now." : undefined} />
      <List title="Pending" silences={pending} />
      <Expired silences={expired} open={search !== "" || active.length + pending.length === 0} />
    </>
  );
}

function List({
  title,
  silences,
  none,
}: {
  title: string;
  silences: readonly Silence[];
  none?: string | undefined;
}) {
  if (silences.length === 0 && none === undefined) return null;
  return (
    <Part title={title} note={silences.length === 0 ? none : silences.length.toLocaleString("en")}>
      <Items silences={silences} />
    </Part>
  );
}

const Items = ({ silences }: { silences: readonly Silence[] }) => (
  <ul>
    {silences.map((silence) => (
      <Item key={silence.id} silence={silence} />
    ))}
  </ul>
);

/** Those that are over are many, and few look at them. */
const MOST_EXPIRED = 100;

function Expired({ silences, open }: { silences: readonly Silence[]; open: boolean }) {
  if (silences.length === 0) return null;
  return (
    <details className={styles.expired} open={open}>
      <summary>
        Expired <span>{silences.length.toLocaleString("en")}</span>
      </summary>
      <Items silences={silences.slice(0, MOST_EXPIRED)} />
      {silences.length > MOST_EXPIRED && (
        <p className={styles.note}>{silences.length - MOST_EXPIRED} more: search to find them.</p>
      )}
    </details>
  );
}

const KINDS: Readonly<Record<SilenceState, readonly ["ok" | "none", string]>> = {
  active: ["ok", "Active"],
  pending: ["none", "Pending"],
  expired: ["none", "Expired"],
};

/** When it ends, begins or ended, from now. */
function whenOf({ startsAt, endsAt, status: { state } }: Silence): [string, string] {
  const [start, end] = [Date.parse(startsAt), Date.parse(endsAt)];
  const both = `${formatTime(start)} to ${formatTime(end)}`;
  if (state === "pending") return [`begins in ${timeUntil(start)}`, both];
  return [state === "active" ? `ends in ${timeUntil(end)}` : `ended ${ageOf(end)} ago`, both];
}

/** How many alerts it keeps quiet now. */
function useQuieted({ id, status }: Silence): number | undefined {
  const { data } = useQuery({
    queryKey: ["alerting", "routed"],
    queryFn: ({ signal }) => fetchRouted(signal),
    refetchInterval: useRefreshMs(),
    retry: false,
    enabled: status.state === "active",
  });
  return status.state === "active"
    ? data?.filter((alert) => alert.status.silencedBy.includes(id)).length
    : undefined;
}

function Item({ silence }: { silence: Silence }) {
  const { id, matchers, createdBy, comment, status } = silence;
  const [ending, setEnding] = useState(false);
  const [kind, word] = KINDS[status.state];
  const [when, both] = whenOf(silence);
  const quieted = useQuieted(silence);
  const over = status.state === "expired";
  return (
    <li className={styles.item}>
      <Badge kind={kind}>{word}</Badge>
      <div className={styles.what}>
        <ul className={styles.matchers} aria-label="Matchers">
          {matchers.map((each) => {
            const { name, operator, value } = fromApi(each);
            return (
              <li key={writeMatcher(fromApi(each))} title={writeMatcher(fromApi(each))}>
                <b>{name}</b> <span aria-label={OPERATOR_WORDS[operator]}>{operator}</span>{" "}
                {value === "" ? "“”" : value}
              </li>
            );
          })}
        </ul>
        {comment !== "" && <p>{comment}</p>}
        <p className={styles.who}>
          {createdBy === "" ? "Somebody" : createdBy} · {both}
          {quieted !== undefined &&
            ` · ${quieted === 0 ? "no alert" : quieted === 1 ? "1 alert" : `${quieted} alerts`} kept quiet`}
        </p>
      </div>
      <span className={styles.when}>{when}</span>
      <div className={styles.tools}>
        {over ? (
          <Link to={newSilenceAddress(matchers.map(fromApi))} className={styles.tool}>
            Make anew
          </Link>
        ) : (
          <>
            <Link to={`silences?edit=${encodeURIComponent(id)}`} className={styles.tool}>
              Change
            </Link>
            <Button onClick={() => setEnding(true)}>Expire</Button>
          </>
        )}
      </div>
      {ending && <Ending silence={silence} quieted={quieted} onClose={() => setEnding(false)} />}
    </li>
  );
}

function Ending({
  silence: { id, matchers },
  quieted,
  onClose,
}: {
  silence: Silence;
  quieted: number | undefined;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [error, setError] = useState("");
  const end = (): void => {
    expireSilence(id)
      .then(() => client.refetchQueries({ queryKey: ["alerting"], type: "active" }))
      .then(
        () => {
          showToast("Silence expired.");
          onClose();
        },
        (reason: unknown) => setError(reason instanceof Error ? reason.message : String(reason)),
      );
  };
  return (
    <Dialog title="Expire this silence?" onClose={onClose}>
      <p>
        Alerts with <b>{matchers.map((each) => writeMatcher(fromApi(each))).join(", ")}</b> are told again
        from now on.
        {(quieted ?? 0) > 0 && ` That is ${quieted === 1 ? "1 alert" : `${quieted!} alerts`} at once.`}
      </p>
      {error !== "" && (
        <p role="alert" className={styles.fault}>
          {error}
        </p>
      )}
      <footer className={styles.foot}>
        <Button onClick={onClose}>Keep it</Button>
        <Button primary onClick={end} data-autofocus>
          Expire
        </Button>
      </footer>
    </Dialog>
  );
}
