/** Any panel's data as a table; the table's code comes when it is first asked for. */

import { lazy, Suspense } from "react";
import { Skeleton } from "../../components/states";
import type { ThemeName } from "../../model/colors";
import type { TableData } from "../../query/table";

const DataTable = lazy(async () => ({ default: (await import("../../panels/table")).DataTable }));

export function TableView({ table, theme }: { table: TableData; theme: ThemeName }) {
  return (
    <Suspense fallback={<Skeleton />}>
      <DataTable table={table} theme={theme} />
    </Suspense>
  );
}
