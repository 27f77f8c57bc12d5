/** One panel of a dashboard: its data, its state, and the component that draws it. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/http";
import { ErrorBoundary } from "../../components/ErrorBoundary";
import { useSize, useVisibility, type Size } from "../../components/measure";
import { PanelFrame, type PanelAction } from "../../components/PanelFrame";
import { Button } from "../../components/Button";
import { Link } from "../../components/Link";
import { Empty, Failed, Skeleton } from "../../components/states";
import { formatMoment } from "../../model/clock";
import type { Panel } from "../../model/dashboard";
import { linkAddress } from "../../model/links";
import { describeOverride } from "../../model/panelrange";
import type { Anchor } from "../../model/step";
import { describeAge, type RawRange } from "../../model/timerange";
import { FALLBACK, findPanelType, type AnyModule, type PanelType } from "../../panels";
import type { PanelProps } from "../../panels/module";
import { usePanelData, type PanelData } from "../../query/panel";
import { lastSampleMs, lastValueMs, valuesOf } from "../../query/samples";
import { isSourceGone, lookAtSources } from "../../query/sources";
import { explainEmpty, explainValues, type Why } from "../../query/why";
import { setParams } from "../../state/location";
import { setRange } from "../../state/range";
import { useTheme } from "../../state/theme";
import { makePlan } from "./plan";
import { QueryDialog } from "./QueryDialog";
import { TableView } from "./TableView";

interface PanelViewProps {
  panel: Panel;
  raw: RawRange;
  /** Shown alone, as large as the page. */
  alone: boolean;
}

/** The module of a panel type; undefined while its chunk is on the way, an error when that failed. */
function useModule(type: PanelType, wanted: boolean): AnyModule | Error | undefined {
  const [loaded, setLoaded] = useState<{ type: PanelType; module: AnyModule | Error }>();
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const set = (module: AnyModule | Error): void => {
      if (current) setLoaded({ type, module });
    };
    Promise.resolve(type.load()).then(set, () => set(new Error(CHUNK_LOST)));
    return () => {
      current = false;
    };
  }, [type, wanted]);
  return loaded?.type === type ? loaded.module : undefined;
}

const CHUNK_LOST =
  "A part of this page could not be loaded. Reload the page: the server may have been updated.";

/** How long a panel may be empty before it says so: the first rates need two scrapes. */
const PATIENCE_MS = 3000;

/** Less room than this has none for names and buttons. */
const SMALL_PX = 130;

interface NoDataProps {
  why: Why;
  small: boolean;
}

/** What is known about an empty panel, and where to go from there. */
function NoData({ why: { title, name, text, detail, aboutTargets, jump }, small }: NoDataProps) {
  const actions = (
    <>
      {aboutTargets === true && <Link to="targets">Targets</Link>}
      {jump !== undefined && <Button onClick={() => setRange(jump)}>Go there</Button>}
    </>
  );
  return (
    <Empty
      title={title}
      name={name}
      detail={small ? [name, text, detail].filter(Boolean).join("\n") : detail}
      small={small}
      actions={aboutTargets === true || jump !== undefined ? actions : undefined}
    >
      {text}
    </Empty>
  );
}

const exprsOf = ({ frames }: PanelData): string[] => frames.map(({ expr }) => expr);

/** How often an empty panel looks again why it is empty. */
const WHY_MS = 30_000;

interface WhyEmptyProps {
  data: PanelData;
  raw: RawRange;
  small: boolean;
}

function WhyEmpty({ data, raw, small }: WhyEmptyProps) {
  const client = useQueryClient();
  const exprs = exprsOf(data);
  const { query, range } = data.frames[0]!;
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), Math.max(0, PATIENCE_MS - performance.now()));
    return () => clearTimeout(timer);
  }, []);
  const why = useQuery({
    queryKey: ["why", query.source, raw.from, raw.to, ...exprs],
    queryFn: ({ signal }) =>
      explainEmpty(client, { source: query.source, exprs, range, live: raw.to === "now" }, signal),
    enabled: !patient,
    refetchInterval: WHY_MS,
  });
  if (patient || why.isPending) return <Skeleton />;
  return <NoData why={why.data ?? { title: "No data in this range", text: "" }} small={small} />;
}

