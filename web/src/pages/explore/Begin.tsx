/** What Explore shows before there is a query: examples for what there is, and what was run before. */

import { useMemo } from "react";
import { Button } from "../../components/Button";
import { Skeleton } from "../../components/states";
import { useElsewhere } from "../../query/sources";
import { useHistory } from "./history";
import { examplesFor, useMetrics, type Example } from "./metrics";
import styles from "./Begin.module.css";

const MOST_RECENT = 6;

interface BeginProps {
  source: string;
  onUse: (expr: string) => void;
  onBrowse: () => void;
}

interface CardsProps {
  title: string;
  entries: readonly Partial<Example>[];
  onUse: (expr: string) => void;
}

function Cards({ title, entries, onUse }: CardsProps) {
  return (
    <section className={styles.group}>
      <h2>{title}</h2>
      <ul>
        {entries.map(({ title: name, expr = "" }) => (
          <li key={expr}>
            <button type="button" title={expr} onClick={() => onUse(expr)}>
              {name !== undefined && <span>{name}</span>}
              <code>{expr}</code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Begin({ source, onUse, onBrowse }: BeginProps) {
  const elsewhere = useElsewhere();
  const counted = source === "embedded" || elsewhere === undefined ? "embedded" : source;
  const { data, isPending } = useMetrics(source, counted);
  const examples = useMemo(() => examplesFor((data ?? []).map(({ name }) => name)), [data]);
  const recent = useHistory().slice(0, MOST_RECENT);
  return (
    <div className={styles.begin}>
      {isPending && (
        <div className={styles.wait}>
          <Skeleton />
        </div>
      )}
      {examples.length > 0 && <Cards title="Examples" entries={examples} onUse={onUse} />}
      {recent.length > 0 && (
        <Cards title="Run before" entries={recent.map((expr) => ({ expr }))} onUse={onUse} />
      )}
      {data !== undefined && (
        <p className={styles.hint}>
          {data.length === 0
            ? "There are no metrics yet: they come with the first scrape."
            : `${data.length.toLocaleString("en")} metrics to ask about. Type a name above, or`}{" "}
          {data.length > 0 && (
            <Button icon="list" onClick={onBrowse}>
              Browse metrics
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
