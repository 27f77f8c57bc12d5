/** Since when there are data, above a dashboard whose range goes further back. */

import { DataBegins } from "../../components/DataBegins";
import { sourcesOf, type Dashboard } from "../../model/dashboard";
import { resolveRange, type RawRange } from "../../model/timerange";
import { useDataBegins } from "../../query/begins";

export function PageBegins({ dashboard, raw }: { dashboard: Dashboard; raw: RawRange }) {
  const source = sourcesOf(dashboard.panels).has("default") ? "default" : "embedded";
  const { beginsMs, nowMs } = useDataBegins(source, raw);
  const range = resolveRange(raw, nowMs);
  return range === undefined ? null : <DataBegins range={range} beginsMs={beginsMs} nowMs={nowMs} />;
}
