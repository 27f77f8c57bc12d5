/** When alerts fired and ended, for how long, and who was told: by alert, over a range. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Link } from "../../components/Link";
import { SearchField } from "../../components/SearchField";
import { Empty } from "../../components/states";
import { TimePicker } from "../../components/TimePicker";
import { describeAge, formatDuration, formatTime, resolveRange, type TimeRange } from "../../model/timerange";
import { setParams, useAddress } from "../../state/location";
import { setRange, usePageRange } from "../../state/range";
import { kindOf, shownLabels } from "./alerts";
import { fetchPast, type Episode, type PastAlerts } from "./api";
import { Answered, Frame, Labels, None, Notice, Part } from "./Frame";
import { Bars } from "./Bars";
import { lastedMs, listPast, type PastAlert } from "./pastalerts";
import { useRefreshMs } from "./useAlerts";
import styles from "./History.module.css";

const DEFAULTS = { time: { from: "now-7d", to: "now" }, refreshMs: 0 } as const;
const REFRESH_MS = 30_000;
const MOST = 1000;
/** Times of one alert; more are shown when somebody asks for them. */
const SHOWN = 5;
const STEP = 50;

interface Answer extends PastAlerts {
  range: TimeRange;
}

export function HistoryPage() {
  const { raw } = usePageRange(DEFAULTS);
  const [picking, setPicking] = useState(false);
  const result = useQuery({
    queryKey: ["alerting", "past", raw],
    queryFn: async ({ signal }): Promise<Answer> => {
      const range = resolveRange(raw, Date.now())!;
      return { range, ...(await fetchPast(range, MOST, signal)) };
    },
    placeholderData: keepPreviousData,
    refetchInterval: useRefreshMs(REFRESH_MS),
  });
  return (
    <Frame
      place="history"
      onRefresh={() => void result.refetch()}
      controls={<TimePicker value={raw} open={picking} onOpen={setPicking} onChange={setRange} />}
    >
      <Answered result={result} what="The history could not be listed">
        {(answer) => <Lists {...answer} />}
      </Answered>
    </Frame>
  );
}

const Nothing = ({ routing }: { routing: boolean }) => (
  <None>
    {routing ? (
      <Empty title="What was is not kept" actions={<Link to="status">See the status</Link>}>
        The server cannot use its meta.db.
      </Empty>
    ) : (
      <Empty title="No history is kept" actions={<Link to="routing">See the routing</Link>}>
        Alerts are remembered where they are routed: start with --alertmanager.config FILE.
      </Empty>
    )}
  </None>
);

/** How far back is remembered. */
const reachOf = ({ keptMs, rows, oldestMs }: Answer): string =>
  [
    `History is kept for ${formatDuration(keptMs)} (alerting.history_age), at most ${rows.toLocaleString("en")} times (alerting.history_limit).`,
    oldestMs === null ? "" : ` The oldest that is remembered fired ${formatTime(oldestMs)}.`,
  ].join("");

function Lists(answer: Answer) {
  const { episodes, range, routing, kept } = answer;
  const { params } = useAddress();
  const typed = params.get("search") ?? "";
  const search = useDeferredValue(typed);
  const listed = useMemo(() => listPast(episodes, search, range), [episodes, search, range]);
  if (!kept) return <Nothing routing={routing} />;
  return (
    <>
      <div className={styles.filters}>
        <SearchField
          value={typed}
          onText={(text) => setParams({ search: text || undefined }, true)}
          aria-label="Find an alert"
          placeholder="Name, label, text or receiver"
          className={styles.search}
        />
        <p className={styles.reach}>{reachOf(answer)}</p>
      </div>
      {episodes.length >= MOST && (
        <Notice>
          <b>Only the newest {MOST.toLocaleString("en")} times are listed.</b> Choose a shorter range to see
          the others.
        </Notice>
      )}
      {listed.length === 0 && (
        <None>
          {episodes.length === 0 ? (
            <Empty title="Nothing fired in this range">Choose a longer one above.</Empty>
          ) : (
            <Empty
              title="No alert passes the filter"
              actions={
                <Button icon="close" onClick={() => setParams({ search: undefined }, true)}>
                  Show all
                </Button>
              }
            >
              Labels, annotations and receivers were searched.
            </Empty>
          )}
        </None>
      )}
      {listed.map((past) => (
        <Past key={`${past.name} ${past.system}`} past={past} range={range} />
      ))}
    </>
  );
}

const timesOf = (count: number): string =>
  count === 1 ? "fired once" : `fired ${count.toLocaleString("en")} times`;

function Past({
  past: { name, system, severity, episodes, totalMs },
  range,
}: {
  past: PastAlert;
  range: TimeRange;
}) {
  const [most, setMost] = useState(SHOWN);
  const left = episodes.length - most;
  const words = `${timesOf(episodes.length)}, for ${describeAge(totalMs)} in all`;
  const periods = episodes.map(({ startMs, endMs }) => ({
    state: "firing" as const,
    fromMs: startMs,
    toMs: endMs ?? range.toMs,
  }));
  return (
    <Part
      title={name}
      note={[system, words].filter(Boolean).join(" · ")}
      tools={severity !== "" && <Badge kind={kindOf(severity)}>{severity}</Badge>}
    >
      <div className={styles.bars}>
        <Bars range={range} periods={periods} label={`${name} ${words}`} />
      </div>
      <ul>
        {episodes.slice(0, most).map((episode, at) => (
          <Line key={`${episode.startMs} ${at}`} episode={episode} range={range} />
        ))}
      </ul>
      {left > 0 && (
        <Button quiet className={styles.rest} onClick={() => setMost(most + STEP)}>
          Show {Math.min(left, STEP)} more
        </Button>
      )}
    </Part>
  );
}

const toldOf = ({ told, failed }: Episode): string =>
  [
    told.length > 0 && `told ${told.join(", ")}`,
    failed.length > 0 && `${failed.join(", ")} could not be told`,
  ]
    .filter(Boolean)
    .join("; ") || "nobody was told";

function Line({ episode, range }: { episode: Episode; range: TimeRange }) {
  const { labels, annotations, startMs, endMs } = episode;
  return (
    <li className={styles.row}>
      <Badge kind={endMs === null ? "crit" : "none"}>{endMs === null ? "Firing" : "Ended"}</Badge>
      <div className={styles.what}>
        {annotations.summary !== undefined && <p>{annotations.summary}</p>}
        <Labels labels={shownLabels(labels)} />
      </div>
      <p className={styles.when}>
        <time dateTime={new Date(startMs).toISOString()}>{formatTime(startMs)}</time>
        <small>
          {endMs === null
            ? `for ${describeAge(range.toMs - startMs)} so far`
            : `for ${describeAge(lastedMs(episode, { fromMs: startMs, toMs: endMs }))}, until ${formatTime(endMs)}`}
        </small>
        <small>{toldOf(episode)}</small>
      </p>
    </li>
  );
}
