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
  /** What one reads on pointing at it. */
  detail?: string | undefined;
  /** What can be done about it. */
  actions?: ReactNode;
  /** In little room: the title and some of the text; all of it is there on pointing at it. */
  small?: boolean;
  children?: ReactNode;
}

const shape = (small: boolean): string => `${styles.state} ${small ? styles.small : ""}`;

/** No data, and why. */
export function Empty({ title, name, detail, actions, small = false, children }: EmptyProps) {
  return (
    <div className={shape(small)} title={detail}>
      <p className={styles.title}>{title}</p>
      {name !== undefined && (
        <code className={styles.name} title={name}>
          {name}
        </code>
      )}
      {children !== undefined && <p className={styles.detail}>{children}</p>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

interface FailedProps {
  title: string;
  message: string;
  /** What one reads on pointing at the message, where it is longer. */
  detail?: string;
  /** Absent where the page tries again by itself. */
  onRetry?: (() => void) | undefined;
  onShowQuery?: (() => void) | undefined;
  /** In little room: without buttons. */
  small?: boolean;
}

/** The server's own message, and what can be done. */
export function Failed({
  title,
  message,
  detail = message,
  onRetry,
  onShowQuery,
  small = false,
}: FailedProps) {
  return (
    <div className={shape(small)} role="alert">
      <p className={styles.failure}>{title}</p>
      <p className={styles.message} title={detail}>
        {message}
      </p>
      <div className={styles.actions}>
        {onRetry !== undefined && (
          <Button onClick={onRetry} icon="refresh">
            Retry
          </Button>
        )}
        {onShowQuery !== undefined && <Button onClick={onShowQuery}>Show query</Button>}
      </div>
    </div>
  );
}
