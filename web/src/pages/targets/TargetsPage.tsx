/** What is scraped, and how that goes: the worst first. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { RefreshPicker } from "../../components/RefreshPicker";
import { SearchField } from "../../components/SearchField";
import { Segmented } from "../../components/Segmented";
import { Empty, Failed, Skeleton } from "../../components/states";
import { dashboardsQuery } from "../../query/dashboards";
import { copyLink } from "../../components/TimePicker";
import { useShortcuts } from "../../state/keys";
import { setParams, useAddress } from "../../state/location";
import { usePageVisible } from "../../state/visibility";
import { Page } from "../Page";
import { DroppedTargets } from "./DroppedTargets";
import { PoolSection } from "./PoolSection";
import { Summary } from "./Summary";
import { fetchAll, fetchDiscoveryTrouble, fetchSamples, makePools, type Filter, type Pool } from "./targets";
import styles from "./TargetsPage.module.css";

const REFRESH_MS = 5000;
const CHOICES_MS = [0, 1000, 5000, 30_000];
const STATES = ["all", "down", "unknown", "up"] as const;
const WORDS = { all: "All", down: "Down", unknown: "Unknown", up: "Up" } as const;

/** The filter as the address keeps it. */
function useFilter(): Filter {
  const { params } = useAddress();
  return useMemo(
    () => ({
      state: STATES.find((state) => state === params.get("state")) ?? "all",
      pool: params.get("pool") ?? "",
      search: params.get("search") ?? "",
    }),
    [params],
  );
}

const setFilter = (change: Partial<Filter>): void => {
  const { state, pool, search } = change;
  setParams(
    {
      ...(state === undefined ? {} : { state: state === "all" ? undefined : state }),
      ...(pool === undefined ? {} : { pool: pool || undefined }),
      ...(search === undefined ? {} : { search: search || undefined }),
    },
    true,
  );
};

/** The automatic dashboard of a job, where there is one. */
function useDashboards(): (job: string) => string | undefined {
  const { data = [] } = useQuery(dashboardsQuery);
  return (job) =>
    data
      .find(
        ({ uid, title, tags }) =>
          [`auto-${job}`, `auto-embedded-${job}`].includes(uid) ||
          (title === job && tags.includes("automatic")),
      )
      ?.url.replace(/^\//, "");
}

/** How many targets are in which state. */
const count = (pools: readonly Pool[]): Record<Filter["state"], number> =>
  pools.reduce(
    (sum, { up, down, unknown }) => ({
      all: sum.all + up + down + unknown,
      up: sum.up + up,
      down: sum.down + down,
      unknown: sum.unknown + unknown,
    }),
    { all: 0, up: 0, down: 0, unknown: 0 },
  );

export function TargetsPage() {
  const [refreshMs, setRefreshMs] = useState(REFRESH_MS);
  const visible = usePageVisible();
  const filter = useFilter();
  const search = useDeferredValue(filter.search);
  const polled = { refetchInterval: refreshMs === 0 || !visible ? (false as const) : refreshMs };
  const { data, error, refetch } = useQuery({
    queryKey: ["targets", "any"],
    queryFn: ({ signal }) => fetchAll(signal),
    placeholderData: keepPreviousData,
    ...polled,
  });
  const samples = useQuery({
    queryKey: ["targets", "samples"],
    queryFn: ({ signal }) => fetchSamples(signal),
    retry: false,
    ...polled,
  });
  const trouble = useQuery({
    queryKey: ["targets", "discovery"],
    queryFn: ({ signal }) => fetchDiscoveryTrouble(signal),
    retry: false,
    ...polled,
  });
  const dashboardOf = useDashboards();
  const refresh = (): void => void refetch();
  useShortcuts([
    { does: "refresh", run: refresh },
    { does: "copy", run: copyLink },
  ]);
  const pools = useMemo(
    () => (data === undefined ? [] : makePools(data, { ...filter, search })),
    [data, filter, search],
  );
  const filtering = filter.state !== "all" || filter.pool !== "" || filter.search !== "";
  const shown = pools.filter(
    ({ name, targets, unsupported }) =>
      targets.length > 0 ||
      (filter.search === "" &&
        filter.state === "all" &&
        unsupported.length > 0 &&
        [name, ""].includes(filter.pool)),
  );
  const counts = count(pools);
  const controls = (
    <RefreshPicker
      intervalMs={refreshMs}
      choicesMs={CHOICES_MS}
      onRefresh={refresh}
      onInterval={setRefreshMs}
    />
  );
  return (
    <Page title="Targets" controls={controls}>
      {error !== null && data === undefined && (
        <Failed title="The targets could not be listed" message={error.message} onRetry={refresh} />
      )}
      {data === undefined && error === null && (
        <div className={styles.wait}>
          <Skeleton />
        </div>
      )}
      {(trouble.data ?? "") !== "" && (
        <div className={styles.trouble} role="status">
          <Icon name="warning" />
          <p>
            <b>Discovery has errors.</b> {trouble.data}
          </p>
        </div>
      )}
      {data !== undefined && pools.length === 0 && (
        <Empty title="No targets">Add a job under scrape_configs and reload.</Empty>
      )}
      {pools.length > 0 && (
        <>
          <Summary pools={pools} chosen={filter.pool} onChoose={(pool) => setFilter({ pool })} />
          <div className={styles.filters}>
            <Segmented
              label="State"
              segments={STATES.map((state) => ({
                value: state,
                text: (
                  <>
                    {WORDS[state]} <span>{counts[state]}</span>
                  </>
                ),
              }))}
              value={filter.state}
              onChoose={(state) => setFilter({ state })}
            />
            <SearchField
              value={filter.search}
              onText={(text) => setFilter({ search: text })}
              aria-label="Find a target"
              placeholder="Address, label or error"
              className={styles.search}
            />
            {filtering && shown.length > 0 && (
              <Button quiet icon="close" onClick={() => setFilter({ state: "all", pool: "", search: "" })}>
                Show all
              </Button>
            )}
          </div>
          {shown.length === 0 && (
            <div className={styles.wait}>
              <Empty
                title="No target passes the filter"
                actions={
                  <Button icon="close" onClick={() => setFilter({ state: "all", pool: "", search: "" })}>
                    Show all {counts.all}
                  </Button>
                }
              >
                Addresses, labels and errors were searched.
              </Empty>
            </div>
          )}
          {shown.map((pool) => (
            <PoolSection
              key={pool.name}
              pool={pool}
              samples={samples.data}
              dashboard={dashboardOf(pool.targets[0]?.labels.job ?? pool.name)}
            />
          ))}
          <DroppedTargets
            targets={data?.droppedTargets ?? []}
            counts={data?.droppedTargetCounts ?? {}}
            pool={filter.pool}
          />
        </>
      )}
    </Page>
  );
}
