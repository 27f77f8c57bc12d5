/** Dashboards that were deleted lately: had back, or deleted for good. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { DeletedDashboard, DeletedDashboards, Folder } from "../../api/library";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Empty, Failed } from "../../components/states";
import { formatMoment } from "../../model/clock";
import { describeAge } from "../../model/timerange";
import { deletedQuery } from "../../query/deleted";
import { foldersQuery } from "../../query/folders";
import { Page } from "../Page";
import { NoticeBar } from "./Bars";
import bars from "./Bars.module.css";
import { keptFor, leftOf, placeOf } from "./deleted";
import styles from "./DeletedPage.module.css";
import empty from "./List.module.css";
import { ForgetDialog } from "./Dialogs";
import { moveFocus, rows } from "./rowkeys";
import { useDeleted } from "./useDeleted";

const REFRESH_MS = 5000;
/** More rows than these are shown on demand. */
const MOST_ROWS = 100;

interface RowProps {
  deleted: DeletedDashboard;
  folders: readonly Folder[];
  nowMs: number;
  busy: boolean;
  onRestore: (deleted: DeletedDashboard) => void;
  onForget: (deleted: DeletedDashboard) => void;
}

function Row({ deleted, folders, nowMs, busy, onRestore, onForget }: RowProps) {
  const { title, deletedMs, goneMs } = deleted;
  const place = placeOf(deleted, folders);
  return (
    <li className={styles.row} data-row={deleted.id}>
      <span className={styles.name}>
        <Icon name="grid" />
        <span className={styles.title} title={title}>
          {title}
        </span>
      </span>
      <span
        className={place.gone ? styles.gone : styles.place}
        title={place.gone ? "Its folder is gone: it comes back without one" : place.text}
      >
        {place.text}
      </span>
      <span className={styles.times}>
        <span title={`Deleted at ${formatMoment(deletedMs, nowMs)}`}>
          Deleted {describeAge(Math.max(0, nowMs - deletedMs))} ago
        </span>
        <span title={`It goes for good at ${formatMoment(goneMs, nowMs)}`}>{leftOf(deleted, nowMs)}</span>
      </span>
      <Button
        icon="history"
        className={styles.restore}
        aria-label={`Restore ${title}`}
        aria-disabled={busy}
        data-dashboard=""
        onClick={() => !busy && onRestore(deleted)}
      >
        <span className={styles.word}>Restore</span>
      </Button>
      <Button
        quiet
        icon="trash"
        aria-label={`Delete ${title} for good…`}
        title="Delete for good…"
        onClick={() => onForget(deleted)}
      />
    </li>
  );
}

const Nothing = ({ keptMs }: { keptMs: number }) => (
  <div className={empty.nothing}>
    <Empty
      title="Nothing was deleted lately"
      actions={
        <Link to="dashboards" className={empty.link}>
          All dashboards
        </Link>
      }
    >
      A dashboard that you delete is kept here for {keptFor(keptMs)}, with all its versions.
    </Empty>
  </div>
);

/** How many there are, and what becomes of them. */
function Lead({ data: { total, keptMs, dashboards } }: { data: DeletedDashboards }) {
  const more = total > dashboards.length ? ` These are the ${dashboards.length} that were deleted last.` : "";
  const count = total === 1 ? "1 dashboard" : `${total} dashboards`;
  return (
    <p className={styles.lead}>
      <b role="status">{count}</b> Each is kept for {keptFor(keptMs)} with its versions, then it goes for
      good.
      {more}
    </p>
  );
}

/** Where a row with the focus goes away, the row in its place takes it. */
function useFocusKept(count: number): (at: number) => void {
  const [at, setAt] = useState<number>();
  useEffect(() => {
    if (at === undefined || (document.activeElement ?? document.body) !== document.body) return;
    const all = rows();
    (all[Math.min(at, all.length - 1)] ?? document.getElementById("main"))?.focus();
  }, [at, count]);
  return setAt;
}

export function DeletedPage() {
  const { data, error, refetch, dataUpdatedAt } = useQuery({ ...deletedQuery, refetchInterval: REFRESH_MS });
  const { data: folders = [] } = useQuery(foldersQuery);
  const { notice, busy, dismiss, restore, forget } = useDeleted();
  const [asking, setAsking] = useState<DeletedDashboard>();
  const [all, setAll] = useState(false);
  const listed = data?.dashboards ?? [];
  const keepFocus = useFocusKept(listed.length);
  const leaving = (deleted: DeletedDashboard): void => keepFocus(listed.indexOf(deleted));
  return (
    <Page title="Recently deleted" parent={{ title: "Dashboards", to: "dashboards" }}>
      <div onKeyDown={moveFocus}>
        {error !== null && data === undefined && (
          <Failed
            title="What was deleted could not be listed"
            message={error.message}
            onRetry={() => void refetch()}
          />
        )}
        {data !== undefined && listed.length === 0 && <Nothing keptMs={data.keptMs} />}
        {data !== undefined && listed.length > 0 && (
          <>
            <Lead data={data} />
            <ul className={styles.rows} aria-label="Deleted dashboards">
              {(all ? listed : listed.slice(0, MOST_ROWS)).map((deleted) => (
                <Row
                  key={deleted.id}
                  deleted={deleted}
                  folders={folders}
                  nowMs={dataUpdatedAt}
                  busy={busy}
                  onRestore={(chosen) => {
                    leaving(chosen);
                    void restore(chosen);
                  }}
                  onForget={setAsking}
                />
              ))}
            </ul>
            {!all && listed.length > MOST_ROWS && (
              <Button className={styles.all} onClick={() => setAll(true)}>
                Show all {listed.length}
              </Button>
            )}
          </>
        )}
      </div>
      <div className={bars.bars}>
        {notice !== undefined && <NoticeBar notice={notice} busy={busy} onDismiss={dismiss} />}
      </div>
      {asking !== undefined && (
        <ForgetDialog
          deleted={asking}
          onClose={() => setAsking(undefined)}
          onForget={() => {
            leaving(asking);
            return forget(asking);
          }}
        />
      )}
    </Page>
  );
}
