/** Short messages, bottom right. */

import { dismissToast, useToasts } from "../state/toasts";
import { Button } from "./Button";
import { Icon } from "./icons";
import styles from "./Toasts.module.css";

export function Toasts() {
  const toasts = useToasts();
  return (
    <div className={styles.stack} role="status" aria-live="polite">
      {toasts.map(({ id, kind, text, action }) => (
        <div key={id} className={`${styles.toast} ${kind === "error" ? styles.error : ""}`}>
          <Icon name={kind === "error" ? "warning" : "info"} />
          <span>{text}</span>
          {action !== undefined && (
            <Button
              onClick={() => {
                dismissToast(id);
                action.run();
              }}
            >
              {action.label}
            </Button>
          )}
          <Button quiet icon="close" aria-label="Dismiss" onClick={() => dismissToast(id)} />
        </div>
      ))}
    </div>
  );
}
