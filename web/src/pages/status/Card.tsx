/** A box with a title; what it shows comes by a query, and it says so where that fails. */

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failed, Skeleton } from "../../components/states";
import styles from "./StatusPage.module.css";

interface CardProps<T> {
  title: string;
  id?: string;
  result: UseQueryResult<T>;
  tools?: ReactNode;
  wide?: boolean;
  children: (data: T) => ReactNode;
}

export function Card<T>({ title, id, result, tools, wide = false, children }: CardProps<T>) {
  const { data, error, refetch } = result;
  return (
    <section
      className={`${styles.card} ${wide ? styles.wide : ""}`}
      aria-label={title}
      {...(id === undefined ? {} : { id, tabIndex: -1 })}
    >
      <header className={styles.header}>
        <h2>{title}</h2>
        {tools}
      </header>
      {data !== undefined ? (
        children(data)
      ) : (
        <div className={styles.wait}>
          {error === null ? (
            <Skeleton />
          ) : (
            <Failed title="No answer" message={error.message} onRetry={() => void refetch()} />
          )}
        </div>
      )}
    </section>
  );
}

/** Names and values, those without a value left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
