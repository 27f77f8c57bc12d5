/** The queries of a panel: as written, as they were sent, and what the server said about them. */

import { Button } from "../components/Button";
import { Link } from "../components/Link";
import { Empty } from "../components/states";
import type { Panel, PanelQuery } from "../model/dashboard";
import { formatDuration, formatTime } from "../model/timerange";
import { exploreAddress } from "../pages/explore/address";
import type { PanelData, PanelFrame } from "../query/panel";
import { copyText } from "../state/clipboard";
import styles from "./Inspector.module.css";

interface CodeProps {
  title: string;
  text: string;
}

function Code({ title, text }: CodeProps) {
  return (
    <>
      <p className={styles.head}>
        {title}
        <Button
          quiet
          icon="copy"
          aria-label={`Copy: ${title}`}
          onClick={() => void copyText(text, "Query")}
        />
      </p>
      <pre className={styles.code} tabIndex={0}>
        {text}
      </pre>
    </>
  );
}

function Facts({ frame }: { frame: PanelFrame }) {
  const { step, times, series, range } = frame;
  const facts: [string, string][] = [
    ["Asked for", step === 0 ? "one moment" : `every ${formatDuration(step)}`],
    ["From", formatTime(step === 0 ? range.toMs : (times[0] ?? range.fromMs))],
    ["To", formatTime(step === 0 ? range.toMs : (times.at(-1) ?? range.toMs))],
    ["Series", series.length.toLocaleString("en")],
    ["Points each", times.length.toLocaleString("en")],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The server's own words; of a place in the query it says line and column. */
function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className={styles.warnings} aria-label="Warnings">
      {warnings.map((warning) => (
        <li key={warning}>{warning}</li>
      ))}
    </ul>
  );
}

interface QueryProps {
  query: PanelQuery;
  frame: PanelFrame | undefined;
}

function Query({ query, frame }: QueryProps) {
  const written = query.written ?? query.expr;
  const sent = frame?.expr ?? query.expr;
  const range =
    frame === undefined
      ? undefined
      : { from: String(Math.round(frame.range.fromMs)), to: String(Math.round(frame.range.toMs)) };
  return (
    <section className={styles.query} aria-label={`Query ${query.refId}`}>
      <h3 className={styles.name}>
        Query {query.refId}
        <small>
          {query.source === "default" ? "default source" : query.source}
          {query.legend !== undefined && query.legend !== "" && ` · named ${query.legend}`}
        </small>
      </h3>
      <Code title={sent === written ? "As written and sent" : "As written"} text={written} />
      {sent !== written && <Code title="As sent" text={sent} />}
      {frame === undefined ? (
        <p className={styles.note}>It has not been answered.</p>
      ) : (
        <Facts frame={frame} />
      )}
      <Warnings warnings={frame?.warnings ?? []} />
      <p className={styles.head}>
        <Link to={exploreAddress({ queries: [sent], range, source: query.source })} className={styles.link}>
          Open in Explore
        </Link>
      </p>
    </section>
  );
}

export function QueryTab({ panel, data }: { panel: Panel; data: PanelData }) {
  if (panel.queries.length === 0) return <Empty title="No queries">This panel asks for nothing.</Empty>;
  return (
    <>
      {data.error !== null && (
        <p className={styles.error} role="alert">
          {data.error.message}
        </p>
      )}
      {panel.queries.map((query, at) => (
        <Query
          key={at}
          query={query}
          frame={data.frames.find(
            ({ query: asked }) => asked.refId === query.refId && asked.instant === query.instant,
          )}
        />
      ))}
    </>
  );
}
