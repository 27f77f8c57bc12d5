/** What stands at the lower edge of the list: what is selected and what can be done with it; what came of it. */

import type { DashboardHit } from "../../api/catalog";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import styles from "./Bars.module.css";
import { isOwn } from "./listing";
import type { Notice } from "./useWork";

interface SelectionProps {
  hits: readonly DashboardHit[];
  onExport: () => void;
  onMove: (hits: DashboardHit[]) => void;
  onDelete: (hits: DashboardHit[]) => void;
  onClear: () => void;
}

export function SelectionBar({ hits, onExport, onMove, onDelete, onClear }: SelectionProps) {
  const own = hits.filter(isOwn);
  const others = hits.length - own.length;
  const why =
    others === 0 ? undefined : `${others} of them cannot be moved or deleted: only what was saved here can`;
  return (
    <div className={styles.bar} role="region" aria-label="Selected dashboards">
      <span className={styles.text} role="status" title={why}>
        {hits.length} selected
        {others > 0 && <small>{others === hits.length ? "read-only" : `${others} read-only`}</small>}
      </span>
      <Button icon="download" aria-label="Export" onClick={onExport}>
        <span className={styles.word}>Export</span>
      </Button>
      <Button
        icon="folder"
        aria-label="Move…"
        disabled={own.length === 0}
        title={why}
        onClick={() => onMove(own)}
      >
        <span className={styles.word}>Move…</span>
      </Button>
      <Button
        icon="trash"
        aria-label="Delete…"
        disabled={own.length === 0}
        title={why}
        onClick={() => onDelete(own)}
      >
        <span className={styles.word}>Delete…</span>
      </Button>
      <Button quiet icon="close" aria-label="Select nothing" title="Select nothing (Esc)" onClick={onClear} />
    </div>
  );
}

export function NoticeBar({
  notice,
  busy,
  onDismiss,
}: {
  notice: Notice;
  busy: boolean;
  onDismiss: () => void;
}) {
  return (
    <div className={`${styles.bar} ${notice.kind === "failed" ? styles.failed : ""}`}>
      <Icon name={notice.kind === "failed" ? "warning" : "check"} />
      <span className={styles.text} role={notice.kind === "failed" ? "alert" : "status"}>
        {notice.text}
      </span>
      {notice.action !== undefined && (
        <Button icon={notice.action.icon} disabled={busy} onClick={notice.action.run}>
          {notice.action.label}
        </Button>
      )}
      <Button quiet icon="close" aria-label="Dismiss" onClick={onDismiss} />
    </div>
  );
}
