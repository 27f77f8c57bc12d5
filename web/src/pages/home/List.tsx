/** The dashboards under their headings, or what is said where there are none. */

import type { DashboardHit } from "../../api/catalog";
import type { Folder } from "../../api/library";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Empty } from "../../components/states";
import type { DashboardGroup } from "../../query/dashboards";
import { useVisits } from "../../state/visits";
import { Group, type FolderActions } from "./Group";
import styles from "./List.module.css";
import { isOwn, isSearching, sectionsOf, type Filters } from "./listing";
import { Recent, recentHits } from "./Recent";
import type { RowActions } from "./Row";
import { clearFilters } from "./Toolbar";
import { Ways } from "./Ways";

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

const NoFolder = () => (
  <Empty title="There is no such folder">
    <Link to="dashboards" className={styles.link}>
      All dashboards
    </Link>
  </Empty>
);

const isBrought = (hit: DashboardHit): boolean => isOwn(hit) || hit.provisioned === true;

/** What stands above the whole list. */
function First({ hits }: { hits: readonly DashboardHit[] }) {
  const visits = useVisits();
  return (
    <>
      <Recent hits={recentHits(hits, visits)} />
      {!hits.some(isBrought) && <Ways />}
    </>
  );
}

const Last = () => (
  <p className={styles.last}>
    <Link to="dashboards/deleted">
      <Icon name="trash" size={14} />
      Recently deleted
    </Link>
  </p>
);

interface ListProps {
  hits: readonly DashboardHit[];
  listed: readonly Folder[];
  groups: readonly DashboardGroup[];
  filters: Filters;
  selected: ReadonlySet<string>;
  nowMs: number;
  rows: RowActions;
  folders: FolderActions;
}

export function List({ hits, listed, groups, filters, ...rest }: ListProps) {
  const sections = sectionsOf({ hits, folders: listed, groups }, filters, useVisits());
  const searching = isSearching(filters);
  const whole = !searching && filters.folderUid === undefined;
  return (
    <>
      {whole && <First hits={hits} />}
      {sections.map((section) => (
        <Group key={section.key} section={section} {...rest} />
      ))}
      {searching && sections[0]?.hits.length === 0 && <NothingFound text={filters.text} />}
      {filters.folderUid !== undefined && sections.length === 0 && <NoFolder />}
      {whole && <Last />}
    </>
  );
}
