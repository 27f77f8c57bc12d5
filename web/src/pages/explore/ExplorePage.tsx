/** Explore: queries of one's own, as chart and table, with a link that brings all of it back. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { useSize } from "../../components/measure";
import { RefreshPicker } from "../../components/RefreshPicker";
import { SourceGone } from "../../components/SourceGone";
import { TimePicker } from "../../components/TimePicker";
import type { RawRange } from "../../model/timerange";
import { ColorRegistry } from "../../model/colors";
import { DashboardContext, type DashboardScope } from "../../panels/module";
import { useElsewhere } from "../../query/sources";
import { useEscape, useShortcuts } from "../../state/keys";
import { navigate, useAddress } from "../../state/location";
import { REFRESH_CHOICES_MS, setRange, setRefresh, usePageRange, widenRange } from "../../state/range";
import { useInterval } from "../../state/visibility";
import { useZone } from "../../state/zone";
import { Page } from "../Page";
import {
  DEFAULT_RANGE,
  MOST_QUERIES,
  readable,
  readExplore,
  translateAddress,
  writeExplore,
  type ExploreState,
} from "./address";
import { Begin } from "./Begin";
import { remember } from "./history";
import { MetricBrowser } from "./MetricBrowser";
import { QueryRow } from "./QueryRow";
import { Results } from "./Results";
import { Settings } from "./Settings";
import { useAnswers } from "./useAnswers";
import { useDrafts } from "./useDrafts";
import styles from "./ExplorePage.module.css";

/** A telephone's keyboard would cover what there is to choose from. */
const HAS_KEYBOARD = matchMedia("(hover: hover)").matches;

const DEFAULTS = { time: DEFAULT_RANGE, refreshMs: 0 };

/** Prometheus's and Grafana's addresses become ours, without a step in the history. */
export function ExplorePage() {
  const { params } = useAddress();
  const translated = translateAddress(params);
  useEffect(() => {
    if (translated !== undefined) navigate(translated, true);
  }, [translated]);
  return translated === undefined ? <Explore params={params} /> : <Page title="Explore">{null}</Page>;
}

function useScope(raw: RawRange): DashboardScope {
  return useMemo(
    () => ({
      colors: new ColorRegistry(),
      syncKey: undefined,
      zoom: (fromMs, toMs) => setRange({ from: String(fromMs), to: String(toMs) }),
      zoomOut: () => widenRange(raw),
    }),
    [raw],
  );
}

function Explore({ params }: { params: URLSearchParams }) {
  const client = useQueryClient();
  const { raw, refreshMs } = usePageRange(DEFAULTS);
  const state = useMemo(() => readExplore(params), [params]);
  const { drafts, dirty, ...edit } = useDrafts(state.queries);
  const [picking, setPicking] = useState(false);
  const [browsing, setBrowsing] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const width = useSize(body)?.width;
  const elsewhere = useElsewhere();
  const source = state.source ?? "default";
  const scope = useScope(raw);
  const zone = useZone();
  const answers = useAnswers(state, raw, source, width);

  const refresh = (): void =>
    void client.refetchQueries({ queryKey: ["explore"], type: "active" }, { cancelRefetch: false });
  const show = (next: ExploreState): void => navigate(`explore?${readable(writeExplore(next, params))}`);
  const run = (): void => {
    remember(drafts.map(({ expr }) => expr));
    if (dirty) show({ ...state, queries: drafts });
    else refresh();
  };
  /** Takes a query in: into the row that is empty, or a new one. */
  const use = (expr: string): void => {
    const next = edit.with(expr);
    remember([expr]);
    show({ ...state, queries: next });
  };
  useInterval(refreshMs, refresh);
  useEscape(browsing, () => setBrowsing(false));
  useShortcuts([
    { does: "refresh", run: refresh },
    { does: "metrics", run: () => setBrowsing((was) => !was) },
  ]);
  const empty = drafts.every(({ expr }) => expr.trim() === "");
  const controls = (
    <>
      <TimePicker value={raw} open={picking} onOpen={setPicking} onChange={setRange} />
      <RefreshPicker
        intervalMs={refreshMs}
        choicesMs={REFRESH_CHOICES_MS}
        onRefresh={refresh}
        onInterval={setRefresh}
      />
    </>
  );
  return (
    <Page title="Explore" controls={controls}>
      <SourceGone source={source === "embedded" ? undefined : elsewhere} />
      <div className={browsing ? styles.split : undefined}>
        <div ref={body} className={styles.body}>
          <section className={styles.queries} aria-label="Queries">
            {drafts.map((draft, index) => (
              <QueryRow
                key={draft.id}
                draft={draft}
                index={index}
                source={source}
                autoFocus={index === drafts.length - 1 && draft.expr === "" && (index > 0 || HAS_KEYBOARD)}
                only={drafts.length === 1}
                answer={state.queries[index]?.expr === draft.expr ? answers[index] : undefined}
                onChange={(expr) => edit.change(draft.id, expr)}
                onRun={run}
                onHide={() => show({ ...state, queries: edit.without(draft.id, "hide") })}
                onRemove={() => show({ ...state, queries: edit.without(draft.id, "remove") })}
              />
            ))}
            <div className={styles.actions}>
              <Button primary icon="play" title="Run the queries (Ctrl Enter)" onClick={run} disabled={empty}>
                Run
              </Button>
              <Button quiet icon="plus" onClick={edit.add} disabled={drafts.length >= MOST_QUERIES}>
                Query
              </Button>
              <Button
                quiet
                icon="list"
                aria-pressed={browsing}
                title="Browse the metrics (m)"
                onClick={() => setBrowsing(!browsing)}
              >
                Metrics
              </Button>
              <Settings state={state} elsewhere={elsewhere?.name} onChange={show} onUse={use} />
            </div>
          </section>
          <DashboardContext value={scope}>
            {state.queries.every(({ expr }) => expr.trim() === "") ? (
              <Begin source={source} onUse={use} onBrowse={() => setBrowsing(true)} />
            ) : (
              <Results key={zone} state={state} answers={answers} source={source} live={raw.to === "now"} />
            )}
          </DashboardContext>
        </div>
        {browsing && <MetricBrowser source={source} onUse={use} onClose={() => setBrowsing(false)} />}
      </div>
    </Page>
  );
}
