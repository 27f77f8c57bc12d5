/** The expression of an alert over the last hours, with its limit. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { queryRange, type Frame } from "../../api/frames";
import { Button } from "../../components/Button";
import { useSize } from "../../components/measure";
import { Segmented } from "../../components/Segmented";
import { Empty, Failed, Skeleton } from "../../components/states";
import { ColorRegistry } from "../../model/colors";
import { chooseStep, makeGrid } from "../../model/step";
import { formatText } from "../../model/units";
import { DashboardContext, type DashboardScope, type PanelProps } from "../../panels/module";
import type { PanelFrame } from "../../query/panel";
import { useTheme } from "../../state/theme";
import type { AlertRow } from "./alerts";
import type { AlertingRule } from "./api";
import { drawnOf, limitPanel, rangeOfData, seriesOf, spanFor, SPANS } from "./chart";
import { useRefreshMs } from "./useAlerts";
import styles from "./Alerts.module.css";

const Chart = lazy(async () => {
  const { timeseries } = await import("../../panels/timeseries");
  const Draw = timeseries.Component;
  return {
    default: (props: Omit<PanelProps<unknown>, "options">) => (
      <Draw {...props} options={timeseries.parseOptions(props.panel)} />
    ),
  };
});

const HOUR_MS = 3_600_000;
const POINTS = 600;
const REFRESH_MS = 15_000;
const SOURCE = "embedded";

const scopeOf = (): DashboardScope => ({
  colors: new ColorRegistry(),
  syncKey: undefined,
  zoom: () => undefined,
  zoomOut: () => undefined,
});

const WORDS = {
  ">": "above",
  ">=": "at or above",
  "<": "below",
  "<=": "at or below",
  "==": "at",
  "!=": "not at",
} as const;

interface Asked {
  frame: Frame;
  range: { fromMs: number; toMs: number };
}

async function ask(expr: string, hours: number, signal: AbortSignal): Promise<Asked> {
  const toMs = Date.now();
  const range = { fromMs: toMs - hours * HOUR_MS, toMs };
  const grid = makeGrid(range, chooseStep(range, POINTS), "step");
  return { frame: await queryRange(SOURCE, expr, grid, signal), range };
}

export function ExpressionChart({ row, rule }: { row: AlertRow; rule: AlertingRule }) {
  const [hours, setHours] = useState(() => spanFor(Date.now() - row.sinceMs));
  const [all, setAll] = useState(false);
  const drawn = useMemo(() => drawnOf(rule.query), [rule.query]);
  const panel = useMemo(() => limitPanel(drawn, row.name), [drawn, row.name]);
  const { data, error, refetch } = useQuery({
    queryKey: ["alerting", "chart", drawn.expr, hours],
    queryFn: ({ signal }) => ask(drawn.expr, hours, signal),
    placeholderData: keepPreviousData,
    refetchInterval: useRefreshMs(REFRESH_MS),
  });
  const own = data === undefined ? [] : seriesOf(data.frame, row.labels, rule.labels ?? {});
  const others = (data?.frame.series.length ?? 0) - own.length;
  const alone = own.length > 0 && others > 0 && !all;
  const frames = useMemo(() => framesOf(data, alone ? own : undefined, panel), [data, alone, panel]); // eslint-disable-line react-hooks/exhaustive-deps -- follows from data
  const { comparison } = drawn;
  return (
    <section className={styles.chart} aria-label={`Chart of ${row.name}`}>
      <header className={styles.chartHead}>
        <code title={rule.query}>{drawn.expr}</code>
        {comparison !== undefined && (
          <span className={styles.limit}>
            fires {WORDS[comparison.operator]} {formatText(comparison.limit, panel.fields.defaults.unit)}
          </span>
        )}
        <Segmented
          label="Hours"
          segments={SPANS.map((value) => ({ value: String(value), text: `${value}h` }))}
          value={String(hours)}
          onChoose={(value) => setHours(Number(value) as typeof hours)}
        />
      </header>
      <div className={styles.canvas}>
        {data === undefined ? (
          error === null ? (
            <Skeleton />
          ) : (
            <Failed title="The chart has no data" message={error.message} onRetry={() => void refetch()} />
          )
        ) : data.frame.series.length === 0 ? (
          <Empty title="No data in these hours">What the rule measures has no samples there.</Empty>
        ) : (
          <Drawing panel={panel} frames={frames} />
        )}
      </div>
      {own.length > 0 && others > 0 && (
        <Button quiet className={styles.others} onClick={() => setAll(!all)}>
          {all ? "Only this alert’s" : `Show ${others.toLocaleString("en")} other series`}
        </Button>
      )}
    </section>
  );
}

function framesOf(
  data: Asked | undefined,
  own: Frame["series"] | undefined,
  panel: PanelProps<unknown>["panel"],
): PanelFrame[] {
  if (data === undefined) return [];
  const { frame } = data;
  const range = rangeOfData(frame, data.range);
  const query = panel.queries[0]!;
  return [{ ...frame, series: own ?? frame.series, expr: query.expr, range, query }];
}

function Drawing({ panel, frames }: Pick<PanelProps<unknown>, "panel" | "frames">) {
  const theme = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const [scope] = useState(scopeOf);
  return (
    <div ref={box} className={styles.fill}>
      <DashboardContext value={scope}>
        <Suspense fallback={<Skeleton />}>
          {size !== undefined && <Chart panel={panel} frames={frames} size={size} theme={theme} />}
        </Suspense>
      </DashboardContext>
    </div>
  );
}
