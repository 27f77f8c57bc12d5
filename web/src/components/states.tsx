/** What stands in a panel or page without data: loading, empty, failed. */

import type { ReactNode } from "react";
import { Button } from "./Button";
import styles from "./states.module.css";

/** A quiet block in the panel's shape; appears only when loading takes a while. */
export const Skeleton = () => <div className={styles.skeleton} role="status" aria-label="Loading" />;

interface EmptyProps {
  title: string;
  /** A name to look at: the missing metric. */
  name?: string | undefined;
  children?: ReactNode;
}

/** No data, and why. */
export function Empty({ title, name, children }: EmptyProps) {
  return (
    <div className={styles.state}>
      <p className={styles.title}>{title}</p>
      {name !== undefined && (
        <code className={styles.name} title={name}>
          {name}
        </code>
      )}
      {children !== undefined && <p className={styles.detail}>{children}</p>}
    </div>
  );
}

interface FailedProps {
  title: string;
  message: string;
  onRetry: () => void;
  onShowQuery?: (() => void) | undefined;
}

/** The server's own message, and what can be done. */
export function Failed({ title, message, onRetry, onShowQuery }: FailedProps) {
  return (
    <div className={styles.state} role="alert">
      <p className={styles.failure}>{title}</p>
      <p className={styles.message} title={message}>
        {message}
      </p>
      <div className={styles.actions}>
        <Button onClick={onRetry} icon="refresh">
          Retry
        </Button>
        {onShowQuery !== undefined && <Button onClick={onShowQuery}>Show query</Button>}
      </div>
    </div>
  );
}
