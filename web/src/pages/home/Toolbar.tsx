/** What narrows the list of dashboards: words, tags, stars; and its order. All of it stands in the address. */

import { useState, type KeyboardEvent, type RefObject } from "react";
import { Button } from "../../components/Button";
import { Combobox } from "../../components/Combobox";
import { Icon } from "../../components/icons";
import { Choice, Popover } from "../../components/Popover";
import { SearchField } from "../../components/SearchField";
import { decodeSegment, setParamLists, setParams } from "../../state/location";
import { SORTS, type Filters, type Sort } from "./listing";
import styles from "./Toolbar.module.css";

/** The filters that an address says. */
export function readFilters(path: string, params: URLSearchParams): Filters {
  const [, kind, folderUid] = path.split("/");
  const sort = params.get("sort");
  return {
    text: params.get("query") ?? "",
    tags: params.getAll("tag"),
    starred: params.get("starred") === "true",
    sort: sort !== null && sort in SORTS ? (sort as Sort) : "title",
    folderUid: kind === "f" && folderUid !== undefined ? decodeSegment(folderUid) : undefined,
  };
}

export const setTags = (tags: readonly string[]): void => setParamLists({ tag: tags }, true);

export const clearFilters = (): void => {
  setParams({ query: undefined, starred: undefined }, true);
  setTags([]);
};

function SortPicker({ sort }: { sort: Sort }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label="Order of the list"
      align="right"
      text={
        <>
          {SORTS[sort]}
          <Icon name="down" size={12} />
        </>
      }
      open={open}
      onOpen={setOpen}
    >
      {Object.entries(SORTS).map(([key, title]) => (
        <Choice
          key={key}
          chosen={key === sort}
          onChoose={() => {
            setOpen(false);
            setParams({ sort: key === "title" ? undefined : key }, true);
          }}
        >
          {title}
        </Choice>
      ))}
    </Popover>
  );
}

interface ToolbarProps {
  filters: Filters;
  tags: readonly [tag: string, count: number][];
  searchRef: RefObject<HTMLInputElement | null>;
  onKey: (event: KeyboardEvent<HTMLInputElement>) => void;
}

export function Toolbar({
  filters: { text, tags: chosen, starred, sort },
  tags,
  searchRef,
  onKey,
}: ToolbarProps) {
  return (
    <div className={styles.toolbar} role="search" aria-label="Dashboards">
      <SearchField
        ref={searchRef}
        value={text}
        onText={(typed) => setParams({ query: typed || undefined }, true)}
        onKeyDown={onKey}
        aria-label="Search dashboards"
        placeholder="Search titles, tags, folders"
        keyHint="/"
        className={styles.search}
      />
      {tags.length > 0 && (
        <Combobox
          label="Tags"
          options={tags.map(([tag, count]) => ({ value: tag, text: `${tag} (${count})` }))}
          values={chosen}
          shown={chosen.length === 0 ? "Any" : chosen.join(", ")}
          multiple
          all={{ chosen: chosen.length === 0, onChoose: () => setTags([]) }}
          onChange={setTags}
        />
      )}
      <Button
        icon="star"
        aria-pressed={starred}
        className={starred ? styles.starred! : ""}
        onClick={() => setParams({ starred: starred ? undefined : "true" }, true)}
      >
        Starred
      </Button>
      <SortPicker sort={sort} />
    </div>
  );
}
