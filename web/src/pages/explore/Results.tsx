/** What the queries answered: a chart over the range, a table at its end. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useRef, useState, type ReactNode } from "react";
import { ErrorBoundary } from "../../components/ErrorBoundary";
import { useSize } from "../../components/measure";
import { Empty, Skeleton } from "../../components/states";
import { formatLabels } from "../../model/legend";
import { formatDuration, formatTime } from "../../model/timerange";
import type { PanelProps } from "../../panels/module";
import { explainEmpty, type Asked } from "../../query/why";
import { useTheme } from "../../state/theme";
import type { ExploreState } from "./address";
import type { Answer } from "./ask";
import { chartPanel, exactTable, panelFrames, type Lettered } from "./result";
import type { QueryAnswer } from "./useAnswers";
import styles from "./Results.module.css";

const Chart = lazy(async () => {
  const { timeseries } = await import("../../panels/timeseries");
  const Draw = timeseries.Component;
  return {
    default: (props: Omit<PanelProps<unknown>, "options">) => (
      <Draw {...props} options={timeseries.parseOptions(props.panel)} />
    ),
  };
});
const DataTable = lazy(async () => ({ default: (await import("../../panels/table")).DataTable }));

interface ResultsProps {
  state: ExploreState;
  answers: readonly QueryAnswer[];
  source: string;
  live: boolean;
}

interface BoxProps {
  title: string;
  hint?: string | undefined;
  fetching: boolean;
  className?: string | undefined;
  children: ReactNode;
}

function Box({ title, hint, fetching, className, children }: BoxProps) {
  return (
    <section className={styles.box} aria-label={title} aria-busy={fetching}>
      {fetching && <div className={styles.progress} />}
      <header className={styles.header}>
        <h2>{title}</h2>
        {hint !== undefined && <span title={hint}>{hint}</span>}
      </header>
      <div className={className}>
        <ErrorBoundary title={`The ${title.toLowerCase()} could not be drawn`}>
          <Suspense fallback={<Skeleton />}>{children}</Suspense>
        </ErrorBoundary>
      </div>
    </section>
  );
}

function WhyEmpty({ asked }: { asked: Asked }) {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: ["why", "explore", asked.source, ...asked.exprs, asked.live],
    queryFn: ({ signal }) => explainEmpty(client, asked, signal),
  });
  if (data === undefined) return <Skeleton />;
  return (
    <Empty title={data.title} name={data.name}>
      {data.text}
    </Empty>
  );
}

const lettered = (answers: readonly QueryAnswer[], kind: "chart" | "table"): Lettered[] =>
  answers.flatMap(({ letter, ...rest }) => {
    const answer = rest[kind];
    return answer === undefined ? [] : [{ letter, answer }];
  });

const isEmpty = ({ answer }: Lettered): boolean =>
  answer.frame?.series.length === 0 || answer.raw?.length === 0;

function Drawing({
  answers,
  style,
  source,
}: { answers: readonly Lettered[] } & Pick<ExploreState, "style"> & { source: string }) {
  const theme = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const panel = useMemo(
    () =>
      chartPanel(
        answers.map(({ letter, answer }) => ({ letter, expr: answer.expr })),
        style,
        source,
      ),
    [answers, style, source],
  );
  const frames = useMemo(() => panelFrames(answers, panel), [answers, panel]);
  return (
    <div ref={box} className={styles.fill}>
      {size !== undefined && <Chart panel={panel} frames={frames} size={size} theme={theme} />}
    </div>
  );
}

/** Samples of a range vector are many: of each series, the newest. */
const MOST_SAMPLES = 50;

function Raw({ answer }: { answer: Answer }) {
  if (answer.text !== undefined) return <pre className={styles.text}>{answer.text}</pre>;
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Samples">
      <table className={styles.raw}>
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col">Samples</th>
          </tr>
        </thead>
        <tbody>
          {answer.raw?.map(({ labels, samples }) => (
            <tr key={JSON.stringify(labels)}>
              <td>{formatLabels(labels)}</td>
              <td>
                {samples.slice(-MOST_SAMPLES).map(([seconds, value]) => (
                  <span key={seconds}>
                    {value} <i>@ {formatTime(seconds * 1000)}</i>
                  </span>
                ))}
                {samples.length > MOST_SAMPLES && <span>{samples.length - MOST_SAMPLES} before them</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Tables({ answers }: { answers: readonly Lettered[] }) {
  const theme = useTheme();
  const framed = useMemo(() => answers.filter(({ answer }) => answer.frame !== undefined), [answers]);
  const table = useMemo(
    () => exactTable(framed, chartPanel([], "lines", "default").fields.defaults),
    [framed],
  );
  return (
    <>
      {framed.length > 0 && table.rows.length > 0 && <DataTable table={table} theme={theme} />}
      {answers
        .filter(({ answer }) => answer.frame === undefined)
        .map(({ letter, answer }) => (
          <Raw key={letter} answer={answer} />
        ))}
    </>
  );
}

const isSame = (a: readonly Lettered[], b: readonly Lettered[]): boolean =>
  a.length === b.length &&
  a.every(({ letter, answer }, at) => letter === b[at]!.letter && answer === b[at]!.answer);

/** Keeps a list as long as its entries are the same objects: what is drawn from it is not drawn again. */
function useSame(list: readonly Lettered[]): readonly Lettered[] {
  const [kept, setKept] = useState(list);
  if (isSame(kept, list)) return kept;
  setKept(list);
  return list;
}

export function Results({ state, answers, source, live }: ResultsProps) {
  const charts = useSame(lettered(answers, "chart"));
  const tables = useSame(lettered(answers, "table"));
  const fetching = answers.some((answer) => answer.fetching);
  const failed = answers.every(({ error, hidden }) => error !== null || hidden);
  const any = charts[0] ?? tables[0];
  if (failed && any === undefined) return null;
  if (any === undefined) {
    return (
      <Box title={state.view === "table" ? "Table" : "Chart"} fetching={fetching} className={styles.chart}>
        <Skeleton />
      </Box>
    );
  }
  const shown = charts.length > 0 ? charts : tables;
  if (shown.every(isEmpty)) {
    const exprs = shown.map(({ answer }) => answer.expr);
    return (
      <Box title="Result" fetching={fetching} className={styles.why}>
        <WhyEmpty
          asked={{
            source: source === "embedded" ? "embedded" : "default",
            exprs,
            range: any.answer.range,
            live,
          }}
        />
      </Box>
    );
  }
  const at = tables[0]?.answer.range.toMs;
  return (
    <>
      {charts.length > 0 && (
        <Box
          title="Chart"
          hint={`step ${formatDuration(answers[0]!.stepMs)}`}
          fetching={fetching}
          className={styles.chart}
        >
          <Drawing answers={charts} style={state.style} source={source} />
        </Box>
      )}
      {tables.length > 0 && (
        <Box
          title="Table"
          hint={at === undefined ? undefined : `at ${formatTime(at)}`}
          fetching={fetching}
          className={styles.table}
        >
          <Tables answers={tables} />
        </Box>
      )}
    </>
  );
}