/** What a panel says of an error; of a source that is gone, the page says more, once. */
function describeError(error: Error): string {
  if (isSourceGone(error)) return "Its source does not answer.";
  return error instanceof ApiError && error.errorType !== "" && !error.unreachable
    ? `${error.errorType}: ${error.message}`
    : error.message;
}

const FRESH_MS = 60_000;

/** What is said in the header of a panel whose data are old or begin late. */
interface Hint {
  long: string;
  short: string;
  /** What is drawn is old. */
  stale: boolean;
}

/**
 * Says how old the newest sample is where the range ends now and the sample is too old for it. The last point of
 * single numbers is now itself: where it is missing, nothing newer will come; where it is no number, an older one is
 * shown.
 */
function hintFor(data: PanelData, raw: RawRange, anchor: Anchor): Hint | undefined {
  const frame = data.frames[0];
  if (frame === undefined || frame.step === 0) return undefined;
  const oldMs = anchor === "now" ? Math.max(frame.step, FRESH_MS) : 2 * frame.step + FRESH_MS;
  const old = (what: string, ms: number): Hint | undefined => {
    const ageMs = frame.range.toMs - ms;
    if (raw.to !== "now" || !Number.isFinite(ageMs) || ageMs < oldMs) return undefined;
    return {
      long: `last ${what} ${describeAge(ageMs)} ago`,
      short: `${describeAge(ageMs)} ago`,
      stale: true,
    };
  };
  return (
    old("sample", lastSampleMs(data.frames)) ??
    (anchor === "now" ? old("value", lastValueMs(data.frames)) : undefined) ??
    lateHint(data)
  );
}

/** Where the data begin so late that only their part of the page's range is drawn. */
function lateHint({ frames }: PanelData): Hint | undefined {
  if (!frames.some(({ late }) => late)) return undefined;
  const begins = Math.min(...frames.filter(({ series }) => series.length > 0).map(({ times }) => times[0]!));
  const moment = formatMoment(begins);
  return { long: `data begin at ${moment}`, short: `from ${moment}`, stale: false };
}

interface ContentProps {
  panel: Panel;
  data: PanelData;
  raw: RawRange;
  type: PanelType;
  module: AnyModule | Error | undefined;
  size: Size | undefined;
  asTable: boolean;
  onRetry: () => void;
  onShowQuery: () => void;
}

function Content({ panel, data, raw, type, module, size, asTable, onRetry, onShowQuery }: ContentProps) {
  const theme = useTheme();
  const queries = panel.queries.length > 0;
  if (panel.needs !== undefined) return <Elsewhere needs={panel.needs} />;
  const small = size !== undefined && size.height < SMALL_PX;
  if (data.error !== null && data.frames.length === 0) {
    if (isSourceGone(data.error))
      return <Failed title="No answer" message={describeError(data.error)} small={small} />;
    return (
      <Failed
        title="Query failed"
        message={describeError(data.error)}
        onRetry={onRetry}
        onShowQuery={onShowQuery}
        small={small}
      />
    );
  }
  if (module instanceof Error) {
    return <Failed title="Panel not loaded" message={module.message} onRetry={() => location.reload()} />;
  }
  if (module === undefined || size === undefined || (queries && data.frames.length === 0))
    return <Skeleton />;
  const values = valuesOf(data.frames);
  if (queries && values === "none") return <WhyEmpty data={data} raw={raw} small={small} />;
  const undrawable = values === "not a number" || (values === "infinite" && type.anchor === "step");
  if (queries && undrawable && !asTable && type !== FALLBACK)
    return <NoData why={explainValues(values, exprsOf(data))} small={small} />;
  const { frames, tables } = data.shaped;
  if (asTable) return <TableView table={module.toTable(frames, panel, tables)} theme={theme} />;
  return <Drawing module={module} panel={panel} frames={frames} tables={tables} size={size} theme={theme} />;
}

