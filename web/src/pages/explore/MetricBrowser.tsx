/** All metrics of a source, with type, help, unit and number of series; one of them opened shows its labels. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { SearchField } from "../../components/SearchField";
import { Empty, Failed, Skeleton } from "../../components/states";
import { useElsewhere } from "../../query/sources";
import { focusOnMount } from "../../state/focus";
import { MOST_SERIES, queriesFor, selector, useLabels, useMetrics, type Metric } from "./metrics";
import styles from "./MetricBrowser.module.css";

const ROW_PX = 46;
const MOST_VALUES = 12;

interface BrowserProps {
  source: string;
  onUse: (expr: string) => void;
  onClose: () => void;
}

const count = (value: number): string => value.toLocaleString("en");

function Type({ type }: { type: string }) {
  return type === "" ? null : <span className={styles.type}>{type}</span>;
}

interface ListProps {
  metrics: readonly Metric[];
  onOpen: (metric: Metric) => void;
}

/** Only what is in view is in the document: there may be tens of thousands. */
function List({ metrics, onOpen }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are called anew at each drawing
  const rows = useVirtualizer({
    count: metrics.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  return (
    <div ref={box} className={styles.list}>
      <ul style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const metric = metrics[index]!;
          const { name, type, help, series } = metric;
          return (
            <li key={name} style={{ transform: `translateY(${start}px)` }}>
              <button
                type="button"
                title={help === "" ? name : `${name}: ${help}`}
                onClick={() => onOpen(metric)}
              >
                <span className={styles.name}>{name}</span>
                <span className={styles.about}>
                  <Type type={type} />
                  <span className={styles.help}>{help}</span>
                  {series !== undefined && <span className={styles.count}>{count(series)} series</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface DetailProps {
  metric: Metric;
  source: string;
  onUse: (expr: string) => void;
  onBack: () => void;
}

function Labels({ metric, source, onUse }: Omit<DetailProps, "onBack">) {
  const { data, error } = useLabels(source, metric.name);
  if (error !== null) return <p className={styles.none}>{error.message}</p>;
  if (data === undefined)
    return (
      <div className={styles.wait}>
        <Skeleton />
      </div>
    );
  if (data.length === 0) return <p className={styles.none}>No labels in the last hour.</p>;
  return data.map(({ name, values }) => (
    <div key={name} className={styles.label}>
      <h4>
        {name} <span>{values.length === 1 ? "1 value" : `${count(values.length)} values`}</span>
      </h4>
      <div className={styles.values}>
        {values.slice(0, MOST_VALUES).map(({ value, series }) => (
          <button
            key={value}
            type="button"
            title={`${name}="${value}", ${count(series)} series`}
            onClick={() => onUse(selector(metric.name, name, value))}
          >
            {value === "" ? "(empty)" : value}
          </button>
        ))}
        {values.length > MOST_VALUES && <span>and {count(values.length - MOST_VALUES)} more</span>}
      </div>
    </div>
  ));
}

function Detail({ metric, source, onUse, onBack }: DetailProps) {
  const { name, type, help, unit, series } = metric;
  const back = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => back.current?.querySelector("button")?.focus(), []);
  return (
    <div className={styles.detail}>
      <div ref={back}>
        <Button quiet icon="left" onClick={onBack}>
          All metrics
        </Button>
      </div>
      <h3>{name}</h3>
      {help !== "" && <p>{help}</p>}
      <p className={styles.facts}>
        <Type type={type} />
        {unit !== "" && <span>in {unit}</span>}
        {series !== undefined && <span>{count(series)} series</span>}
      </p>
      <div className={styles.queries}>
        {queriesFor(metric).map(({ title, expr }) => (
          <Button key={expr} title={expr} onClick={() => onUse(expr)}>
            {title}
          </Button>
        ))}
      </div>
      {(series ?? 0) > MOST_SERIES && (
        <p className={styles.none}>Labels of the first {count(MOST_SERIES)} series:</p>
      )}
      <Labels metric={metric} source={source} onUse={onUse} />
    </div>
  );
}

export function MetricBrowser({ source, onUse, onClose }: BrowserProps) {
  const elsewhere = useElsewhere();
  const counted = source === "embedded" || elsewhere === undefined ? "embedded" : source;
  const { data, error, refetch } = useMetrics(source, counted);
  const [typed, setTyped] = useState("");
  const [type, setType] = useState("");
  const [byCount, setByCount] = useState(false);
  const [open, setOpen] = useState<Metric>();
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const types = useMemo(() => [...new Set((data ?? []).map((metric) => metric.type))].sort(), [data]);
  const found = useMemo(() => {
    const words = wanted.split(/\s+/);
    const matching = (data ?? []).filter(
      (metric) =>
        (type === "" || metric.type === type) &&
        words.every((word) => `${metric.name} ${metric.help}`.toLowerCase().includes(word)),
    );
    return byCount ? matching.sort((a, b) => (b.series ?? 0) - (a.series ?? 0)) : matching;
  }, [data, wanted, type, byCount]);
  return (
    <aside className={styles.browser} aria-label="Metrics">
      <header className={styles.header}>
        <h2>
          Metrics{" "}
          {data !== undefined && open === undefined && (
            <span role="status">
              {found.length === data.length
                ? count(data.length)
                : `${count(found.length)} of ${count(data.length)} match`}
            </span>
          )}
        </h2>
        <Button quiet icon="close" aria-label="Close the metrics" onClick={onClose} />
      </header>
      {open !== undefined ? (
        <Detail
          key={open.name}
          metric={open}
          source={source}
          onUse={onUse}
          onBack={() => setOpen(undefined)}
        />
      ) : (
        <>
          <div className={styles.search}>
            <SearchField
              ref={focusOnMount}
              value={typed}
              onText={setTyped}
              onKeyDown={(event) => {
                if (event.key === "Escape") onClose();
              }}
              aria-label="Search metrics"
              placeholder="Search names and help"
              className={styles.find}
            />
            <select value={type} onChange={(event) => setType(event.target.value)} aria-label="Type">
              <option value="">All types</option>
              {types
                .filter((each) => each !== "")
                .map((each) => (
                  <option key={each}>{each}</option>
                ))}
            </select>
            <Button
              aria-pressed={byCount}
              aria-label="Most series first"
              title="Most series first"
              icon="down"
              quiet={!byCount}
              onClick={() => setByCount(!byCount)}
            />
          </div>
          {error !== null && data === undefined && (
            <Failed
              title="The metrics could not be listed"
              message={error.message}
              onRetry={() => void refetch()}
            />
          )}
          {data === undefined && error === null && (
            <div className={styles.wait}>
              <Skeleton />
            </div>
          )}
          {data !== undefined && found.length === 0 && (
            <div className={styles.wait}>
              <Empty title={data.length === 0 ? "No metrics yet" : "No metric matches"} />
            </div>
          )}
          {found.length > 0 && <List metrics={found} onOpen={setOpen} />}
        </>
      )}
    </aside>
  );
}
