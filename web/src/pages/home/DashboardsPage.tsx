/** All dashboards: found, opened, starred, put in folders, brought in and taken out. */

import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { DashboardHit } from "../../api/catalog";
import { EXPORT_ADDRESS, type Folder } from "../../api/library";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Choice, Popover } from "../../components/Popover";
import { SourceGone } from "../../components/SourceGone";
import { SourceName } from "../../components/SourceName";
import { Empty, Failed } from "../../components/states";
import { useDashboards } from "../../query/dashboards";
import { foldersQuery } from "../../query/folders";
import { useEscape, useShortcuts } from "../../state/keys";
import { navigate, useAddress } from "../../state/location";
import { useVisits } from "../../state/visits";
import { handFiles } from "../import/handed";
import { useFileDrop } from "../import/useFileDrop";
import { Page } from "../Page";
import { NoticeBar, SelectionBar } from "./Bars";
import bars from "./Bars.module.css";
import { DeleteDialog, FolderDialog, MoveDialog } from "./Dialogs";
import { DiskTroubles } from "./DiskTroubles";
import styles from "./DashboardsPage.module.css";
import { Group } from "./Group";
import { isOwn, isSearching, sectionsOf, tagsOf } from "./listing";
import { Recent, recentHits } from "./Recent";
import type { RowActions } from "./Row";
import { clearFilters, readFilters, setTags, Toolbar } from "./Toolbar";
import { downloadFrom } from "./transfer";
import { useActions } from "./useActions";
import { Ways } from "./Ways";

type Asking =
  { what: "move" | "delete"; hits: DashboardHit[] } | { what: "folder"; folder?: Folder } | undefined;

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-dashboard]")];

/** Up and down go from one dashboard to the next, from wherever one is in a row. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || event.defaultPrevented || !(event.target instanceof HTMLElement)) return;
  const row = event.target.closest("[data-row]");
  if (row === null || event.target.closest("[role=dialog]") !== null) return;
  event.preventDefault();
  const all = rows();
  const next = all[all.findIndex((link) => row.contains(link)) + step];
  if (next !== undefined) next.focus();
  else if (step < 0) document.querySelector<HTMLElement>("[role=search] input")?.focus();
}

/** From the search to what it found. */
function leaveSearch(event: KeyboardEvent<HTMLInputElement>): void {
  const first = rows()[0];
  if (event.key === "Escape") clearFilters();
  else if (event.key === "ArrowDown") first?.focus();
  else if (event.key === "Enter" && event.currentTarget.value.trim() !== "") first?.click();
  else return;
  event.preventDefault();
}

function More({ onFolder }: { onFolder: () => void }) {
  const [open, setOpen] = useState(false);
  const choose = (run: () => void) => (): void => {
    setOpen(false);
    run();
  };
  return (
    <Popover label="More" icon="more" open={open} onOpen={setOpen}>
      <Choice icon={<Icon name="folder" />} onChoose={choose(onFolder)}>
        New folder…
      </Choice>
      <Choice
        icon={<Icon name="download" />}
        onChoose={choose(() => downloadFrom(EXPORT_ADDRESS, "dashboards.json"))}
      >
        Export all that is saved
      </Choice>
    </Popover>
  );
}

const goToNew = (): void => navigate("dashboard/new");
const goToImport = (): void => navigate("dashboards/import");

/** Which are selected, of those that are there. */
function useSelection(hits: readonly DashboardHit[]) {
  const [uids, setUids] = useState<ReadonlySet<string>>(new Set());
  return {
    uids,
    hits: hits.filter(({ uid }) => uids.has(uid)),
    clear: () => setUids(new Set()),
    toggle: ({ uid }: DashboardHit): void => {
      const next = new Set(uids);
      if (!next.delete(uid)) next.add(uid);
      setUids(next);
    },
  };
}

