/** The filter of the Targets page, as the address keeps it. */

import { useMemo } from "react";
import { setParams, useAddress } from "../../state/location";
import type { Filter } from "./targets";

export const STATES = ["all", "down", "unknown", "up"] as const;

const NOTHING: Filter = { state: "all", pool: "", search: "" };

export function useFilter(): Filter {
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

export function setFilter({ state, pool, search }: Partial<Filter>): void {
  setParams(
    {
      ...(state === undefined ? {} : { state: state === "all" ? undefined : state }),
      ...(pool === undefined ? {} : { pool: pool || undefined }),
      ...(search === undefined ? {} : { search: search || undefined }),
    },
    true,
  );
}

export const showAll = (): void => setFilter(NOTHING);

export const isFiltering = ({ state, pool, search }: Filter): boolean =>
  state !== "all" || pool !== "" || search !== "";
