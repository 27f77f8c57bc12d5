/** All dashboards: found, opened, starred, put in folders, brought in and taken out. */

import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import type { DashboardHit } from "../../api/catalog";
import type { Folder } from "../../api/library";
import { SourceGone } from "../../components/SourceGone";
import { SourceName } from "../../components/SourceName";
import { Failed } from "../../components/states";
import { useDashboards } from "../../query/dashboards";
import { foldersQuery } from "../../query/folders";
import { useEscape, useShortcuts } from "../../state/keys";
import { useAddress } from "../../state/location";
import { handFiles } from "../import/handed";
import { useFileDrop } from "../import/useFileDrop";
import { Page } from "../Page";
import { Asked, type Asking } from "./Asked";
import { NoticeBar, SelectionBar } from "./Bars";
import bars from "./Bars.module.css";
import { Controls, goToImport, goToNew } from "./Controls";
import styles from "./DashboardsPage.module.css";
import { DiskTroubles } from "./DiskTroubles";
import type { FolderActions } from "./Group";
import { List } from "./List";
import { tagsOf, type Filters } from "./listing";
import type { RowActions } from "./Row";
import { leaveSearch, moveFocus } from "./rowkeys";
import { readFilters, setTags, Toolbar } from "./Toolbar";
import { useActions, type Actions } from "./useActions";
import { useSelection, type Selection } from "./useSelection";

const FOLDERS_MS = 5000;
const NONE: readonly DashboardHit[] = [];

/** What rows and headings offer. */
function offered(
  actions: Actions,
  selection: Selection,
  tags: readonly string[],
  ask: (asking: Asking) => void,
): { rows: RowActions; folders: FolderActions } {
  return {
    rows: {
      onSelect: selection.toggle,
      onStar: actions.star,
      onTag: (tag) => setTags([...new Set([...tags, tag])]),
      onExport: actions.exportOne,
      onMove: (hits) => ask({ what: "move", hits }),
      onDelete: (hits) => ask({ what: "delete", hits }),
    },
    folders: {
      onRename: (folder) => ask({ what: "folder", folder }),
      onDelete: (folder) => void actions.removeFolder(folder),
    },
  };
}

interface BarsProps {
  actions: Actions;
  selection: Selection;
  rows: RowActions;
}

function Bars({ actions, selection, rows }: BarsProps) {
  const { hits, clear } = selection;
  return (
    <div className={bars.bars}>
      {actions.notice !== undefined && (
        <NoticeBar notice={actions.notice} busy={actions.busy} onDismiss={actions.dismiss} />
      )}
      {hits.length > 0 && (
        <SelectionBar
          hits={hits}
          onExport={() => actions.exportSeveral(hits)}
          onMove={rows.onMove}
          onDelete={rows.onDelete}
          onClear={clear}
        />
      )}
    </div>
  );
}

/** The title of the list, or of the one folder that the address names. */
const titled = ({ folderUid }: Filters, folders: readonly Folder[]) =>
  folderUid === undefined
    ? { title: "Dashboards" }
    : {
        title: folders.find(({ uid }) => uid === folderUid)?.title ?? "Dashboards",
        parent: { title: "Dashboards", to: "dashboards" },
      };

export function DashboardsPage() {
  const { path, params } = useAddress();
  const { data, error, refetch, source, groups } = useDashboards(true);
  const { data: folders = [] } = useQuery({ ...foldersQuery, refetchInterval: FOLDERS_MS });
  const actions = useActions();
  const [asking, setAsking] = useState<Asking>();
  const [nowMs] = useState(Date.now);
  const search = useRef<HTMLInputElement>(null);
  const filters = useMemo(() => readFilters(path, params), [path, params]);
  const selection = useSelection(data ?? NONE);
  const may = offered(actions, selection, filters.tags, setAsking);
  const dropping = useFileDrop((files) => {
    handFiles(files);
    goToImport();
  });
  useEscape(selection.uids.size > 0, selection.clear);
  useShortcuts([
    { does: "find", label: "Search dashboards", run: () => search.current?.focus() },
    { does: "new", run: goToNew },
    { does: "import", run: goToImport },
  ]);
  const controls = (
    <>
      {source !== undefined && <SourceName source={source} />}
      <Controls onFolder={() => setAsking({ what: "folder" })} />
    </>
  );
  return (
    <Page {...titled(filters, folders)} controls={controls}>
      <div className={dropping ? styles.dropping : undefined} onKeyDown={moveFocus}>
        <SourceGone source={source} />
        <DiskTroubles />
        {error !== null && data === undefined && (
          <Failed
            title="The dashboards could not be listed"
            message={error.message}
            onRetry={() => void refetch()}
          />
        )}
        {data !== undefined && (
          <>
            <Toolbar filters={filters} tags={tagsOf(data)} searchRef={search} onKey={leaveSearch} />
            <List
              hits={data}
              listed={folders}
              groups={groups}
              filters={filters}
              selected={selection.uids}
              nowMs={nowMs}
              {...may}
            />
          </>
        )}
      </div>
      <Bars actions={actions} selection={selection} rows={may.rows} />
      <Asked
        asking={asking}
        folders={folders}
        actions={actions}
        onClose={() => setAsking(undefined)}
        onDone={selection.clear}
      />
    </Page>
  );
}
