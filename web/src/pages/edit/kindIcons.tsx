/** Small drawings of the panel types. */

import { entryOf } from "../../model/json";
import type { ReactNode } from "react";

const DRAWINGS: Readonly<Record<string, ReactNode>> = {
  timeseries: <path d="M2 2.5v15h16M4.5 13l3.5-4 3 2.5 5.5-7" />,
  stat: (
    <>
      <path d="M2 15.5c3-1 4-3 6.5-2.5S14 15 18 12.5" opacity="0.6" />
      <path d="M5.5 4.5L7 3.5v6M11 9.5c3.5-.5 4-6 1.5-6s-2.5 4 0 4 1.6-.6 1.9-1.6" />
    </>
  ),
  gauge: <path d="M3.5 15a7.5 7.5 0 1 1 13 0M10 11l3.5-4" />,
  bargauge: <path d="M2.5 3.5h13v3h-13zM2.5 8.5h8v3h-8zM2.5 13.5h10.5v3H2.5z" />,
  table: <path d="M2.5 3.5h15v13h-15zM2.5 7.5h15M2.5 12h15M8 7.5v9" />,
  piechart: <path d="M10 2.5a7.5 7.5 0 1 0 7.5 7.5H10zM12.5 2.9A7.5 7.5 0 0 1 17.1 7.5h-4.6z" />,
  barchart: <path d="M2 17.5h16M4 17V9.5h3V17M8.5 17V3.5h3V17M13 17v-5h3v5" />,
  heatmap: (
    <path d="M2.5 2.5h4.5v4.5H2.5zM13 2.5h4.5v4.5H13zM8 8h4v4H8zM2.5 13h4.5v4.5H2.5zM13 8h4.5v4H13z" />
  ),
  histogram: <path d="M2 17.5h16M2.5 17v-3h3v3M5.5 14V8h3v9M8.5 8V3h3v14M11.5 7h3v10M14.5 12h3v5" />,
  "state-timeline": <path d="M2.5 4h6v3.5h-6zM8.5 4h9v3.5h-9zM2.5 12.5h10V16h-10zM12.5 12.5h5V16h-5z" />,
  "status-history": (
    <path d="M2.5 3.5h3.5V7H2.5zM8 3.5h3.5V7H8zM13.5 3.5H17V7h-3.5zM2.5 13h3.5v3.5H2.5zM8 13h3.5v3.5H8zM13.5 13H17v3.5h-3.5z" />
  ),
  text: <path d="M3 4.5h14M3 8.5h11M3 12.5h14M3 16.5h7" />,
  row: <path d="M2.5 4h15M2.5 8h6v8h-6zM11.5 8h6v8h-6z" />,
  "watchglass-status-cards": <path d="M2.5 3.5h7v6h-7zM10.5 3.5h7v6h-7zM2.5 11h7v6h-7zM10.5 11h7v6h-7z" />,
  "watchglass-ranked-list": <path d="M2.5 4.5h1M2.5 10h1M2.5 15.5h1M6 4.5h11.5M6 10h8M6 15.5h5" />,
  dashlist: <path d="M2.5 3.5h4v4h-4zM2.5 12.5h4v4h-4zM9.5 4.5h8M9.5 6.5h4M9.5 13.5h8M9.5 15.5h4" />,
  "watchglass-sparkline": <path d="M2 13.5c2.5-5 4-6.5 6-3.5s3.5 3 5-.5 2.5-4 5-4" />,
};

/** The drawing of a type; a plain frame for types that have none. */
export function KindIcon({ type, size = 20 }: { type: string; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.3"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {entryOf(DRAWINGS, type) ?? <path d="M2.5 3.5h15v13h-15z" />}
    </svg>
  );
}