/** A panel whose data are of a kind that is not kept here. */
const Elsewhere = ({ needs }: { needs: string }) => (
  <Empty title="Its data are not here">This panel needs {needs}.</Empty>
);

type DrawingProps = { module: AnyModule } & Omit<PanelProps<unknown>, "options">;

/** The panel's own component; options are read once, so that a drawing changes only with its data. */
function Drawing({ module, ...props }: DrawingProps) {
  const { panel } = props;
  const options = useMemo(() => module.parseOptions(panel), [module, panel]);
  const Draw = module.Component;
  return <Draw {...props} options={options} />;
}

/** The page says that a source is gone as soon as a panel meets it. */
function useSourceLook(error: Error | null): void {
  const client = useQueryClient();
  const gone = error !== null && isSourceGone(error);
  useEffect(() => {
    if (gone) lookAtSources(client);
  }, [gone, client]);
}

/** The panel's own links, as far as they may be followed. */
const linkActions = ({ links }: Panel): PanelAction[] =>
  links.flatMap(({ title, url, newTab }) => {
    const address = linkAddress(url, document.baseURI);
    if (address === undefined) return [];
    const run = (): void => void window.open(address, newTab ? "_blank" : "_self", "noopener,noreferrer");
    return [{ label: `To ${title}`, run }];
  });

/** Draws the panel once it is near the screen, and keeps it. */
export function PanelView(props: PanelViewProps) {
  const { panel, raw, alone } = props;
  const body = useRef<HTMLDivElement>(null);
  const known = findPanelType(panel.type);
  const type = known ?? FALLBACK;
  const visibility = useVisibility(body);
  const size = useSize(body);
  const module = useModule(type, visibility.seen);
  const data = usePanelData(makePlan(panel, props, size?.width, visibility.visible));
  const [asTable, setAsTable] = useState(false);
  const [showsQuery, setShowsQuery] = useState(false);
  const hint = hintFor(data, raw, type.anchor);
  const failed = data.error !== null;
  useSourceLook(data.error);
  const note = known === undefined ? `Panels of type “${panel.type}” are shown as a table.` : undefined;
  const warnings = [
    note,
    ...panel.notes,
    ...data.shaped.notes,
    failed && data.frames.length > 0 && describeError(data.error!),
    ...data.frames.flatMap(({ warnings }) => warnings),
  ];
  const actions =
    type.needs === "none"
      ? []
      : [
          {
            label: alone ? "Back to the dashboard" : "View alone",
            run: () => setParams({ viewPanel: alone ? undefined : String(panel.id) }),
          },
          { label: "As a table", chosen: asTable, run: () => setAsTable(!asTable) },
          { label: "Show query", run: () => setShowsQuery(true) },
          ...linkActions(panel),
        ];
  return (
    <>
      <PanelFrame
        title={panel.title}
        description={panel.description}
        hint={hint?.long ?? describeOverride(panel, raw)}
        shortHint={hint?.short ?? describeOverride(panel, raw)}
        warning={warnings.filter(Boolean).join("\n") || undefined}
        failed={failed && !isSourceGone(data.error!)} // what is gone, the page says
        fetching={data.fetching && data.frames.length > 0}
        dimmed={data.frames.length > 0 && (failed || hint?.stale === true)}
        flush={asTable || type.flush === true}
        transparent={panel.transparent}
        actions={actions}
        bodyRef={body}
      >
        <ErrorBoundary title="This panel could not be drawn">
          <Content
            panel={panel}
            data={data}
            raw={raw}
            type={type}
            module={module}
            size={size}
            asTable={asTable}
            onRetry={data.refetch}
            onShowQuery={() => setShowsQuery(true)}
          />
        </ErrorBoundary>
      </PanelFrame>
      {showsQuery && <QueryDialog panel={panel} frames={data.frames} onClose={() => setShowsQuery(false)} />}
    </>
  );
}
