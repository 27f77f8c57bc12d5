/** What narrows the list of targets: their state, and words that they contain. */

import { Button } from "../../components/Button";
import { SearchField } from "../../components/SearchField";
import { Segmented } from "../../components/Segmented";
import { Empty } from "../../components/states";
import type { Filter } from "./targets";
import styles from "./TargetsPage.module.css";
import { isFiltering, setFilter, showAll, STATES } from "./useFilter";

const WORDS = { all: "All", down: "Down", unknown: "Unknown", up: "Up" } as const;

interface FiltersProps {
  filter: Filter;
  counts: Readonly<Record<Filter["state"], number>>;
  /** Nothing passes: the list itself offers to show all. */
  none: boolean;
}

export function Filters({ filter, counts, none }: FiltersProps) {
  const segments = STATES.map((value) => ({
    value,
    text: (
      <>
        {WORDS[value]} <span>{counts[value]}</span>
      </>
    ),
  }));
  return (
    <div className={styles.filters}>
      <Segmented
        label="State"
        segments={segments}
        value={filter.state}
        onChoose={(state) => setFilter({ state })}
      />
      <SearchField
        value={filter.search}
        onText={(search) => setFilter({ search })}
        aria-label="Find a target"
        placeholder="Address, label or error"
        className={styles.search}
      />
      {isFiltering(filter) && !none && (
        <Button quiet icon="close" onClick={showAll}>
          Show all
        </Button>
      )}
    </div>
  );
}

/** In place of a list that the filter left nothing of. */
export const NonePasses = ({ all }: { all: number }) => (
  <div className={styles.wait}>
    <Empty
      title="No target passes the filter"
      actions={
        <Button icon="close" onClick={showAll}>
          Show all {all}
        </Button>
      }
    >
      Addresses, labels and errors were searched.
    </Empty>
  </div>
);
