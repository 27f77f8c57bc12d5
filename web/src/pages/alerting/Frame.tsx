/** What the pages of alerting have in common: the way from one to the other, refreshing, waiting and failing. */

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Failed, Skeleton } from "../../components/states";
import { useShortcuts } from "../../state/keys";
import { copyLink } from "../../components/TimePicker";
import { Page } from "../Page";
import { ALERTING, type AlertingPlace } from "../places";
import styles from "./Frame.module.css";

interface FrameProps {
  place: AlertingPlace;
  onRefresh: () => void;
  /** Beside the button that refreshes. */
  controls?: ReactNode;
  children: ReactNode;
}

export function Frame({ place, onRefresh, controls, children }: FrameProps) {
  useShortcuts([
    { does: "refresh", run: onRefresh },
    { does: "copy", run: copyLink },
    { does: "silence", run: () => document.getElementById("new-silence")?.click() },
  ]);
  const { title } = ALERTING.find(({ to }) => to === place)!;
  const refresh = (
    <Button icon="refresh" aria-label="Refresh now" title="Refresh now (r)" onClick={onRefresh} />
  );
  return (
    <Page
      title={title}
      controls={
        <>
          {controls}
          {refresh}
        </>
      }
    >
      <nav className={styles.tabs} aria-label="Alerting">
        {ALERTING.map(({ to, title: each }) => (
          <Link key={to} to={to} aria-current={to === place ? "page" : undefined}>
            {each}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}

interface AnsweredProps<T> {
  result: UseQueryResult<T>;
  /** What could not be had, where it failed. */
  what: string;
  children: (data: T) => ReactNode;
}

/** What is shown of an answer; before it is there, or where it does not come, that. */
export function Answered<T>({ result: { data, error, refetch }, what, children }: AnsweredProps<T>) {
  if (data !== undefined) return children(data);
  return (
    <div className={styles.wait}>
      {error === null ? (
        <Skeleton />
      ) : (
        <Failed title={what} message={error.message} onRetry={() => void refetch()} />
      )}
    </div>
  );
}

/** Something that one ought to know before one reads on. */
export const Notice = ({ kind = "warn", children }: { kind?: "warn" | "crit"; children: ReactNode }) => (
  <div className={styles.notice} data-kind={kind} role="status">
    <Icon name="warning" />
    <p>{children}</p>
  </div>
);

/** A card with a title, and a note beside it. */
export function Part({
  title,
  note,
  tools,
  children,
}: {
  title: ReactNode;
  note?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={styles.part} {...(typeof title === "string" && { "aria-label": title })}>
      <header className={styles.partHead}>
        <h2>{title}</h2>
        {note !== undefined && <span className={styles.partNote}>{note}</span>}
        {tools}
      </header>
      {children}
    </section>
  );
}

/** Labels, each in its box. */
export function Labels({ labels }: { labels: readonly (readonly [string, string])[] }) {
  if (labels.length === 0) return null;
  return (
    <span className={styles.labels}>
      {labels.map(([name, value]) => (
        <span key={name} className={styles.label} title={`${name}="${value}"`}>
          <span>{name}</span>
          {value === "" ? "“”" : value}
        </span>
      ))}
    </span>
  );
}

/** A box in place of a list that has nothing. */
export const None = ({ children }: { children: ReactNode }) => <div className={styles.none}>{children}</div>;