export function DashboardsPage() {
  const { path, params } = useAddress();
  const { data, error, refetch, source, groups } = useDashboards(true);
  const { data: folders = [] } = useQuery({ ...foldersQuery, refetchInterval: 5000 });
  const visits = useVisits();
  const actions = useActions();
  const [asking, setAsking] = useState<Asking>();
  const [nowMs] = useState(Date.now);
  const search = useRef<HTMLInputElement>(null);
  const hits = useMemo(() => data ?? [], [data]);
  const filters = useMemo(() => readFilters(path, params), [path, params]);
  const selection = useSelection(hits);
  const sections = sectionsOf({ hits, folders, groups }, filters, visits);
  const searching = isSearching(filters);
  const folder = folders.find(({ uid }) => uid === filters.folderUid);
  const close = (): void => setAsking(undefined);
  const makeFolder = (): void => setAsking({ what: "folder" });
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
  const rowActions: RowActions = {
    onSelect: selection.toggle,
    onStar: actions.star,
    onTag: (tag) => setTags([...new Set([...filters.tags, tag])]),
    onExport: actions.exportOne,
    onMove: (moved) => setAsking({ what: "move", hits: moved }),
    onDelete: (deleted) => setAsking({ what: "delete", hits: deleted }),
  };
  const folderActions = {
    onRename: (renamed: Folder) => setAsking({ what: "folder", folder: renamed }),
    onDelete: (deleted: Folder) => void actions.removeFolder(deleted),
  };
  const controls = (
    <>
      {source !== undefined && <SourceName source={source} />}
      <Button icon="plus" aria-label="New dashboard" title="New dashboard (n)" onClick={goToNew}>
        <span className={styles.word}>New</span>
      </Button>
      <Button icon="upload" aria-label="Import" title="Import dashboards (i)" onClick={goToImport}>
        <span className={styles.word}>Import</span>
      </Button>
      <More onFolder={makeFolder} />
    </>
  );
  const parent = { title: "Dashboards", to: "dashboards" };
  return (
    <Page
      title={folder?.title ?? "Dashboards"}
      {...(filters.folderUid !== undefined && { parent })}
      controls={controls}
    >
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
            <Toolbar filters={filters} tags={tagsOf(hits)} searchRef={search} onKey={leaveSearch} />
            {!searching && filters.folderUid === undefined && (
              <>
                <Recent hits={recentHits(hits, visits)} />
                {!hits.some(isOwn) && !hits.some(({ provisioned }) => provisioned) && <Ways />}
              </>
            )}
            {sections.map((section) => (
              <Group
                key={section.key}
                section={section}
                selected={selection.uids}
                nowMs={nowMs}
                rows={rowActions}
                folders={folderActions}
              />
            ))}
            {searching && sections[0]?.hits.length === 0 && <NothingFound text={filters.text} />}
            {filters.folderUid !== undefined && sections.length === 0 && (
              <Empty title="There is no such folder">
                <Link to="dashboards" className={styles.link}>
                  All dashboards
                </Link>
              </Empty>
            )}
          </>
        )}
      </div>
      <div className={bars.bars}>
        {actions.notice !== undefined && (
          <NoticeBar notice={actions.notice} busy={actions.busy} onDismiss={actions.dismiss} />
        )}
        {selection.hits.length > 0 && (
          <SelectionBar
            hits={selection.hits}
            onExport={() => actions.exportSeveral(selection.hits)}
            onMove={rowActions.onMove}
            onDelete={rowActions.onDelete}
            onClear={selection.clear}
          />
        )}
      </div>
      {asking?.what === "delete" && (
        <DeleteDialog
          hits={asking.hits}
          onClose={close}
          onDelete={() => actions.remove(asking.hits).then(selection.clear)}
        />
      )}
      {asking?.what === "move" && (
        <MoveDialog
          hits={asking.hits}
          folders={folders}
          onClose={close}
          onMake={actions.makeFolder}
          onMove={(to) => actions.move(asking.hits, to).then(selection.clear)}
        />
      )}
      {asking?.what === "folder" && (
        <FolderDialog
          folder={asking.folder}
          onClose={close}
          onDone={(title) =>
            asking.folder === undefined
              ? actions.makeFolder(title)
              : actions.renameFolder(asking.folder, title)
          }
        />
      )}
    </Page>
  );
}

function NothingFound({ text }: { text: string }) {
  return (
    <div className={styles.nothing}>
      <Empty
        title={text.trim() === "" ? "No dashboard is like that" : `Nothing is called “${text.trim()}”`}
        actions={<Button onClick={clearFilters}>Clear the search</Button>}
      >
        Titles, tags, folders and descriptions were searched.
      </Empty>
    </div>
  );
}
