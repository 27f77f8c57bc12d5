/** A chart of rows over time as a component: made once, given new data, never rendered on hover. */

import { useEffect, useRef } from "react";
import { BandChart, type BandModel } from "../charts/canvas/bandchart";
import { chartColors } from "../charts/palette";
import type { Size } from "../components/measure";
import type { ThemeName } from "../model/colors";
import { useDashboardScope } from "./module";

interface BandCanvasProps {
  model: BandModel;
  size: Size;
  theme: ThemeName;
  /** What screen readers say. */
  label: string;
}

export function BandCanvas({ model, size, theme, label }: BandCanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<BandChart>(null);
  const { syncKey, zoom, zoomOut } = useDashboardScope();
  const latest = useRef({ model, size });

  useEffect(() => {
    latest.current = { model, size };
    chart.current?.resize(size);
    chart.current?.update(model);
  }, [model, size]);

  useEffect(() => {
    const { model: first, size: firstSize } = latest.current;
    const setup = { colors: chartColors(), syncKey, onZoom: zoom, onZoomOut: zoomOut };
    const made = new BandChart(host.current!, first, setup, firstSize);
    chart.current = made;
    return () => {
      made.destroy();
      chart.current = null;
    };
  }, [theme, syncKey, zoom, zoomOut]);

  return <div ref={host} role="img" aria-label={label} style={size} />;
}
