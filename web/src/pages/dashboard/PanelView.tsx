/** One panel of a dashboard: its data, its state, and the component that draws it. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/http";
import { ErrorBoundary } from "../../components/ErrorBoundary";
import { useSize, useVisibility, type Size } from "../../components/measure";
import { PanelFrame } from "../../components/PanelFrame";
import { Empty, Failed, Skeleton } from "../../components/states";
import type { Panel, SourceUid } from "../../model/dashboard";
import type { Anchor } from "../../model/step";
import { describeAge, type RawRange } from "../../model/timerange";
import { FALLBACK, findPanelType, type AnyModule, type PanelType } from "../../panels";
import type { PanelProps } from "../../panels/module";
import { lastSampleMs, usePanelData, type PanelData } from "../../query/panel";
import { isSourceGone } from "../../query/sources";
import { explainEmpty } from "../../query/why";
import { setParams } from "../../state/location";
import { useTheme } from "../../state/theme";
import { makePlan } from "./plan";
import { QueryDialog } from "./QueryDialog";
import { TableView } from "./TableView";

interface PanelViewProps {
  panel: Panel;
  raw: RawRange;
  variables: Readonly<Record<string, string>>;
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

function WhyEmpty({ source, exprs }: { source: SourceUid; exprs: readonly string[] }) {
  const client = useQueryClient();
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), Math.max(0, PATIENCE_MS - performance.now()));
    return () => clearTimeout(timer);
  }, []);
  const why = useQuery({
    queryKey: ["why", source, ...exprs],
    queryFn: () => explainEmpty(client, source, exprs),
    enabled: !patient,
  });
  if (patient || why.isPending) return <Skeleton />;
  return (
    <Empty title="No data in this range" name={why.data?.metric}>
      {why.data?.text}
    </Empty>
  );
}

const describeError = (error: Error): string =>
  error instanceof ApiError && error.errorType !== "" && !error.unreachable && !isSourceGone(error)
    ? `${error.errorType}: ${error.message}`
    : error.message;

const FRESH_MS = 60_000;

/**
 * Age of the newest sample where the range ends now and the sample is too old for it; else undefined. The last point
 * of single numbers is now itself: where it is missing, nothing newer will come.
 */
function staleFor(data: PanelData, raw: RawRange, anchor: Anchor): number | undefined {
  const frame = data.frames[0];
  if (raw.to !== "now" || frame === undefined || frame.step === 0) return undefined;
  const ageMs = frame.range.toMs - lastSampleMs(data.frames);
  const oldMs = anchor === "now" ? Math.max(frame.step, FRESH_MS) : 2 * frame.step + FRESH_MS;
  return Number.isFinite(ageMs) && ageMs >= oldMs ? ageMs : undefined;
}

interface ContentProps {
  panel: Panel;
  data: PanelData;
  module: AnyModule | Error | undefined;
  size: Size | undefined;
  asTable: boolean;
  onRetry: () => void;
  onShowQuery: () => void;
}

function Content({ panel, data, module, size, asTable, onRetry, onShowQuery }: ContentProps) {
  const theme = useTheme();
  const queries = panel.queries.length > 0;
  if (data.error !== null && data.frames.length === 0) {
    return (
      <Failed
        title={isSourceGone(data.error) ? "No answer" : "Query failed"}
        message={describeError(data.error)}
        onRetry={onRetry}
        onShowQuery={onShowQuery}
      />
    );
  }
  if (module instanceof Error) {
    return <Failed title="Panel not loaded" message={module.message} onRetry={() => location.reload()} />;
  }
  if (module === undefined || size === undefined || (queries && data.frames.length === 0))
    return <Skeleton />;
  if (queries && data.frames.every(({ series }) => series.length === 0)) {
    const source = panel.queries[0]!.source;
    return <WhyEmpty source={source} exprs={data.frames.map(({ expr }) => expr)} />;
  }
  if (asTable) return <TableView table={module.toTable(data.frames, panel)} theme={theme} />;
  return <Drawing module={module} panel={panel} frames={data.frames} size={size} theme={theme} />;
}

type DrawingProps = { module: AnyModule } & Omit<PanelProps<unknown>, "options">;

/** The panel's own component; options are read once, so that a drawing changes only with its data. */
function Drawing({ module, ...props }: DrawingProps) {
  const { panel } = props;
  const options = useMemo(() => module.parseOptions(panel), [module, panel]);
  const Draw = module.Component;
  return <Draw {...props} options={options} />;
}

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
  const staleMs = staleFor(data, raw, type.anchor);
  const failed = data.error !== null;
  const note = known === undefined ? `Panels of type “${panel.type}” are shown as a table.` : undefined;
  const warnings = [
    note,
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
        ];
  return (
    <>
      <PanelFrame
        title={panel.title}
        description={panel.description}
        hint={staleMs === undefined ? undefined : `last sample ${describeAge(staleMs)} ago`}
        shortHint={staleMs === undefined ? undefined : `${describeAge(staleMs)} ago`}
        warning={warnings.filter(Boolean).join("\n") || undefined}
        failed={failed && (data.frames.length === 0 || !isSourceGone(data.error!))} // what is gone, the page says
        fetching={data.fetching && data.frames.length > 0}
        dimmed={data.frames.length > 0 && (failed || staleMs !== undefined)}
        flush={asTable || type.flush === true}
        transparent={panel.transparent}
        actions={actions}
        bodyRef={body}
      >
        <ErrorBoundary title="This panel could not be drawn">
          <Content
            panel={panel}
            data={data}
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
